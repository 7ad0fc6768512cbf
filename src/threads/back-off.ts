/** Waits that grow while things keep failing: doubling from 100 ms to 30 s, and small again after a quiet time. */
export class BackOff {
  static readonly firstMs = 100;
  static readonly longestMs = 30_000;
  /** A success that lasts this long ends a series of failures. */
  static readonly stableMs = 60_000;
  #nextMs = BackOff.firstMs;
  #lastFailureAt = Number.NEGATIVE_INFINITY;

  /** How long to wait after a failure at `nowMs`. */
  failed(nowMs: number): number {
    if (nowMs - this.#lastFailureAt > BackOff.stableMs + this.#nextMs) this.#nextMs = BackOff.firstMs;
    this.#lastFailureAt = nowMs;
    const waitMs = this.#nextMs;
    this.#nextMs = Math.min(BackOff.longestMs, waitMs * 2);
    return waitMs;
  }
}
