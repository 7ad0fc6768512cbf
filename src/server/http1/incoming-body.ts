import { Body, type BodySink, type BodySource } from '../../http/index.ts';
import { type BodyDecoder, ChunkedDecoder, LengthDecoder, readTrailers } from '../../http1/index.ts';
import type { MessageLimits } from '../options.ts';
import type { RequestHead } from './head.ts';
import { type RefusalCode, refuse } from './refusal.ts';
import type { RequestReader } from './request-reader.ts';

/** Up to so much unread content is taken in to keep a connection alive; beyond it the connection ends. */
const DRAIN_MAX_BYTES = 64 * 1024;

/** The connection as its incoming content sees it. */
export interface IncomingBodyOwner {
  /** Somebody began to read the content. */
  bodyWanted(): void;
  /** The reader is full: no more segments for now. */
  holdBody(): void;
  /** The reader takes more. */
  flowBody(): void;
}

/**
 * The content of a request, as it arrives on a connection.
 *
 * Holds at most the segments that came before somebody read it; the owner stops reading the socket meanwhile.
 */
export class IncomingBody implements BodySource {
  readonly decoder: BodyDecoder;
  readonly #owner: IncomingBodyOwner;
  #sink: BodySink | null = null;
  #waiting: Buffer[] = [];
  #error: Error | null = null;
  #full = false;
  /** Nobody is going to read (any more of) it. */
  #dropped = false;

  constructor(decoder: BodyDecoder, owner: IncomingBodyOwner) {
    this.decoder = decoder;
    this.#owner = owner;
  }

  /** Somebody reads it, and takes more. */
  get isWanted(): boolean {
    return this.#sink !== null && !this.#full;
  }

  /** What is still to come is known, and little enough to be taken in and thrown away for the sake of the connection. */
  get isNearlyComplete(): boolean {
    return this.decoder.remainingBytes <= DRAIN_MAX_BYTES;
  }

  start(sink: BodySink): void {
    if (this.#dropped) {
      sink.fail(this.#error ?? new Error('the content was let go'));
      return;
    }
    this.#sink = sink;
    this.#deliverWaiting(sink);
    if (!this.#dropped && !this.decoder.done) this.#owner.bodyWanted();
  }

  resume(): void {
    if (this.#dropped || !this.#full) return;
    this.#full = false;
    this.#owner.flowBody();
  }

  cancel(reason: Error): void {
    if (this.#dropped) return;
    this.#drop(reason);
    // Not read on for nothing: the client waits, until the answer decides about the rest.
    this.#owner.holdBody();
  }

  /** The content decoded so far, when it was complete before anybody read it and has no trailers; else null. */
  takeWhole(): Buffer | null {
    if (!this.decoder.done || this.decoder.trailers !== null) return null;
    const [first] = this.#waiting;
    this.#dropped = true;
    return first === undefined ? Buffer.alloc(0) : this.#waiting.length === 1 ? first : Buffer.concat(this.#waiting);
  }

  /** Passes on what was decoded, and the end where the decoder has reached it. */
  push(content: Buffer): void {
    if (this.#dropped) return;
    const sink = this.#sink;
    if (sink === null) {
      if (content.length > 0) this.#waiting.push(content);
      if (!this.decoder.done) this.#owner.holdBody();
      return;
    }
    this.#deliver(sink, content);
    if (this.decoder.done) this.#end(sink);
  }

  /** Reads on for nothing but the end of the content; says whether it is well-formed so far. */
  skips(segment: Buffer): boolean {
    try {
      this.decoder.decode(segment);
      return true;
    } catch {
      return false;
    }
  }

  /** Breaks the content off: tells the reader, now or when there is one. */
  fail(error: Error): void {
    if (this.#dropped) return;
    const sink = this.#sink;
    this.#drop(error);
    sink?.fail(error);
  }

  #deliverWaiting(sink: BodySink): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const content of waiting) this.#deliver(sink, content);
    if (this.decoder.done) this.#end(sink);
  }

  #deliver(sink: BodySink, content: Buffer): void {
    if (this.#dropped || content.length === 0) return;
    if (sink.data(content) || this.#dropped) return;
    this.#full = true;
    if (!this.decoder.done) this.#owner.holdBody();
  }

  #end(sink: BodySink): void {
    if (this.#dropped) return;
    this.#dropped = true;
    this.#sink = null;
    sink.end(this.decoder.trailers);
  }

  #drop(error: Error): void {
    this.#dropped = true;
    this.#error = error;
    this.#sink = null;
    this.#waiting = [];
  }
}

/**
 * Begins the content of a request with what `reader` holds of it.
 *
 * Answers the body (null where it turned out empty), at hand as a whole if it is all there, and else also what is still
 * to be fed.
 * @throws ProxyError when it is malformed or beyond a limit already.
 */
export function receiveBody(
  { contentLength, removed }: Pick<RequestHead, 'contentLength' | 'removed'>,
  reader: RequestReader,
  limits: MessageLimits,
  owner: IncomingBodyOwner,
): { body: Body | null; incoming: IncomingBody | null } {
  if (limits.maxBodyBytes > 0 && contentLength > limits.maxBodyBytes) refuse(413, 'long-body');
  const decoder = contentLength < 0 ? chunkedDecoder(limits, removed) : new LengthDecoder(contentLength);
  const incoming = new IncomingBody(decoder, owner);
  const segment = reader.takeRest();
  if (segment !== null) {
    incoming.push(decoder.decode(segment));
    reader.putBack(decoder.rest);
  }
  const whole = incoming.takeWhole();
  if (whole !== null) return { body: whole.length === 0 ? null : Body.fixed(whole), incoming: null };
  const body = new Body(incoming, contentLength < 0 ? null : contentLength);
  return { body, incoming: decoder.done ? null : incoming };
}

function chunkedDecoder(limits: MessageLimits, removed: ReadonlySet<string>): ChunkedDecoder {
  const { maxBodyBytes, maxChunkExtensionBytes, maxTrailerBytes } = limits;
  return new ChunkedDecoder({
    maxBodyBytes,
    maxChunkExtensionBytes,
    maxTrailerBytes,
    refuse: (status, code) => refuse(status, code as RefusalCode),
    trailers: (block) => readTrailers(block, removed, () => refuse(400, 'bad-trailer')),
  });
}
