/**
 * From texts to generations: what is wanted and what is in use (`plan/`), what data threads are given (`stage/`), and the
 * reloader, which brings them together over time.
 *
 *   `plan/`   files and drop-ins, wanted and live; plans; diffs; whose fault it is when a plan cannot be put into use
 *   `stage/`  changes as they travel to data threads, and trials of routes before that
 *
 * May import: grammar, src/routes, src/drop-ins, and of src/sources the types.
 * Invariant: a file or drop-in with an error changes nothing; a load costs what changed.
 */
export { type Culprit, culpritName, culpritOf, placeOf } from './culprit.ts';
export type { OnInvalid } from './plan/left-out.ts';
export { reloadWords } from './reload-words.ts';
export { Reloader } from './reloader.ts';
export type { ReloaderOptions, ReloadOutcome } from './reloader-options.ts';
export type { GenerationChange, Stage, StageFault, TableSlice } from './stage/generation.ts';
