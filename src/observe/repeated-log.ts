import type { Log } from '../plugin/index.ts';

/** So long nothing more is said of a kind, in ms. */
const SILENCE_MS = 60_000;

/** What became of one kind of event. */
interface Kind {
  saidAt: number;
  /** How many were not told since. */
  untold: number;
}

/**
 * A log for what clients can cause as often as they like: of each kind one line a minute, which says how many went untold
 * before it. Kinds are words of ours, so that there are few.
 */
export class RepeatedLog {
  readonly #log: Log;
  readonly #now: () => number;
  readonly #kinds = new Map<string, Kind>();

  /** `now` is a monotonic clock in milliseconds. */
  constructor(log: Log, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  /** Tells of one more event of `kind`, or counts it. */
  info(kind: string, message: string, fields: Readonly<Record<string, unknown>>): void {
    const known = this.#kinds.get(kind);
    const now = this.#now();
    if (known !== undefined && now - known.saidAt < SILENCE_MS) {
      known.untold++;
      return;
    }
    this.#kinds.set(kind, { saidAt: now, untold: 0 });
    this.#log.info(message, known === undefined || known.untold === 0 ? fields : { ...fields, before: known.untold });
  }
}
