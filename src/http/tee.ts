import { Body, type BodySink, type BodySource } from './body.ts';
import type { HeaderList } from './headers.ts';

/** A body and its copy. */
export interface TeedBody {
  /** What takes the place of the body: it alone decides how fast the content flows, and whether. */
  readonly main: Body;
  /** Gets what is read of `main`, as it is read. */
  readonly copy: Body;
}

/**
 * Doubles a body as it streams. The copy never slows `main` down nor breaks it: content that the copy's reader has not
 * taken yet is kept, and once that is more than `maxLagBytes` the copy breaks off. When nobody reads `main` to its end,
 * the copy breaks off too. It takes `body` at once.
 */
export function teeBody(body: Body, maxLagBytes: number): TeedBody {
  const { fixed, length } = body;
  if (fixed !== null) {
    body.take();
    return { main: Body.fixed(fixed), copy: Body.fixed(fixed) };
  }
  const copy = new CopySource(maxLagBytes);
  return { main: new Body(new TeeSource(body.take(), copy), length), copy: new Body(copy, length) };
}

/** Passes the content on to the reader of `main`, then to the copy. */
class TeeSource implements BodySource, BodySink {
  readonly #input: BodySource;
  readonly #copy: CopySource;
  #sink: BodySink | null = null;
  /** Whoever reads `main` may let everything go as soon as the end is told, before the copy has heard of it. */
  #isOver = false;

  constructor(input: BodySource, copy: CopySource) {
    this.#input = input;
    this.#copy = copy;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.#input.start(this);
  }

  resume(): void {
    this.#input.resume();
  }

  cancel(reason: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#input.cancel(reason);
    this.#copy.fail(reason);
  }

  data(chunk: Uint8Array): boolean {
    const takesMore = (this.#sink as BodySink).data(chunk);
    this.#copy.data(chunk);
    return takesMore;
  }

  end(trailers: HeaderList | null): void {
    this.#isOver = true;
    (this.#sink as BodySink).end(trailers);
    this.#copy.end(trailers?.clone() ?? null);
  }

  fail(error: Error): void {
    this.#isOver = true;
    (this.#sink as BodySink).fail(error);
    this.#copy.fail(error);
  }
}

/** Keeps what its reader does not take yet, up to a bound. */
class CopySource implements BodySource, BodySink {
  readonly #maxLagBytes: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #sink: BodySink | null = null;
  #isFull = true;
  #outcome: { trailers: HeaderList | null; error: Error | null } | null = null;
  #isOver = false;

  constructor(maxLagBytes: number) {
    this.#maxLagBytes = maxLagBytes;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.resume();
  }

  resume(): void {
    if (this.#isOver || this.#sink === null) return;
    this.#isFull = false;
    this.#deliver(this.#sink);
  }

  cancel(): void {
    this.#isOver = true;
    this.#waiting = [];
  }

  data(chunk: Uint8Array): boolean {
    if (this.#isOver || this.#outcome !== null) return true;
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#sink !== null) this.#deliver(this.#sink);
    if (this.#waitingBytes > this.#maxLagBytes)
      this.fail(new Error(`the copy lags more than ${this.#maxLagBytes} bytes behind`));
    return true;
  }

  end(trailers: HeaderList | null): void {
    this.#conclude({ trailers, error: null });
  }

  /** Breaks the copy off: what waits is of no use any more. */
  fail(error: Error): void {
    if (this.#outcome !== null) return;
    this.#waiting = [];
    this.#isFull = false;
    this.#conclude({ trailers: null, error });
  }

  #conclude(outcome: { trailers: HeaderList | null; error: Error | null }): void {
    if (this.#outcome !== null || this.#isOver) return;
    this.#outcome = outcome;
    if (this.#sink !== null) this.#deliver(this.#sink);
  }

  #deliver(sink: BodySink): void {
    while (!this.#isFull && !this.#isOver) {
      const chunk = this.#waiting.shift();
      if (chunk === undefined) break;
      this.#waitingBytes -= chunk.length;
      if (!sink.data(chunk)) this.#isFull = true;
    }
    if (this.#waiting.length > 0 || this.#isOver || this.#outcome === null) return;
    this.#isOver = true;
    const { trailers, error } = this.#outcome;
    if (error === null) sink.end(trailers);
    else sink.fail(error);
  }
}
