import { findHead, isHopelessHead } from '../../http1/index.ts';
import type { MessageLimits } from '../options.ts';
import { parseHead, type RequestHead } from './head.ts';
import { refuse } from './refusal.ts';

const CR = 13;
const LF = 10;

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
    return parseHead(text, this.#limits, this.#scheme);
  }

  /** @throws ProxyError 400, 414 or 431 when `bytes` cannot become a head that we take. */
  #checkUnfinished(bytes: Buffer): void {
    if (isHopelessHead(bytes, this.#seenBytes)) refuse(400, 'bad-octet');
    const { maxRequestLineBytes, maxHeaderBytes } = this.#limits;
    if (bytes.length <= maxRequestLineBytes) return;
    const line = bytes.subarray(0, maxRequestLineBytes + 2).indexOf('\r\n', 0, 'latin1');
    if (line < 0) refuse(414, 'long-request-line');
    if (bytes.length > line + maxHeaderBytes + 4) refuse(431, 'long-header');
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
