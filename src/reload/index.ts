/**
 * From texts to generations: `loadRoutes` takes sources once, for commands; the `Reloader` takes their changes over time. Both
 * go one road: sources, read and check (src/routes), plan, diff, stage.
 *
 *   `plan/`   files and drop-ins, wanted and live; plans, which are pure; diffs; whose fault it is when a plan cannot be used
 *   `stage/`  plans until one is taken (`settle`), changes as they travel to data threads, trials of routes before that
 *
 * May import: grammar, src/routes, src/drop-ins, and of src/sources the types.
 * Invariant: a file or drop-in with an error changes nothing; a load costs what changed.
 */
export { type Culprit, culpritName, culpritOf, placeOf } from './culprit.ts';
export { feed, type LoadedRoutes, type LoadOptions, type LoadSources, loadRoutes } from './load-routes.ts';
export type { OnInvalid } from './plan/left-out.ts';
export { reloadWords } from './reload-words.ts';
export { Reloader } from './reloader.ts';
export type { ReloaderOptions, ReloadOutcome } from './reloader-options.ts';
export type { GenerationChange, Stage, StageFault, TableSlice } from './stage/generation.ts';
