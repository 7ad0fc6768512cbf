import type { HeaderList } from './headers.ts';

/** Whoever takes a body, chunk by chunk. After `end` or `fail` nothing more comes. */
export interface BodySink {
  /**
   * Says that all chunks delivered so far have left the process, so that the source may use their memory again. A sink that
   * does not know, because it keeps chunks or passes them on, leaves it out.
   */
  readonly holdsNothing?: boolean;
  /** Takes a chunk. False asks the source to hold back until its `resume` is called. */
  data(chunk: Uint8Array): boolean;
  /** The body is complete. */
  end(trailers: HeaderList | null): void;
  /** The body broke off: what was delivered is not the whole. */
  fail(error: Error): void;
}

/**
 * Where a body comes from: a connection, an upstream call, a buffer, an iterable.
 *
 * Push based, with back-pressure by the answer of `BodySink.data`. It has exactly one consumer.
 */
export interface BodySource {
  /** Starts the flow into `sink`; chunks may arrive before it returns. Called once. */
  start(sink: BodySink): void;
  /** Goes on after `data` answered false. */
  resume(): void;
  /** Stops the flow; nothing is delivered any more, and what feeds the source is let go. */
  cancel(reason: Error): void;
}

/** What a body may be made of. Text is encoded as UTF-8. */
export type BodyInit = string | Uint8Array | AsyncIterable<Uint8Array | string> | BodySource | Body | null;

/** Thrown by `Body.bytes` and `Body.text` when the body is longer than the caller allowed. */
export class BodyTooLargeError extends Error {
  readonly maxBytes: number;
  constructor(maxBytes: number) {
    super(`the body is longer than ${maxBytes} bytes`);
    this.maxBytes = maxBytes;
  }
}

/**
 * The content of a message: consumed once, either passed on chunk by chunk, or read whole by a filter.
 *
 * A message without content has `null` instead of a Body.
 */
export class Body {
  /** Its length in bytes where that is known beforehand, else null. */
  readonly length: number | null;
  /** The whole content where it is at hand already: it can then be sent in one write. */
  readonly fixed: Uint8Array | null;
  #source: BodySource | null;

  constructor(source: BodySource | null, length: number | null, fixed: Uint8Array | null = null) {
    this.#source = source;
    this.length = length;
    this.fixed = fixed;
  }

  /** A body of what `init` is; null stays null. A Body is returned as it is. */
  static from(init: BodyInit): Body | null {
    if (init === null || init instanceof Body) return init;
    if (typeof init === 'string') return Body.fixed(Buffer.from(init, 'utf8'));
    if (init instanceof Uint8Array) return Body.fixed(init);
    if (Symbol.asyncIterator in init) return new Body(new IterableSource(init), null);
    return new Body(init, null);
  }

  /** A body whose bytes are all at hand. */
  static fixed(bytes: Uint8Array): Body {
    return new Body(null, bytes.length, bytes);
  }

  /** Says whether the content was handed out already. */
  get used(): boolean {
    return this.#source === USED;
  }

  /** Hands out the content. @throws Error when it was handed out before. */
  take(): BodySource {
    if (this.#source === USED) throw new Error('the body was read already');
    const source = this.#source ?? new FixedSource(this.fixed ?? EMPTY);
    this.#source = USED;
    return source;
  }

  /** Lets the content go unread, if nobody has taken it. */
  discard(reason: Error): void {
    if (this.used) return;
    this.take().cancel(reason);
  }

  /** The whole content. @throws BodyTooLargeError beyond `maxBytes`; the error of the source when it breaks off. */
  bytes(maxBytes: number): Promise<Buffer> {
    const source = this.take();
    return new Promise((resolve, reject) => {
      const chunks: Uint8Array[] = [];
      let size = 0;
      source.start({
        data(chunk) {
          size += chunk.length;
          if (size > maxBytes) {
            const error = new BodyTooLargeError(maxBytes);
            source.cancel(error);
            reject(error);
            return false;
          }
          chunks.push(chunk);
          return true;
        },
        end: () => resolve(Buffer.concat(chunks, size)),
        fail: reject,
      });
    });
  }

  /** The whole content as UTF-8 text; as `bytes`. */
  async text(maxBytes: number): Promise<string> {
    return (await this.bytes(maxBytes)).toString('utf8');
  }

  /** Reads the content chunk by chunk; leaving the loop early lets the rest go. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = new PullSink(this.take());
    try {
      for (;;) {
        const chunk = await reader.next();
        if (chunk === null) return;
        yield chunk;
      }
    } finally {
      reader.release();
    }
  }
}

const EMPTY = new Uint8Array(0);

/** Marks a body whose content was handed out. */
const USED: BodySource = { start() {}, resume() {}, cancel() {} };

class FixedSource implements BodySource {
  readonly #bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  start(sink: BodySink): void {
    if (this.#bytes.length > 0) sink.data(this.#bytes);
    sink.end(null);
  }
  resume(): void {}
  cancel(): void {}
}

/** Feeds a sink from an async iterable, one chunk at a time. */
class IterableSource implements BodySource {
  readonly #iterable: AsyncIterable<Uint8Array | string>;
  #wake: (() => void) | null = null;
  #cancelled = false;
  #iterator: AsyncIterator<Uint8Array | string> | null = null;

  constructor(iterable: AsyncIterable<Uint8Array | string>) {
    this.#iterable = iterable;
  }

  start(sink: BodySink): void {
    void this.#pump(sink);
  }

  resume(): void {
    this.#wake?.();
  }

  cancel(): void {
    this.#cancelled = true;
    this.#wake?.();
    // A generator that waits inside its own await answers return() only later; nobody waits for it.
    this.#iterator?.return?.()?.catch(() => {});
  }

  async #pump(sink: BodySink): Promise<void> {
    try {
      this.#iterator = this.#iterable[Symbol.asyncIterator]();
      for (;;) {
        const { done, value } = await this.#iterator.next();
        if (this.#cancelled) return;
        if (done) break;
        const chunk = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
        if (chunk.length > 0 && !sink.data(chunk)) await this.#resumed();
        if (this.#cancelled) return;
      }
      sink.end(null);
    } catch (error) {
      if (!this.#cancelled) sink.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #resumed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
    });
  }
}

/** Turns the push of a source into a pull: holds the source back while a chunk waits to be read. */
class PullSink implements BodySink {
  readonly #source: BodySource;
  readonly #waiting: Uint8Array[] = [];
  #done = false;
  #error: Error | null = null;
  #wake: (() => void) | null = null;

  constructor(source: BodySource) {
    this.#source = source;
    source.start(this);
  }

  data(chunk: Uint8Array): boolean {
    this.#waiting.push(chunk);
    this.#wake?.();
    return false;
  }

  end(): void {
    this.#done = true;
    this.#wake?.();
  }

  fail(error: Error): void {
    this.#error = error;
    this.#wake?.();
  }

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

  release(): void {
    if (!this.#done && this.#error === null) this.#source.cancel(new Error('the reader left early'));
  }
}
