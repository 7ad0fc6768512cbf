import { findHead, isHopelessHead } from '../../http1/index.ts';
import type { MessageLimits } from '../options.ts';
import { parseHead, type RequestHead } from './head.ts';
import { refuse } from './refusal.ts';
import { checkMethod, methodIn, parseRequestLine, refuseLongLine } from './request-line.ts';

const CR = 13;
const LF = 10;
/** More than any method has. */
const FIRST_WORD_BYTES = 128;
/** So much of what is refused is kept for the log. */
const SHOWN_BYTES = 4096;

/** Bytes that came on a connection and belong to no request yet, and the heads in them. */
export class RequestReader {
  readonly #limits: MessageLimits;
  readonly #scheme: 'http' | 'https';
  #bytes: Buffer | null = null;
  /** The bytes lie in memory that is somebody else's in a moment. */
  #isLent = false;
  /** So much of an unfinished head was looked at already. */
  #seenBytes = 0;
  #skippedEmptyLine = false;
  /** Where the request line of an unfinished head ends, once that is known and the line was looked at; else -1. */
  #lineEnd = -1;
  /** The head that was taken last, until it is `accepted`. */
  #headText = '';

  constructor(limits: MessageLimits, scheme: 'http' | 'https') {
    this.#limits = limits;
    this.#scheme = scheme;
  }

  get isEmpty(): boolean {
    return this.#bytes === null;
  }

  /** Adds what came in, in memory that is the reader's until `own`. */
  hold(segment: Buffer): void {
    this.#isLent = this.#bytes === null;
    this.#bytes = this.#bytes === null ? segment : Buffer.concat([this.#bytes, segment]);
  }

  /** Copies what is still held of lent memory. */
  own(): void {
    if (this.#bytes !== null && this.#isLent) this.#bytes = Buffer.from(this.#bytes);
    this.#isLent = false;
  }

  /** Gets back what of a segment, or of `takeRest`, was not needed; in memory that is the reader's until `own`. */
  putBack(rest: Buffer | null): void {
    this.#isLent = rest !== null;
    this.#bytes = rest;
  }

  /** Takes out what is there, uninterpreted: content, or bytes of a tunnel. */
  takeRest(): Buffer | null {
    this.own();
    const bytes = this.#bytes;
    this.#bytes = null;
    return bytes;
  }

  /** Takes out the next head, or null while it is unfinished. @throws ProxyError when it is no head that we take. */
  takeHead(): RequestHead | null {
    if (this.#seenBytes === 0 && !this.#skippedEmptyLine) this.#skipEmptyLine();
    const bytes = this.#bytes;
    if (bytes === null || this.#isHalfEmptyLine(bytes)) return null;
    const text = findHead(bytes, this.#seenBytes);
    if (text === null) {
      this.#checkUnfinished(bytes);
      this.#seenBytes = bytes.length;
      return null;
    }
    const end = text.length + 2;
    this.#bytes = end === bytes.length ? null : bytes.subarray(end);
    this.#seenBytes = 0;
    this.#skippedEmptyLine = false;
    this.#lineEnd = -1;
    this.#headText = text;
    return parseHead(text, this.#limits, this.#scheme);
  }

  /** What came with the last head is a request that will be served. */
  accepted(): void {
    this.#headText = '';
  }

  /** The beginning of what is refused: of a head taken and not accepted, or of what is unfinished. */
  refusedText(): string {
    if (this.#headText !== '') return this.#headText.slice(0, SHOWN_BYTES);
    return this.#bytes?.toString('latin1', 0, SHOWN_BYTES) ?? '';
  }

  /** @throws ProxyError when `bytes` cannot become a head that we take. */
  #checkUnfinished(bytes: Buffer): void {
    if (isHopelessHead(bytes, this.#seenBytes)) refuse(400, isTlsHandshake(bytes) ? 'tls-handshake' : 'bad-octet');
    if (this.#lineEnd < 0) {
      const end = bytes.indexOf('\r\n', Math.max(0, this.#seenBytes - 1), 'latin1');
      if (end < 0 || end > this.#limits.maxRequestLineBytes) this.#checkUnfinishedLine(bytes);
      // What is none is refused at once: of HTTP/0.9 there comes no more than the line (RFC 9112 §2.3).
      else parseRequestLine(bytes.toString('latin1', 0, end), this.#scheme);
      this.#lineEnd = end;
    }
    if (this.#lineEnd >= 0 && bytes.length > this.#lineEnd + this.#limits.maxHeaderBytes + 4)
      refuse(431, 'long-header');
  }

  #checkUnfinishedLine(bytes: Buffer): void {
    if (this.#seenBytes >= FIRST_WORD_BYTES && bytes.length <= this.#limits.maxRequestLineBytes) return;
    const beginning = bytes.toString('latin1', 0, FIRST_WORD_BYTES);
    if (bytes.length > this.#limits.maxRequestLineBytes) refuseLongLine(beginning);
    // What is a bare CR in the end is found when it is not followed by LF.
    checkMethod(methodIn(beginning.endsWith('\r') ? beginning.slice(0, -1) : beginning));
  }

  /** RFC 9112 §2.2: one empty line before a request line is overlooked. */
  #skipEmptyLine(): void {
    const bytes = this.#bytes;
    if (bytes === null || bytes[0] !== CR || bytes[1] !== LF) return;
    this.#skippedEmptyLine = true;
    this.#bytes = bytes.length === 2 ? null : bytes.subarray(2);
  }

  #isHalfEmptyLine(bytes: Buffer): boolean {
    return bytes.length === 1 && bytes[0] === CR && !this.#skippedEmptyLine;
  }
}

/** The beginning of a TLS record that bears a handshake (RFC 8446 §5.1): a client that was told the wrong port. */
function isTlsHandshake(bytes: Buffer): boolean {
  return bytes[0] === 0x16 && (bytes.length < 2 || bytes[1] === 3);
}
