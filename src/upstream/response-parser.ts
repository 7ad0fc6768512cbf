import type { EventEmitter } from 'node:events';
import { HeaderList, isBodiless, isHopByHop, NO_NAMES } from '../http/index.ts';
import {
  type BodyDecoder,
  ChunkedDecoder,
  type ChunkedRules,
  findHead,
  isHopelessHead,
  LengthDecoder,
  parseFieldLines,
  UntilCloseDecoder,
} from '../http1/index.ts';
import { closedEarly, REUSE_OVER } from './faults.ts';
import { own, type SegmentReader } from './read-buffer.ts';
import { isAskedFor, parseResponseHead, type ResponseHead, refuseResponse } from './response-head.ts';
import {
  CLIENT,
  type ClientInternals,
  type ClientParser,
  type ClientRequest,
  type ClientSocket,
  CONTEXT,
  ERROR,
  PARSER,
  QUEUE,
  RESET,
  RESUME,
  RUNNING,
  RUNNING_INDEX,
  removeAllListeners,
  SOCKET,
  URL,
  WRITING,
} from './undici.ts';

const CHUNKED_RULES: ChunkedRules = {
  maxBodyBytes: 0,
  // Some origins sign each chunk of a long answer.
  maxChunkExtensionBytes: 2 ** 20,
  maxTrailerBytes: 16 * 1024,
  takesStrayBlanks: true,
  refuse: (_, code) => refuseResponse(`malformed chunks (${code})`),
  trailers: (block) => trailersOf(block),
};

/** What a parser keeps to, and whom it tells. */
export interface ParserTerms {
  /** Status line and fields of a head together. */
  readonly maxHeadBytes: number;
  /** Field lines of a head. */
  readonly maxFields: number;
  /** Told, while the segment is still being read, that the origin sent what cannot be read on; then the socket ends. */
  refused(error: Error): void;
}

/**
 * The parser of the responses on one connection, in the place of undici's: strict (RFC 9112), and without its copy into
 * WebAssembly and its Buffer per name and value.
 *
 * It keeps undici's books: takes a request off the client's queue as its response is complete, and ends connections that
 * cannot be used again. Its time-outs are the connection's business.
 */
export class ResponseParser implements ClientParser, SegmentReader {
  statusCode = 0;
  shouldKeepAlive = false;
  timeoutType: number | null = null;
  readonly timeout = null;
  /** What the last response said of idle connections; see ResponseHead. */
  keepAliveSeconds = -1;
  readonly #client: ClientInternals;
  readonly #socket: ClientSocket;
  readonly #terms: ParserTerms;
  /** The beginning of a head. */
  #bytes: Buffer | null = null;
  #decoder: BodyDecoder | null = null;
  #isPaused = false;

  /** Takes over from undici's parser of a socket that was just connected. */
  constructor(client: ClientInternals, socket: ClientSocket, terms: ParserTerms) {
    this.#client = client;
    this.#socket = socket;
    this.#terms = terms;
    socket[PARSER]?.destroy();
    socket[PARSER] = this;
  }

  read(segment: Buffer): boolean {
    try {
      let rest: Buffer | null = segment;
      while (rest !== null && !this.#socket.destroyed)
        rest = this.#decoder === null ? this.#takeHead(rest) : this.#takeContent(rest, this.#decoder);
    } catch (error) {
      this.#terms.refused(error as Error);
      this.#socket.destroy(error as Error);
    }
    return !this.#isPaused;
  }

  finish(): Error | null {
    if (this.statusCode === 0) return null;
    const failure = this.#socket.errored;
    if (!(this.#decoder instanceof UntilCloseDecoder) || failure !== null) return failure ?? closedEarly();
    this.#complete(null, null);
    return null;
  }

  setTimeout(_: number, type: number): void {
    this.timeoutType = type;
  }

  readMore(): void {}

  destroy(): void {}

  readonly #resume = (): void => {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (!this.#socket.destroyed) this.#socket.resume();
  };

  // What comes next of a segment is answered by each of these; null: nothing.

  #takeHead(segment: Buffer): Buffer | null {
    const request = this.#request;
    if (request === null) refuseResponse('what nobody asked for');
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
    const head = parseResponseHead(text, { method: request.method, maxFields });
    return this.#begin(request, head, end === bytes.length ? null : bytes.subarray(end));
  }

  #begin(request: ClientRequest, head: ResponseHead, rest: Buffer | null): Buffer | null {
    const { status } = head;
    if (status === 101) return this.#upgrade(request, head, rest);
    if (status < 200) {
      // What it says of the connection holds for the final response, which says it again (RFC 9112 §9.6).
      request.onResponseStart(status, head, this.#resume, '');
      return rest;
    }
    const decoder = decoderOf(request.method, head);
    const isBare = decoder === null && isBodiless(request.method, status) && request.method !== 'HEAD';
    this.statusCode = status;
    this.keepAliveSeconds = head.keepAliveSeconds;
    // An origin that promises content where there can be none may well send it.
    const isContradictory = isBare && (head.contentLength > 0 || head.isChunked);
    this.shouldKeepAlive = head.persists && !isContradictory && !(decoder instanceof UntilCloseDecoder);
    this.#isPaused = !request.onResponseStart(status, head, this.#resume, '');
    if (request.aborted) return null;
    if (decoder === null) return this.#complete(rest, null);
    this.#decoder = decoder;
    return rest;
  }

  #takeContent(segment: Buffer, decoder: BodyDecoder): Buffer | null {
    const request = this.#request as ClientRequest;
    const content = decoder.decode(segment);
    if (content.length > 0 && !request.onResponseData(own(content))) this.#isPaused = true;
    if (!decoder.done || request.aborted) return null;
    return this.#complete(decoder.rest, decoder.trailers);
  }

  /** `rest` is what came behind the response, and should not be there. */
  #complete(rest: Buffer | null, trailers: HeaderList | null): null {
    const client = this.#client;
    const socket = this.#socket;
    const request = this.#request as ClientRequest;
    const isReusable = this.shouldKeepAlive && rest === null && !socket[RESET] && !socket[WRITING];
    this.statusCode = 0;
    this.#decoder = null;
    this.#isPaused = false;
    client[QUEUE][client[RUNNING_INDEX]++] = null;
    // First, as whoever hears of the end may ask for the next request to be sent.
    if (!isReusable) socket.destroy(REUSE_OVER);
    request.onResponseEnd(trailers);
    if (client.closed) client[RESUME]();
    return null;
  }

  #upgrade(request: ClientRequest, head: ResponseHead, rest: Buffer | null): null {
    if (request.upgrade === null) refuseResponse('a 101 to a request that asked for no other protocol');
    if (head.upgrade === null) refuseResponse('a 101 that does not say to which protocol');
    if (!isAskedFor(head.upgrade, request.upgrade)) refuseResponse('a 101 to a protocol that was not asked for');
    const client = this.#client;
    const socket = this.#socket;
    socket[PARSER] = null;
    socket[CLIENT] = null;
    socket[ERROR] = null;
    removeAllListeners(socket);
    client[SOCKET] = null;
    client[CONTEXT] = null;
    client[QUEUE][client[RUNNING_INDEX]++] = null;
    (client as EventEmitter).emit('disconnect', client[URL], [client], REUSE_OVER);
    if (rest !== null) socket.push(Buffer.from(rest));
    request.onRequestUpgrade(head.status, head, socket, '');
    client[RESUME]();
    return null;
  }

  /** The request that is to be answered next, if one is under way. */
  get #request(): ClientRequest | null {
    const client = this.#client;
    return client[RUNNING] === 0 ? null : (client[QUEUE][client[RUNNING_INDEX]] ?? null);
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
  return { ...CHUNKED_RULES, trailers: (block) => trailersOf(block, removed) };
}

/** Fields that frame a message, and come too late in its trailer section. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

/** The trailer fields, but for those that frame, or speak of the connection (RFC 9110 §6.5.1), and those in `removed`. */
function trailersOf(block: string, removed = NO_NAMES): HeaderList | null {
  const raw = parseFieldLines(block);
  const kept: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const lower = (raw[at] as string).toLowerCase();
    if (!FRAMING.has(lower) && !isHopByHop(lower) && !removed.has(lower))
      kept.push(raw[at] as string, raw[at + 1] as string);
  }
  return kept.length === 0 ? null : new HeaderList(kept);
}
