import { setImmediate } from 'node:timers/promises';

/** How long work may go on without letting the event loop turn, in ms. */
const LONGEST_MS = 8;

/** Lets the event loop turn during long work: `await pause.yieldIfDue()` now and then gives others their turn. */
export class CooperativeYield {
  #since = performance.now();

  /** Null when no turn is due yet, so that callers need not await. */
  yieldIfDue(): Promise<void> | null {
    return performance.now() - this.#since < LONGEST_MS ? null : this.#turn();
  }

  async #turn(): Promise<void> {
    await setImmediate();
    this.#since = performance.now();
  }
}
