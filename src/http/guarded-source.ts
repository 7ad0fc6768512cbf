import type { BodySink, BodySource } from './body.ts';
import { contentFault } from './errors.ts';
import type { HeaderList } from './headers.ts';
import { chunkOf } from './iterable-source.ts';
import { errorOf } from './thrown.ts';

/**
 * A source of a filter's own make, held to its contract: what it throws breaks its body off, and after the end it says
 * nothing more. Its callers are connections, whom it must not harm.
 */
export class GuardedSource implements BodySource, BodySink {
  readonly #source: BodySource;
  #sink: BodySink | null = null;
  #isOver = false;

  constructor(source: BodySource) {
    this.#source = source;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.#guard(() => this.#source.start(this));
  }

  resume(): void {
    if (!this.#isOver) this.#guard(() => this.#source.resume());
  }

  cancel(reason: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#guard(() => this.#source.cancel(reason));
  }

  data(chunk: Uint8Array | string): boolean {
    return this.#isOver ? false : (this.#sink as BodySink).data(chunkOf(chunk));
  }

  end(trailers: HeaderList | null = null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sink?.end(trailers);
  }

  fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sink?.fail(errorOf(error));
  }

  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.fail(contentFault(error));
    }
  }
}
