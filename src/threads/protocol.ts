import type { DropInCode, StrayError } from '../drop-ins/index.ts';
import type { StageFault } from '../reload/index.ts';

/** What the main thread tells a data thread. Messages about one generation are obeyed in the order they are sent. */
export type ToThread =
  /** A change begins: drop-ins to import and to give up. */
  | {
      readonly kind: 'begin';
      readonly generation: number;
      readonly put: readonly DropInCode[];
      readonly remove: readonly string[];
    }
  /** A part of it: a `TableSlice` in JSON. Acknowledged with `taken`. */
  | { readonly kind: 'slice'; readonly json: string }
  /** It is complete. Answered with `prepared`. */
  | { readonly kind: 'seal' }
  /** It is to be used, or forgotten. Acknowledged with `done`. */
  | { readonly kind: 'commit' }
  | { readonly kind: 'abort' }
  /** A question, answered out of turn. */
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question };

/** What a data thread tells the main thread. */
export type ToMain =
  /** It is there. */
  | { readonly kind: 'ready' }
  /** The drop-ins of a change are imported. */
  | { readonly kind: 'imported' }
  /** An error that nobody caught, and how many like it were not told before. */
  | { readonly kind: 'stray'; readonly error: StrayError; readonly more: number }
  | { readonly kind: 'taken' }
  | { readonly kind: 'prepared'; readonly faults: readonly StageFault[] }
  | { readonly kind: 'done' }
  /** The answer to a question, or the message of the error that came instead, and its code where it has one. */
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly value?: unknown;
      readonly error?: string;
      readonly code?: string;
    }
  /** Something to pass on, such as a log line. */
  | { readonly kind: 'word'; readonly value: unknown };

/** What can be asked of a data thread. */
export type Question =
  /** Accept connections on these ports (0: any free one). The answer is the ports. */
  | { readonly kind: 'listen'; readonly ports: readonly number[] }
  /**
   * Accept no more connections and finish what is under way, within `timeoutMs`. Connections that are idle for `idleMs`
   * end unasked, all others behind their next answer.
   */
  | { readonly kind: 'drain'; readonly timeoutMs: number; readonly idleMs: number }
  /** The metrics of the thread, in whatever form `ThreadParts.metrics` gives them. */
  | { readonly kind: 'metrics' }
  /** Open log files anew. The answer is how many there are. */
  | { readonly kind: 'reopen-logs' };

/** One end of the connection between two threads, as `Worker` and `MessagePort` have it. */
export interface ThreadPort<In, Out> {
  postMessage(message: Out): void;
  on(event: 'message', listener: (message: In) => void): unknown;
}
