import type { MessageLimits } from '../options.ts';
import { parseHead, type RequestHead } from './head.ts';
import { findHead } from './scan.ts';

const CR = 13;
const LF = 10;

/** Bytes that came on a connection and belong to no request yet, and the heads in them. */
export class RequestReader {
  readonly #limits: MessageLimits;
  readonly #scheme: 'http' | 'https';
  #bytes: Buffer | null = null;
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

  /** Adds what came in. */
  hold(segment: Buffer): void {
    this.#bytes = this.#bytes === null ? segment : Buffer.concat([this.#bytes, segment]);
  }

  /** Gets back what of `takeRest` was not needed. */
  putBack(rest: Buffer | null): void {
    this.#bytes = rest;
  }

  /** Takes out what is there, uninterpreted: content, or bytes of a tunnel. */
  takeRest(): Buffer | null {
    const bytes = this.#bytes;
    this.#bytes = null;
    return bytes;
  }

  /** Takes out the next head, or null while it is unfinished. @throws ProxyError when it is no head that we take. */
  takeHead(): RequestHead | null {
    if (this.#seenBytes === 0 && !this.#skippedEmptyLine) this.#skipEmptyLine();
    const bytes = this.#bytes;
    if (bytes === null || this.#isHalfEmptyLine(bytes)) return null;
    const text = findHead(bytes, this.#seenBytes, this.#limits);
    if (text === null) {
      this.#seenBytes = bytes.length;
      return null;
    }
    const end = text.length + 2;
    this.#bytes = end === bytes.length ? null : bytes.subarray(end);
    this.#seenBytes = 0;
    this.#skippedEmptyLine = false;
    return parseHead(text, this.#limits, this.#scheme);
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
