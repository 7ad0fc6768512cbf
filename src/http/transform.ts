import { Body, type BodySink, type BodySource } from './body.ts';
import type { HeaderList } from './headers.ts';

/** Passes a changed chunk on; may be called any number of times per step. */
export type Emit = (chunk: Uint8Array) => void;

/**
 * A change of a body as it streams by: gets each chunk, emits what takes its place.
 *
 * Steps run one after the other, each awaited only when it returns a promise; while one is under way, or while the
 * reader is slow, the source is held back, so what is in memory is what a step holds itself.
 */
export interface BodyTransform {
  /** Gets the next chunk. @throws to break the body off. */
  chunk(chunk: Uint8Array, emit: Emit): void | Promise<void>;
  /** Gets the end: the place to emit what was held back. */
  end?(emit: Emit): void | Promise<void>;
  /** Called once at last, also when the body broke off: frees what the transform holds. */
  close?(): void;
}

/**
 * The body that comes out when `body` streams through `transform`. It takes `body` at once, so that a message may be
 * given the new body in place of the old one.
 * `length` is the length in bytes of what comes out, where it is known (default: unknown).
 */
export function transformBody(body: Body, transform: BodyTransform, length: number | null = null): Body {
  return new Body(new TransformSource(body, transform), length);
}

class TransformSource implements BodySource, BodySink {
  readonly #input: BodySource;
  readonly #transform: BodyTransform;
  #sink: BodySink | null = null;
  /** Chunks (and, as null, the end) that came in while a step was under way. */
  readonly #queue: (Uint8Array | null)[] = [];
  #trailers: HeaderList | null = null;
  #busy = false;
  #full = false;
  #inputHeld = false;
  #finished = false;
  readonly #emit: Emit;

  constructor(body: Body, transform: BodyTransform) {
    this.#input = body.take();
    this.#transform = transform;
    this.#emit = (chunk) => {
      if (this.#finished || chunk.length === 0) return;
      if (!this.#sink!.data(chunk)) this.#full = true;
    };
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.#input.start(this);
  }

  resume(): void {
    this.#full = false;
    this.#drain();
  }

  cancel(reason: Error): void {
    if (this.#finished) return;
    this.#close();
    this.#input.cancel(reason);
  }

  data(chunk: Uint8Array): boolean {
    if (this.#finished) return false;
    this.#queue.push(chunk);
    this.#drain();
    this.#inputHeld = this.#busy || this.#full;
    return !this.#inputHeld;
  }

  end(trailers: HeaderList | null): void {
    this.#trailers = trailers;
    this.#queue.push(null);
    this.#drain();
  }

  fail(error: Error): void {
    if (this.#finished) return;
    const sink = this.#sink!;
    this.#close();
    sink.fail(error);
  }

  #drain(): void {
    while (!this.#busy && !this.#full && !this.#finished && this.#queue.length > 0) {
      const chunk = this.#queue.shift() as Uint8Array | null;
      try {
        const step = chunk === null ? this.#transform.end?.(this.#emit) : this.#transform.chunk(chunk, this.#emit);
        if (step instanceof Promise) this.#await(step, chunk === null);
        else if (chunk === null) this.#complete();
      } catch (error) {
        this.#breakOff(error);
      }
    }
    if (this.#inputHeld && !this.#busy && !this.#full && !this.#finished) {
      this.#inputHeld = false;
      this.#input.resume();
    }
  }

  #await(step: Promise<void>, last: boolean): void {
    this.#busy = true;
    step.then(
      () => {
        this.#busy = false;
        if (this.#finished) return;
        if (last) this.#complete();
        else this.#drain();
      },
      (error) => this.#breakOff(error),
    );
  }

  #complete(): void {
    if (this.#finished) return;
    const sink = this.#sink!;
    this.#close();
    sink.end(this.#trailers);
  }

  #breakOff(error: unknown): void {
    if (this.#finished) return;
    const reason = error instanceof Error ? error : new Error(String(error));
    const sink = this.#sink!;
    this.#close();
    this.#input.cancel(reason);
    sink.fail(reason);
  }

  #close(): void {
    this.#finished = true;
    this.#transform.close?.();
  }
}
