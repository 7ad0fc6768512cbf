/** What was refused without anybody to blame is tried again after this, in ms, and after ever longer. */
const [FIRST_MS, LONGEST_MS] = [5000, 300_000];

/** Has something tried again some time, each time later than before. It does not keep the process alive. */
export class Retry {
  readonly #again: () => void;
  #afterMs = FIRST_MS;
  #timer: NodeJS.Timeout | undefined;

  constructor(again: () => void) {
    this.#again = again;
  }

  /** Tries again later; what was arranged before is put off until then. */
  arrange(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#again, this.#afterMs);
    this.#timer.unref();
    this.#afterMs = Math.min(LONGEST_MS, this.#afterMs * 2);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
