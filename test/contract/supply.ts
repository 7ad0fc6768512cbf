import type { BodySink, BodySource } from '../../src/plugin/index.ts';

/** A body that delivers pieces as fast as its reader takes them, and keeps account of it. */
export class Supply implements BodySource {
  readonly #piece: Uint8Array;
  readonly #pieces: number;
  #sink: BodySink | null = null;
  #held = false;
  #over = false;
  /** Pieces delivered so far. */
  delivered = 0;
  cancelled: Error | null = null;

  constructor(piece: Uint8Array, pieces: number) {
    this.#piece = piece;
    this.#pieces = pieces;
  }

  get started(): boolean {
    return this.#sink !== null;
  }

  /** Whether nothing more comes of it: it was never read, came to its end, broke off or was let go. */
  get settled(): boolean {
    return !this.started || this.#over;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    setImmediate(() => this.#flow());
  }

  resume(): void {
    this.#held = false;
    setImmediate(() => this.#flow());
  }

  cancel(reason: Error): void {
    this.cancelled = reason;
    this.#over = true;
  }

  /** Breaks off, as a connection that is gone does. */
  fail(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#sink?.fail(error);
  }

  #flow(): void {
    while (!this.#held && !this.#over && this.delivered < this.#pieces) {
      this.delivered++;
      this.#held = !this.#sink?.data(this.#piece);
    }
    if (this.#over || this.#held || this.delivered < this.#pieces) return;
    this.#over = true;
    this.#sink?.end(null);
  }
}
