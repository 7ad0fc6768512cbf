import type { HeaderList } from '../http/index.ts';
import { areFieldLines, trimmedValue } from './field-lines.ts';

/** Takes the content of a message out of the bytes that carry it. */
export interface BodyDecoder {
  /** The message is complete; what it did not need is in `rest`. */
  readonly done: boolean;
  /** Bytes of the last segment behind the end of the message, or null. */
  readonly rest: Buffer | null;
  readonly trailers: HeaderList | null;
  /** Bytes of content still to come, where that is known; else Infinity. */
  readonly remainingBytes: number;
  /**
   * The content in a segment, perhaps empty. The segment is the decoder's from then on: content is moved within it.
   * @throws what the rules say when it is malformed or beyond a limit.
   */
  decode(segment: Buffer): Buffer;
}

/** Content delimited by Content-Length (RFC 9112 §6.2). */
export class LengthDecoder implements BodyDecoder {
  remainingBytes: number;
  rest: Buffer | null = null;
  readonly trailers = null;

  constructor(lengthBytes: number) {
    this.remainingBytes = lengthBytes;
  }

  get done(): boolean {
    return this.remainingBytes === 0;
  }

  decode(segment: Buffer): Buffer {
    const { remainingBytes } = this;
    if (segment.length <= remainingBytes) {
      this.remainingBytes -= segment.length;
      return segment;
    }
    this.remainingBytes = 0;
    this.rest = segment.subarray(remainingBytes);
    return segment.subarray(0, remainingBytes);
  }
}

/** Content that ends with the connection (RFC 9112 §6.3): it is never done. */
export class UntilCloseDecoder implements BodyDecoder {
  readonly done = false;
  readonly rest = null;
  readonly trailers = null;
  readonly remainingBytes = Number.POSITIVE_INFINITY;

  decode(segment: Buffer): Buffer {
    return segment;
  }
}

/** What may be in chunked content, and what becomes of the rest. */
export interface ChunkedRules {
  /** Content in bytes; 0: no bound. */
  readonly maxBodyBytes: number;
  /** What size lines hold besides sizes, extensions above all, beyond the content of the chunks: as a long answer may sign each. */
  readonly maxChunkExtensionBytes: number;
  /** Trailer fields together. */
  readonly maxTrailerBytes: number;
  /** Takes blanks that mean nothing: at the end of a size line, as many origins pad it, and before a colon. Default false. */
  readonly takesStrayBlanks?: boolean;
  /** Refuses what breaks a rule; `status` is what a client would be told. @throws always */
  refuse(status: number, code: string): never;
  /** The fields of a trailer section, whose lines are well-formed; null: none of use. @throws where one may not be there */
  trailers(block: string): HeaderList | null;
}

/** Digits that count: what they say fits into a number exactly. Zeros before them say nothing. */
const MAX_SIZE_DIGITS = 13;

/**
 * What stands behind the size (RFC 9112 §7.1.1): extensions, blanks around their signs, CRLF. A recipient may ignore
 * extensions; we pass none on.
 */
const EXTENSIONS =
  /^(?:[ \t]*;[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:[ \t]*=[ \t]*(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)*\r\n$/;

const LF = 10;

type ChunkedState = 'size' | 'data' | 'data-end' | 'trailer' | 'done';

/** Content in chunks (RFC 9112 §7.1). */
export class ChunkedDecoder implements BodyDecoder {
  readonly #rules: ChunkedRules;
  rest: Buffer | null = null;
  trailers: HeaderList | null = null;
  readonly remainingBytes = Number.POSITIVE_INFINITY;
  #state: ChunkedState = 'size';
  #chunkBytes = 0;
  #bodyBytes = 0;
  #extensionBytes = 0;
  /** The beginning of a line whose end is still to come; in the trailer part, all lines so far. */
  #line = '';
  #trailerBlock = '';
  /** Where the next byte of the segment is read, and where content gathered so far begins and ends. */
  #at = 0;
  #from = 0;
  #to = 0;

  constructor(rules: ChunkedRules) {
    this.#rules = rules;
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  decode(segment: Buffer): Buffer {
    this.#at = 0;
    this.#from = 0;
    this.#to = 0;
    while (this.#at < segment.length && this.#state !== 'done') this.#step(segment);
    if (this.#state === 'done' && this.#at < segment.length) this.rest = segment.subarray(this.#at);
    return segment.subarray(this.#from, this.#to);
  }

  #step(segment: Buffer): void {
    if (this.#state === 'data') {
      this.#takeData(segment);
      return;
    }
    const line = this.#takeLine(segment);
    if (line === null) return;
    if (this.#state === 'size') this.#beginChunk(line);
    else if (this.#state === 'trailer') this.#addTrailer(line);
    else if (line !== '\r\n') this.#rules.refuse(400, 'bad-chunk-end');
    else this.#state = 'size';
  }

  #beginChunk(line: string): void {
    const digits = this.#takeSize(line);
    this.#extensionBytes += line.length - 2 - digits;
    if (this.#extensionBytes > this.#rules.maxChunkExtensionBytes) this.#rules.refuse(413, 'long-chunk-extension');
    this.#extensionBytes = Math.max(0, this.#extensionBytes - this.#chunkBytes);
    this.#bodyBytes += this.#chunkBytes;
    const { maxBodyBytes } = this.#rules;
    if (maxBodyBytes > 0 && this.#bodyBytes > maxBodyBytes) this.#rules.refuse(413, 'long-body');
    this.#state = this.#chunkBytes === 0 ? 'trailer' : 'data';
  }

  /** Reads the size at the beginning of its line; answers the number of digits that count. */
  #takeSize(line: string): number {
    let at = 0;
    let first = 0;
    let bytes = 0;
    for (let digit = hexValue(line.charCodeAt(0)); digit >= 0; digit = hexValue(line.charCodeAt(++at))) {
      if (bytes === 0) first = at;
      bytes = bytes * 16 + digit;
    }
    const digits = at - first;
    const isSize = at > 0 && digits <= MAX_SIZE_DIGITS;
    if (!isSize || (line.length !== at + 2 && !this.#isIgnorable(line.slice(at))) || !line.endsWith('\r\n'))
      this.#rules.refuse(400, 'bad-chunk-size');
    this.#chunkBytes = bytes;
    return digits;
  }

  #isIgnorable(behindSize: string): boolean {
    if (EXTENSIONS.test(behindSize)) return true;
    return this.#rules.takesStrayBlanks === true && EXTENSIONS.test(withoutBlanksAtEnd(behindSize));
  }

  /** Moves the content of several chunks together within their segment, so that many small ones cost one delivery. */
  #takeData(segment: Buffer): void {
    const end = Math.min(segment.length, this.#at + this.#chunkBytes);
    const taken = end - this.#at;
    if (this.#from === this.#to) {
      this.#from = this.#at;
      this.#to = end;
    } else {
      segment.copyWithin(this.#to, this.#at, end);
      this.#to += taken;
    }
    this.#at = end;
    this.#chunkBytes -= taken;
    if (this.#chunkBytes === 0) this.#state = 'data-end';
  }

  #addTrailer(line: string): void {
    if (line !== '\r\n') {
      this.#trailerBlock += line;
      return;
    }
    if (this.#trailerBlock !== '') {
      if (!areFieldLines(this.#trailerBlock, this.#rules.takesStrayBlanks)) this.#rules.refuse(400, 'bad-header');
      this.trailers = this.#rules.trailers(this.#trailerBlock);
    }
    this.#state = 'done';
  }

  /** The next line with its LF, or null when its end is still to come. */
  #takeLine(segment: Buffer): string | null {
    const end = segment.indexOf(LF, this.#at);
    const to = end < 0 ? segment.length : end + 1;
    const size = this.#line.length + to - this.#at;
    if (size > this.#maxLineBytes()) this.#rules.refuse(...this.#tooLong());
    const line = this.#line + segment.toString('latin1', this.#at, to);
    this.#at = to;
    this.#line = end < 0 ? line : '';
    return end < 0 ? null : line;
  }

  #maxLineBytes(): number {
    if (this.#state === 'data-end') return 2;
    if (this.#state === 'trailer') return this.#rules.maxTrailerBytes - this.#trailerBlock.length + 2;
    return this.#rules.maxChunkExtensionBytes - this.#extensionBytes + MAX_SIZE_DIGITS + 2;
  }

  #tooLong(): [status: number, code: string] {
    if (this.#state === 'data-end') return [400, 'bad-chunk-end'];
    return this.#state === 'trailer' ? [431, 'long-trailer'] : [413, 'long-chunk-extension'];
  }
}

/** The line without the blanks before the CRLF at its end. */
function withoutBlanksAtEnd(line: string): string {
  return `${trimmedValue(line, 0, line.length - 2)}\r\n`;
}

/** The value of a hexadecimal digit; -1: it is none. */
function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
