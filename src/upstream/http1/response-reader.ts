import { type HeaderList, isBodiless, NO_NAMES } from '../../http/index.ts';
import {
  type BodyDecoder,
  ChunkedDecoder,
  type ChunkedRules,
  findHead,
  isHopelessHead,
  LengthDecoder,
  readTrailers,
  UntilCloseDecoder,
} from '../../http1/index.ts';
import { isAskedFor, parseResponseHead, type ResponseHead, refuseResponse } from './response-head.ts';

const CHUNKED_RULES: ChunkedRules = {
  maxBodyBytes: 0,
  // Some origins sign each chunk of a long answer.
  maxChunkExtensionBytes: 2 ** 20,
  maxTrailerBytes: 16 * 1024,
  takesStrayBlanks: true,
  refuse: (_, code) => refuseResponse(`malformed chunks (${code})`),
  trailers: (block) => readTrailers(block, NO_NAMES, null),
};

/** What a reader keeps to. */
export interface ReaderTerms {
  /** Status line and fields of a head together. */
  readonly maxHeadBytes: number;
  /** Field lines of a head. */
  readonly maxFields: number;
}

/** What a reader must know of the request that is to be answered. */
export interface Asked {
  readonly method: string;
  /** The protocols that it offered to switch to; null: none. */
  readonly upgrade: string | null;
}

/** Told of a response piece by piece, in its order. */
export interface ResponseTaker {
  /** An interim response. */
  interim(head: ResponseHead): void;
  /** The head of the final response. */
  began(head: ResponseHead): void;
  /** Some content, in the memory of the segment. */
  content(part: Buffer): void;
  /** The response is complete; `mayPersist`: as far as it tells, the connection can bear the next one. */
  ended(trailers: HeaderList | null, mayPersist: boolean): void;
  /** The origin switched protocols; `rest` is of the new one already. */
  switched(head: ResponseHead, rest: Buffer | null): void;
}

/** Reads the responses on one connection, strictly (RFC 9112): what two readers could read in two ways is refused. */
export class ResponseReader {
  /** What the last response said of idle connections; see ResponseHead. */
  keepAliveSeconds = -1;
  readonly #terms: ReaderTerms;
  readonly #taker: ResponseTaker;
  #asked: Asked | null = null;
  /** The beginning of a head. */
  #bytes: Buffer | null = null;
  #decoder: BodyDecoder | null = null;
  #persists = false;

  constructor(terms: ReaderTerms, taker: ResponseTaker) {
    this.#terms = terms;
    this.#taker = taker;
  }

  /** A request has gone out; the response to it is what comes next. */
  expect(asked: Asked): void {
    this.#asked = asked;
  }

  /** The response is no longer wanted: nothing that comes is told any more. */
  stop(): void {
    this.#asked = null;
    this.#decoder = null;
  }

  /** Reads a segment, which is the reader's until it returns. @throws ProxyError 502 for what cannot be read on */
  read(segment: Buffer): void {
    let rest: Buffer | null = segment;
    while (rest !== null) rest = this.#decoder === null ? this.#takeHead(rest) : this.#takeContent(rest, this.#decoder);
  }

  /** The origin sends nothing more; says whether that was the end of a response, which then is told. */
  finish(): boolean {
    if (!(this.#decoder instanceof UntilCloseDecoder)) return false;
    this.#complete(null, null);
    return true;
  }

  // What comes next of a segment is answered by each of these; null: nothing.

  #takeHead(segment: Buffer): Buffer | null {
    const asked = this.#asked;
    if (asked === null) refuseResponse('what nobody asked for');
    const seen = this.#bytes;
    const bytes = seen === null ? segment : Buffer.concat([seen, segment]);
    const text = findHead(bytes, seen?.length ?? 0);
    const { maxHeadBytes, maxFields } = this.#terms;
    if ((text ?? bytes).length > maxHeadBytes) refuseResponse(`a head of more than ${maxHeadBytes} bytes`);
    if (text === null) {
      if (isHopelessHead(bytes, seen?.length ?? 0)) refuseResponse('what is no HTTP/1.1');
      this.#bytes = seen === null ? Buffer.from(bytes) : bytes;
      return null;
    }
    this.#bytes = null;
    const end = text.length + 2;
    const head = parseResponseHead(text, { method: asked.method, maxFields });
    return this.#begin(asked, head, end === bytes.length ? null : bytes.subarray(end));
  }

  #begin(asked: Asked, head: ResponseHead, rest: Buffer | null): Buffer | null {
    const { status } = head;
    if (status === 101) return this.#switch(asked, head, rest);
    if (status < 200) {
      // What it says of the connection holds for the final response, which says it again (RFC 9112 §9.6).
      this.#taker.interim(head);
      return this.#unlessStopped(rest);
    }
    const decoder = decoderOf(asked.method, head);
    this.keepAliveSeconds = head.keepAliveSeconds;
    // HEAD and 304 may tell of content that stays behind (RFC 9110 §8.6); who does with 204 may well send it.
    const isContradictory = status === 204 && asked.method !== 'HEAD' && (head.contentLength > 0 || head.isChunked);
    this.#persists = head.persists && !isContradictory && !(decoder instanceof UntilCloseDecoder);
    this.#taker.began(head);
    if (this.#asked === null) return null;
    if (decoder === null) return this.#complete(rest, null);
    this.#decoder = decoder;
    return rest;
  }

  #takeContent(segment: Buffer, decoder: BodyDecoder): Buffer | null {
    const content = decoder.decode(segment);
    if (content.length > 0) this.#taker.content(content);
    if (!decoder.done || this.#asked === null) return null;
    return this.#complete(decoder.rest, decoder.trailers);
  }

  /** `rest` is what came behind the response, and should not be there. */
  #complete(rest: Buffer | null, trailers: HeaderList | null): null {
    this.stop();
    this.#taker.ended(trailers, this.#persists && rest === null);
    return null;
  }

  #switch({ upgrade }: Asked, head: ResponseHead, rest: Buffer | null): null {
    if (upgrade === null) refuseResponse('a 101 to a request that asked for no other protocol');
    if (head.upgrade === null) refuseResponse('a 101 that does not say to which protocol');
    if (!isAskedFor(head.upgrade, upgrade)) refuseResponse('a 101 to a protocol that was not asked for');
    this.stop();
    this.#taker.switched(head, rest);
    return null;
  }

  #unlessStopped(rest: Buffer | null): Buffer | null {
    return this.#asked === null ? null : rest;
  }
}

/** How the content of a response comes (RFC 9112 §6.3); null: there is none. */
function decoderOf(method: string, { status, contentLength, isChunked, removed }: ResponseHead): BodyDecoder | null {
  if (isBodiless(method, status) || contentLength === 0) return null;
  if (isChunked) return new ChunkedDecoder(removed.size === 0 ? CHUNKED_RULES : rulesWithout(removed));
  return contentLength > 0 ? new LengthDecoder(contentLength) : new UntilCloseDecoder();
}

/** The rules for content whose trailers are without what Connection names. */
function rulesWithout(removed: ReadonlySet<string>): ChunkedRules {
  return { ...CHUNKED_RULES, trailers: (block) => readTrailers(block, removed, null) };
}
