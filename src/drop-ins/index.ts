/**
 * Drop-ins: modules of the operator that export filters, predicates and balancers, imported and re-imported while
 * serving. The main thread finds out versions (`DropIns`) and has probes look at them (`Prober`); data threads import
 * what was found good (`importDropIn`).
 *
 *   `import/`  importing one version of a file, with what it imports; where its faults are
 *   `probe/`   looking at drop-ins in a thread of their own, and trying calls there
 *   `guard/`   what holds a thread against what drop-ins do to it
 *
 * May import: grammar, src/plugin, src/routes, src/routing.
 * Invariant: the main thread runs none of their code; a version, once imported, is the same text in every thread, whatever is on disk by then.
 */
export { type DropIn, type DropInChange, DropIns, type OutsideChange } from './drop-ins.ts';
export { guardProcess, ProcessGuardError } from './guard/process-guard.ts';
export { standInsFor } from './guard/stand-in.ts';
export { catchStrayErrors, inNameOf, nameOf, type StrayError, withoutVersions } from './guard/stray-errors.ts';
export { type CodePlace, type Whereabouts, whereaboutsOf } from './guard/whereabouts.ts';
export { type DropInCode, importDropIn, versionOf } from './import/import-drop-in.ts';
export { dropModules } from './import/module-hooks.ts';
export { PluginError } from './plugin-error.ts';
export type { TrialCall, TrialFault, TrialResult } from './probe/probe-protocol.ts';
export { PROBE_BOUNDS, type ProbeBounds, Prober } from './probe/prober.ts';
export { addSpecs, type DropInSpecs, SpecError, specCount, specsOf } from './specs.ts';
