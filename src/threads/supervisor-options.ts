import type { StrayError } from '../drop-ins/index.ts';
import type { GenerationChange, StageFault } from '../reload/index.ts';
import type { SpawnedThread, ThreadEnd, ThreadPatience } from './thread-link.ts';

/** What happens to data threads, for the log. `thread` counts from 0. */
export type SupervisorEvent =
  | { readonly kind: 'died'; readonly thread: number; readonly end: ThreadEnd; readonly replacedInMs: number }
  | { readonly kind: 'replaced'; readonly thread: number }
  /** One that was in order gave its place to a new one, and finishes what it has begun. */
  | { readonly kind: 'renewed'; readonly thread: number; readonly oldVersions: number }
  /** A new thread could not make all that the others serve. */
  | { readonly kind: 'incomplete'; readonly thread: number; readonly faults: readonly StageFault[] }
  /** An error that nobody caught, and how many like it came with it. The thread lives. */
  | { readonly kind: 'stray'; readonly thread: number; readonly error: StrayError; readonly more: number };

/** What a supervisor works with. */
export interface SupervisorOptions {
  /** How many data threads there are. */
  readonly threads: number;
  readonly patience: ThreadPatience;
  /** How many old versions of modules a thread may hold before it is renewed. */
  readonly maxOldVersions: number;
  /** How long a thread that was renewed may take to finish its requests, in ms. */
  readonly drainMs: number;
  /** How long its connections may then be idle before they end unasked, in ms. */
  readonly idleMs: number;
  /** Starts a data thread, such as a `WorkerThread` of a file that calls `serveThread`. */
  spawn(thread: number): SpawnedThread;
  /** All that is in use, for a thread that takes the place of another. */
  current(): GenerationChange;
  /** Told of what happens. */
  event(event: SupervisorEvent): void;
  /** Takes what threads pass on with `tell`. */
  word(value: unknown, thread: number): void;
  /** Takes the last metrics of a thread that is gone: what it counted still counts. */
  lastMetrics(metrics: unknown): void;
}

/** The metrics of data threads. */
export interface ThreadMetrics {
  /** Of each thread what it counted, as `ThreadParts.metrics` gives it. */
  readonly metrics: readonly unknown[];
  /** How many threads did not answer; what they said last stands in for them. */
  readonly late: number;
}

/** How a data thread is. */
export interface ThreadState {
  readonly thread: number;
  readonly state: 'serving' | 'stands still' | 'being replaced';
}
