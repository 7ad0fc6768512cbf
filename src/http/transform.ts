import { Body, type BodySink, type BodySource } from './body.ts';
import { contentFault } from './errors.ts';
import { filterBounds } from './filter-bounds.ts';
import type { HeaderList } from './headers.ts';
import { chunkOf } from './iterable-source.ts';
import { Deadline, threadTimers } from './timer-wheel.ts';

/** Passes a changed chunk on; may be called any number of times per step. Text is encoded as UTF-8. */
export type Emit = (chunk: Uint8Array | string) => void;

/** How much of a body a transform gets in one turn, in bytes: between turns other requests are served. */
const TURN_BYTES = 65_536;

/**
 * A change of a body as it streams by: gets each chunk, emits what takes its place.
 *
 * Steps run one after the other, each awaited only when it returns a promise; while one is under way, or while the
 * reader is slow, the source is held back, so what is in memory is what a step holds itself.
 */
export interface BodyTransform {
  /** The most of a body that `chunk` gets at once, in bytes; longer chunks come in parts. Default and at most 64 KiB. */
  readonly maxChunkBytes?: number;
  /** Says that its steps wait by intent, and for how long they like; else one ends by `filterBounds.timeoutMs`. */
  readonly untimed?: boolean;
  /** Gets the next chunk. @throws to break the body off. */
  chunk(chunk: Uint8Array, emit: Emit): void | Promise<void>;
  /** Gets the end: the place to emit what was held back. */
  end?(emit: Emit): void | Promise<void>;
  /** Called once at last, also when the body broke off: frees what the transform holds. What it throws breaks the body off. */
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
  readonly #turnBytes: number;
  #sink: BodySink | null = null;
  /** Chunks (and, as null, the end) that came in while a step was under way. */
  readonly #queue: (Uint8Array | null)[] = [];
  #trailers: HeaderList | null = null;
  /** How much went through since others had their turn. */
  #bytesInTurn = 0;
  #busy = false;
  #full = false;
  #inputHeld = false;
  #finished = false;
  #deadline: Deadline | null = null;
  readonly #emit: Emit;

  constructor(body: Body, transform: BodyTransform) {
    this.#input = body.take();
    this.#transform = transform;
    this.#turnBytes = Math.min(transform.maxChunkBytes ?? TURN_BYTES, TURN_BYTES);
    this.#emit = (part) => {
      const chunk = chunkOf(part);
      if (this.#finished || chunk.length === 0) return;
      this.#deadline?.set(filterBounds.timeoutMs);
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
      if (this.#bytesInTurn >= this.#turnBytes) this.#yield();
      else this.#step(this.#next());
    }
    if (this.#queue.length === 0) this.#bytesInTurn = 0;
    if (this.#inputHeld && !this.#busy && !this.#full && !this.#finished) {
      this.#inputHeld = false;
      this.#input.resume();
    }
  }

  /** The next chunk, or part of one; null at the end. */
  #next(): Uint8Array | null {
    const chunk = this.#queue.shift() as Uint8Array | null;
    if (chunk === null) return null;
    const part = chunk.length > this.#turnBytes ? chunk.subarray(0, this.#turnBytes) : chunk;
    if (part.length < chunk.length) this.#queue.unshift(chunk.subarray(part.length));
    this.#bytesInTurn += part.length;
    return part;
  }

  #step(chunk: Uint8Array | null): void {
    try {
      const step: unknown =
        chunk === null ? this.#transform.end?.(this.#emit) : this.#transform.chunk(chunk, this.#emit);
      if (isThenable(step)) this.#await(Promise.resolve(step), chunk === null);
      else if (chunk === null) this.#complete();
    } catch (error) {
      this.#breakOff(error);
    }
  }

  /** Lets others have their turn before the next chunk. */
  #yield(): void {
    this.#busy = true;
    setImmediate(() => {
      this.#bytesInTurn = 0;
      this.#busy = false;
      this.#drain();
    });
  }

  #await(step: Promise<unknown>, last: boolean): void {
    this.#busy = true;
    if (this.#transform.untimed !== true) this.#watch();
    step.then(
      () => {
        this.#busy = false;
        this.#deadline?.clear();
        if (this.#finished) return;
        if (last) this.#complete();
        else this.#drain();
      },
      (error) => this.#breakOff(error),
    );
  }

  /** Bounds the time in which a step neither ends nor emits anything. */
  #watch(): void {
    const { timeoutMs } = filterBounds;
    this.#deadline ??= new Deadline(threadTimers, () => {
      this.#breakOff(new Error(`a step of a body's transform did not go on within ${timeoutMs / 1000} s`));
    });
    this.#deadline.set(timeoutMs);
  }

  #complete(): void {
    if (this.#finished) return;
    const sink = this.#sink!;
    const fault = this.#close();
    if (fault === null) sink.end(this.#trailers);
    else sink.fail(fault);
  }

  #breakOff(thrown: unknown): void {
    if (this.#finished) return;
    const reason = contentFault(thrown);
    const sink = this.#sink!;
    this.#close();
    this.#input.cancel(reason);
    sink.fail(reason);
  }

  /** Ends the transform; what its `close` threw, or null. */
  #close(): Error | null {
    this.#finished = true;
    this.#deadline?.dispose();
    try {
      const closed: unknown = this.#transform.close?.();
      if (isThenable(closed)) Promise.resolve(closed).catch(() => {});
      return null;
    } catch (error) {
      return contentFault(error);
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';
}
