import type { BodySink, BodySource } from './body.ts';
import type { HeaderList } from './headers.ts';

/** Turns the push of a source into a pull: holds the source back while a chunk waits to be read. */
export class PullSink implements BodySink {
  trailers: HeaderList | null = null;
  readonly #source: BodySource;
  readonly #waiting: Uint8Array[] = [];
  #done = false;
  #error: Error | null = null;
  #wake: (() => void) | null = null;

  constructor(source: BodySource) {
    this.#source = source;
    source.start(this);
  }

  /** Says whether the reader waits for the source, not the source for the reader. */
  get waits(): boolean {
    return this.#wake !== null;
  }

  data(chunk: Uint8Array): boolean {
    this.#waiting.push(chunk);
    this.#wake?.();
    return false;
  }

  end(trailers: HeaderList | null): void {
    this.#done = true;
    this.trailers = trailers;
    this.#wake?.();
  }

  fail(error: Error): void {
    this.#error = error;
    this.#wake?.();
  }

  /** The next chunk; null at the end. @throws the error of the source when it broke off. */
  async next(): Promise<Uint8Array | null> {
    while (this.#waiting.length === 0) {
      if (this.#error !== null) throw this.#error;
      if (this.#done) return null;
      const arrival = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#source.resume();
      if (this.#waiting.length === 0 && !this.#done && this.#error === null) await arrival;
      this.#wake = null;
    }
    return this.#waiting.shift() as Uint8Array;
  }

  /** Lets the rest go; whoever waits for it is told `reason`. */
  release(reason: Error): void {
    if (this.#done || this.#error !== null) return;
    this.#source.cancel(reason);
    this.fail(reason);
  }
}
