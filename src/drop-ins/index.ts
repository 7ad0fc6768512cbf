/**
 * Drop-ins: modules of the operator that export filters, predicates and balancers, imported and re-imported while
 * serving. The main thread finds out versions (`DropIns`) and has probes look at them (`Prober`); data threads import
 * what was found good (`importDropIn`).
 * May import: grammar, src/plugin, src/routes, src/routing.
 * Invariant: the main thread runs none of their code; a version, once imported, is the same text in every thread, whatever is on disk by then.
 */
export { type DropIn, type DropInChange, DropIns, type OutsideChange } from './drop-ins.ts';
export { type DropInCode, importDropIn, versionOf } from './import-drop-in.ts';
export { dropModules } from './module-hooks.ts';
export { PluginError } from './plugin-error.ts';
export type { TrialCall, TrialFault, TrialResult } from './probe-protocol.ts';
export { PROBE_BOUNDS, type ProbeBounds, Prober } from './prober.ts';
export { guardProcess, ProcessGuardError } from './process-guard.ts';
export { addSpecs, type DropInSpecs, SpecError, specCount, specsOf } from './specs.ts';
export { standInsFor } from './stand-in.ts';
export { catchStrayErrors, inNameOf, nameOf, type StrayError, withoutVersions } from './stray-errors.ts';
export { type CodePlace, type Whereabouts, whereaboutsOf } from './whereabouts.ts';
