import { setImmediate } from 'node:timers/promises';

/** How long work may go on without letting the event loop turn, in ms. */
const LONGEST_MS = 8;

/** Lets long work on a thread breathe: `await breath.take()` now and then gives others a turn when it is time. */
export class Breath {
  #since = performance.now();

  /** Null when it is not time yet, so that callers need not await in vain. */
  take(): Promise<void> | null {
    return performance.now() - this.#since < LONGEST_MS ? null : this.#pause();
  }

  async #pause(): Promise<void> {
    await setImmediate();
    this.#since = performance.now();
  }
}
