/*
 * From texts to generations: reads route files and drop-ins, checks them, finds out what changed, and puts it into use in
 * all data threads at once.
 * May import: grammar, src/plugin, src/routing, and of src/sources the types.
 * Invariant: a file or drop-in with an error changes nothing; a load costs what changed.
 */
export { isDropInFile } from '../sources/index.ts';
export { type Culprit, culpritName, culpritOf, placeOf } from './culprit.ts';
export * from './default-filters.ts';
export * from './drop-ins/index.ts';
export { fileRouteId } from './file-route-id.ts';
export { type Finding, faultFinding, fileFinding } from './finding.ts';
export type { GenerationChange, Stage, StageFault, TableSlice } from './generation.ts';
export type { OnInvalid } from './plan.ts';
export { Reloader } from './reloader.ts';
export type { ReloaderOptions, ReloadOutcome } from './reloader-options.ts';
export { reloadWords } from './words.ts';
