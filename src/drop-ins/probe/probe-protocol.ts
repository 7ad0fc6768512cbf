import type { CallRecord, ProvisionFault } from '../../routes/index.ts';
import type { DropInCode } from '../import/import-drop-in.ts';
import type { ImportFailure } from '../import/import-failure.ts';
import type { DropInModule } from '../import/module-hooks.ts';
import type { DropInDescription } from './description.ts';

/** A filter, predicate or balancer (called with its endpoints) to be made once, to hear what the drop-in says to that. */
export interface TrialCall {
  readonly routeId: string;
  readonly part: ProvisionFault['part'];
  /** Number of the filter or predicate in its route, from 0; 0 for a balancer. */
  readonly index: number;
  readonly call: CallRecord;
}

/** What is wrong with a call, or is worth saying of it. */
export interface TrialFault {
  readonly message: string;
  readonly fault: ProvisionFault;
}

/** What trying calls came to. */
export interface TrialResult {
  readonly faults: readonly TrialFault[];
  /** What the specs advise about their arguments: warnings. */
  readonly advice: readonly TrialFault[];
}

/** What the main thread tells a probe. One thing at a time. */
export type ToProbe =
  /** Import these modules, whose URLs stand among `modules`, one after the other. */
  | { readonly kind: 'import'; readonly modules: readonly DropInModule[]; readonly entries: readonly Entry[] }
  /** Make these calls with these drop-ins. */
  | { readonly kind: 'try'; readonly codes: readonly DropInCode[]; readonly calls: readonly TrialCall[] };

/** A drop-in to import. */
export interface Entry {
  readonly name: string;
  readonly url: string;
}

/** What a probe tells the main thread. It comes also when the probe never gets to anything else. */
export type FromProbe =
  | { readonly kind: 'began'; readonly url: string }
  /** A module imports another file, which may be missing; URLs without versions. */
  | { readonly kind: 'link'; readonly importer: string; readonly target: string }
  | { readonly kind: 'outcome'; readonly url: string; readonly outcome: ImportOutcome }
  /** All entries were begun, and those that could be have an outcome. */
  | { readonly kind: 'settled' }
  | { readonly kind: 'trying'; readonly at: number }
  | { readonly kind: 'tried'; readonly at: number; readonly result: TrialResult }
  | { readonly kind: 'done' };

/** What importing a drop-in came to. */
export type ImportOutcome =
  | {
      readonly kind: 'loaded';
      readonly description: DropInDescription;
      /** By URL of each module, the URLs with version of what it imports, by URL without. */
      readonly imports: Readonly<Record<string, Readonly<Record<string, string>>>>;
      /** The modules among them that are no drop-ins: JSON, and files outside of the drop-in directories. */
      readonly outside: readonly DropInModule[];
      /** Tells apart what was loaded of packages; see `DropInCode.packages`. */
      readonly packages: string;
      /** What it imports whose changes are not noticed, in words. */
      readonly notLive: readonly string[];
      /** How long its import kept the thread busy, in ms of CPU. */
      readonly busyMs: number;
    }
  | { readonly kind: 'failed'; readonly failure: ImportFailure };
