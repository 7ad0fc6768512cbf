import { Body, type BodySink, type BodySource } from '../../src/plugin/index.ts';

/** How much is made at once. */
const CHUNK_BYTES = 16_384;

/** A body of `length` bytes that `make` gives piece by piece, each of the size asked for, as fast as they are taken. */
export function generatedBody(length: number, make: (size: number) => Uint8Array): Body {
  return new Body(new GeneratedSource(length, make), length);
}

class GeneratedSource implements BodySource {
  readonly #make: (size: number) => Uint8Array;
  #left: number;
  #sink: BodySink | null = null;
  #running = false;
  #again = false;

  constructor(length: number, make: (size: number) => Uint8Array) {
    this.#left = length;
    this.#make = make;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.resume();
  }

  resume(): void {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    while (this.#again && this.#sink !== null && this.#left > 0) this.#push(this.#sink);
    this.#running = false;
    if (this.#left > 0 || this.#sink === null) return;
    const sink = this.#sink;
    this.#sink = null;
    sink.end(null);
  }

  cancel(): void {
    this.#sink = null;
  }

  #push(sink: BodySink): void {
    this.#again = false;
    const size = Math.min(CHUNK_BYTES, this.#left);
    this.#left -= size;
    if (sink.data(this.#make(size))) this.#again = true;
  }
}
