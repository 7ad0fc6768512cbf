import {
  Body,
  type BodySink,
  type BodySource,
  type BodyTransform,
  type Emit,
  type HeaderList,
  transformBody,
} from '../../src/plugin/index.ts';
import type { Coder, ContentCoding } from '../lib/content-coding.ts';

/**
 * Content known to be no longer than this is encoded in one go: setting up a stream and its trips to the thread pool
 * costs about 70 µs of CPU, four times as much as the work itself for 2 KB.
 */
const WHOLE_MAX_BYTES = 16_384;

/** Above this level even so little content would block the thread for milliseconds. */
const WHOLE_MAX_LEVEL = 6;

/** How long the source must pause before what the encoder holds is flushed. */
const FLUSH_AFTER_MS = 5;

/** The body in a content coding. Takes `body`. `level` as for `ContentCoding.encoder`. */
export function encodeBody(body: Body, coding: ContentCoding, level: number): Body {
  const small = body.length !== null && body.length <= WHOLE_MAX_BYTES && level <= WHOLE_MAX_LEVEL;
  if (!small) return new Body(new CodedSource(body, () => coding.encoder(level), coding.flushKind), null);
  if (body.fixed !== null) return Body.fixed(coding.encodeWhole(body.fixed, level));
  return transformBody(body, new WholeEncoding(coding, level));
}

/** The body out of a content coding. Takes `body`. Content that is broken or cut short makes it fail. */
export function decodeBody(body: Body, coding: ContentCoding): Body {
  return new Body(new CodedSource(body, (first) => (first === null ? null : coding.decoder(first)), null), null);
}

/** Gathers small content and encodes it at its end. */
class WholeEncoding implements BodyTransform {
  readonly #coding: ContentCoding;
  readonly #level: number;
  readonly #chunks: Uint8Array[] = [];

  constructor(coding: ContentCoding, level: number) {
    this.#coding = coding;
    this.#level = level;
  }

  chunk(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  end(emit: Emit): void {
    emit(this.#coding.encodeWhole(Buffer.concat(this.#chunks), this.#level));
  }
}

/**
 * A body as it runs through a zlib stream, with back-pressure on both sides: a slow reader pauses the stream, a full
 * stream holds the source back, so a small input that unfolds to gigabytes stays within the stream's buffers.
 *
 * When the source pauses while the reader waits, the encoder is flushed: events come out one by one, and a large body
 * that keeps coming loses nothing of its ratio.
 */
class CodedSource implements BodySource, BodySink {
  readonly #input: BodySource;
  /** Opens the stream for the first chunk, or for none; null: nothing comes out. */
  readonly #open: (first: Uint8Array | null) => Coder | null;
  readonly #flushKind: number | null;
  #coder: Coder | null = null;
  #sink: BodySink | null = null;
  #trailers: HeaderList | null = null;
  #flushTimer: NodeJS.Timeout | null = null;
  #unflushed = false;
  #done = false;

  constructor(body: Body, open: (first: Uint8Array | null) => Coder | null, flushKind: number | null) {
    this.#input = body.take();
    this.#open = open;
    this.#flushKind = flushKind;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.#input.start(this);
  }

  resume(): void {
    this.#coder?.resume();
    if (this.#unflushed) this.#armFlush();
  }

  cancel(reason: Error): void {
    if (this.#done) return;
    this.#close();
    this.#input.cancel(reason);
  }

  data(chunk: Uint8Array): boolean {
    if (this.#done) return false;
    this.#coder ??= this.#attach(this.#open(chunk));
    this.#armFlush();
    return this.#coder?.write(chunk) ?? true;
  }

  end(trailers: HeaderList | null): void {
    if (this.#done) return;
    this.#trailers = trailers;
    this.#coder ??= this.#attach(this.#open(null));
    this.#disarmFlush();
    if (this.#coder === null) this.#complete();
    else this.#coder.end();
  }

  fail(error: Error): void {
    if (this.#done) return;
    this.#close();
    this.#sink?.fail(error);
  }

  #attach(coder: Coder | null): Coder | null {
    coder?.on('data', (chunk: Uint8Array) => {
      if (!this.#done && this.#sink?.data(chunk) === false) coder.pause();
    });
    coder?.on('drain', () => {
      if (!this.#done) this.#input.resume();
    });
    coder?.on('end', () => this.#complete());
    coder?.on('error', (error) => this.#breakOff(error));
    return coder;
  }

  #armFlush(): void {
    if (this.#flushKind === null) return;
    this.#unflushed = true;
    if (this.#flushTimer === null)
      this.#flushTimer = setTimeout(() => this.#flush(this.#flushKind ?? 0), FLUSH_AFTER_MS);
    else this.#flushTimer.refresh();
  }

  #disarmFlush(): void {
    this.#unflushed = false;
    if (this.#flushTimer !== null) clearTimeout(this.#flushTimer);
    this.#flushTimer = null;
  }

  #flush(kind: number): void {
    const coder = this.#coder;
    // A reader that is behind gains nothing from a flush; `resume` asks again.
    if (coder === null || coder.isPaused()) return;
    if (coder.writableLength > 0) {
      this.#flushTimer?.refresh();
      return;
    }
    this.#unflushed = false;
    coder.flush(kind);
  }

  #complete(): void {
    if (this.#done) return;
    this.#close();
    this.#sink?.end(this.#trailers);
  }

  #breakOff(error: Error): void {
    if (this.#done) return;
    this.#close();
    this.#input.cancel(error);
    this.#sink?.fail(error);
  }

  #close(): void {
    this.#done = true;
    this.#disarmFlush();
    // Frees the native memory now, not when the garbage collector comes by.
    this.#coder?.destroy();
  }
}
