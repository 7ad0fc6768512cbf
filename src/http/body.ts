import { filterBounds } from './filter-bounds.ts';
import { GuardedSource } from './guarded-source.ts';
import type { HeaderList } from './headers.ts';
import { IterableSource } from './iterable-source.ts';
import { PullSink } from './pull-sink.ts';
import { described, errorOf } from './thrown.ts';

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

/** Thrown where a body is longer than its reader allows. Unless a filter catches it, the answer is 413, of a response 502. */
export class BodyTooLargeError extends Error {
  readonly maxBytes: number;
  readonly body: Body;
  constructor(maxBytes: number, body: Body) {
    super(`the body is longer than ${maxBytes} bytes`);
    this.maxBytes = maxBytes;
    this.body = body;
  }
}

/** How far the content of a body has come. */
type Stage = 'fresh' | 'reading' | 'taken';

/**
 * The content of a message: passed on chunk by chunk, or read by a filter.
 *
 * Read to its end, with `bytes`, `text` or a loop, it is there again, and goes on as it was read. Read in part, or handed
 * out by `take`, it is gone, and something has to take its place. A message without content has `null` instead of a Body.
 */
export class Body {
  #length: number | null;
  #fixed: Uint8Array | null;
  #source: BodySource | null;
  #stage: Stage = 'fresh';
  #handedOut: BodySource | null = null;
  /** The body it took the place of. */
  #predecessor: Body | null = null;
  #reader: PullSink | null = null;
  /** Resolves when the reading that is under way has ended, well or not. */
  #reading: Promise<void> | null = null;
  #isReadWhole = false;
  #isSucceeded = false;
  #failure: Error | null = null;

  constructor(source: BodySource | null, length: number | null, fixed: Uint8Array | null = null) {
    this.#source = source;
    this.#length = length;
    this.#fixed = fixed;
  }

  /** A body of what `init` is; null stays null. A Body is returned as it is. @throws TypeError for anything else */
  static from(init: BodyInit): Body | null {
    if (init === null || init instanceof Body) return init;
    if (typeof init === 'string') return Body.fixed(Buffer.from(init, 'utf8'));
    if (init instanceof Uint8Array) return Body.fixed(init);
    if (isAsyncIterable(init)) return new Body(new IterableSource(init), null);
    if (isSource(init)) return new Body(new GuardedSource(init), null);
    throw new TypeError(
      `expected a body to be a string, a Uint8Array, an async iterable of them, or null, found ${described(init)}`,
    );
  }

  /** A body whose bytes are all at hand. */
  static fixed(bytes: Uint8Array): Body {
    return new Body(null, bytes.length, bytes);
  }

  /** Its length in bytes where that is known beforehand, else null. */
  get length(): number | null {
    return this.#length;
  }

  /** The whole content where it is at hand already: it can then be sent in one write. */
  get fixed(): Uint8Array | null {
    return this.#fixed;
  }

  /** Says whether the content was handed out, or read in part, so that it cannot go on. */
  get used(): boolean {
    return this.#stage === 'taken';
  }

  /** Resolves when the reading that is under way has ended, well or not; null when there is none. */
  get settled(): Promise<void> | null {
    return this.#stage === 'reading' ? this.#reading : null;
  }

  /** Says whether a reader waits for content that has not come yet. */
  get isAwaited(): boolean {
    return this.#stage === 'reading' && this.#reader?.waits === true;
  }

  /** Why reading it failed; null when it did not. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** Hands out the content. @throws Error when it was handed out, or is being read. */
  take(): BodySource {
    if (this.#stage === 'reading') throw new Error('the body is being read already');
    if (this.#stage === 'taken') throw new Error('the body was read already, in part, or handed on');
    this.#stage = 'taken';
    this.#handedOut = this.#source ?? new FixedSource(this.#fixed ?? EMPTY);
    return this.#handedOut;
  }

  /** Lets the content go unread, if nobody has taken it. */
  discard(reason: Error): void {
    if (this.#stage !== 'fresh') return;
    this.take().cancel(reason);
  }

  /**
   * Ends the content in whatever hands it is, and that of the bodies before it: whoever reads it is told `reason`, and what
   * feeds it is let go. Nothing happens where it has come to its end.
   */
  abandon(reason: Error): void {
    if (this.#stage === 'fresh') this.discard(reason);
    else if (this.#reader !== null) this.#reader.release(reason);
    else this.#handedOut?.cancel(reason);
    this.#predecessor?.abandon(reason);
  }

  /**
   * The whole content, at most `maxBytes` of it (default: `filterBounds`). Asked again, it is the same.
   * @throws BodyTooLargeError beyond that; the error of the source when it breaks off; Error when it is gone.
   */
  async bytes(maxBytes = filterBounds.maxBodyBytes): Promise<Buffer> {
    if (this.#isReadWhole) await this.#reading;
    const whole = this.#stage === 'fresh' ? this.#fixed : null;
    return bufferOf(whole === null ? await this.#readWhole(maxBytes) : this.#bounded(whole, maxBytes));
  }

  /** The whole content as UTF-8 text; as `bytes`. */
  async text(maxBytes = filterBounds.maxBodyBytes): Promise<string> {
    return (await this.bytes(maxBytes)).toString('utf8');
  }

  /** Reads the content to its end and keeps nothing of it; `seen` gets each chunk. @throws the error of the source. */
  async drain(seen: (chunk: Uint8Array) => void = () => {}): Promise<void> {
    this.#isSucceeded = true;
    for await (const chunk of this) seen(chunk);
  }

  /**
   * Reads the content chunk by chunk; leaving the loop early lets the rest go. At its end the content is there again,
   * unless it is longer than `filterBounds` allow or another body has taken its place.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = new PullSink(this.take());
    const whenOver = this.#begin(reader);
    let kept: Uint8Array[] | null = [];
    let size = 0;
    try {
      for (;;) {
        const chunk = await reader.next();
        if (chunk === null) break;
        size += chunk.length;
        if (this.#isSucceeded || size > filterBounds.maxBodyBytes) kept = null;
        kept?.push(chunk);
        yield chunk;
      }
      if (kept !== null) this.#restore(Buffer.concat(kept, size), reader.trailers);
      else if (!this.#isSucceeded) this.#failure = new BodyTooLargeError(filterBounds.maxBodyBytes, this);
    } catch (error) {
      this.#failure = errorOf(error);
      throw error;
    } finally {
      reader.release(new Error('the reader left early'));
      this.#finish(whenOver);
    }
  }

  /** Says that `next` takes its place, and may be made of it; what nobody reads of it is let go. */
  giveWayTo(next: Body | null): void {
    this.#isSucceeded = true;
    const reason = new Error('the message got another body');
    if (next === null) {
      if (this.#stage !== 'reading') this.abandon(reason);
      return;
    }
    next.#predecessor = this;
    if (next.#source instanceof IterableSource) next.#source.succeeds(this);
    else this.discard(reason);
  }

  async #readWhole(maxBytes: number): Promise<Uint8Array> {
    const reader = new PullSink(this.take());
    const whenOver = this.#begin(reader);
    this.#isReadWhole = true;
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for (let chunk = await reader.next(); chunk !== null; chunk = await reader.next()) {
        size += chunk.length;
        if (size > maxBytes) throw new BodyTooLargeError(maxBytes, this);
        chunks.push(chunk);
      }
      const whole = chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, size);
      this.#restore(whole, reader.trailers);
      return whole;
    } catch (error) {
      this.#failure = errorOf(error);
      reader.release(this.#failure);
      throw error;
    } finally {
      this.#finish(whenOver);
    }
  }

  #begin(reader: PullSink): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stage = 'reading';
    this.#reader = reader;
    this.#reading = promise;
    return resolve;
  }

  #finish(whenOver: () => void): void {
    if (this.#stage === 'reading') this.#stage = 'taken';
    this.#isReadWhole = false;
    this.#reader = null;
    this.#reading = null;
    whenOver();
  }

  /** What was read is the content from now on. */
  #restore(bytes: Uint8Array, trailers: HeaderList | null): void {
    this.#stage = 'fresh';
    this.#fixed = trailers === null ? bytes : null;
    this.#source = trailers === null ? null : new FixedSource(bytes, trailers);
    if (trailers === null) this.#length = bytes.length;
  }

  #bounded(bytes: Uint8Array, maxBytes: number): Uint8Array {
    if (bytes.length <= maxBytes) return bytes;
    this.#stage = 'taken';
    this.#failure = new BodyTooLargeError(maxBytes, this);
    throw this.#failure;
  }
}

const EMPTY = new Uint8Array(0);

class FixedSource implements BodySource {
  readonly #bytes: Uint8Array;
  readonly #trailers: HeaderList | null;
  constructor(bytes: Uint8Array, trailers: HeaderList | null = null) {
    this.#bytes = bytes;
    this.#trailers = trailers;
  }
  start(sink: BodySink): void {
    if (this.#bytes.length > 0) sink.data(this.#bytes);
    sink.end(this.#trailers);
  }
  resume(): void {}
  cancel(): void {}
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function isAsyncIterable(value: object): value is AsyncIterable<Uint8Array | string> {
  return typeof (value as AsyncIterable<unknown> | undefined)?.[Symbol.asyncIterator] === 'function';
}

function isSource(value: object | undefined): value is BodySource {
  const { start, resume, cancel } = (value ?? {}) as BodySource;
  return typeof start === 'function' && typeof resume === 'function' && typeof cancel === 'function';
}
