import { mutate, type Pieces } from '../mutate.ts';
import { Random } from '../random.ts';

/** One request to an origin, and what the origin sends for it. */
export interface Play {
  method: string;
  /** As latin1. */
  bytes: string;
  /** There is nothing about `bytes` that a client could refuse. */
  isClean: boolean;
}

const METHODS = ['GET', 'GET', 'GET', 'HEAD', 'POST'] as const;
const STATUS_LINES = [
  [
    'HTTP/1.1 200 OK',
    'HTTP/1.1 200 OK',
    'HTTP/1.1 404 Not Found',
    'HTTP/1.1 204 No Content',
    'HTTP/1.1 304 Not Modified',
  ].concat([
    'HTTP/1.0 200 OK',
    'HTTP/1.1 200 ',
    'HTTP/1.1 500 a\xe4 (b)',
    'HTTP/1.1 206 Partial Content',
    'HTTP/1.1 299 x',
  ]),
  [
    'HTTP/1.1  200 OK',
    'HTTP/1.2 200 OK',
    'HTTP/2.0 200 OK',
    'http/1.1 200 OK',
    'HTTP/1.1 20 OK',
    'HTTP/1.1 2000 OK',
    '',
  ]
    .concat([
      'HTTP/1.1 050 Low',
      'HTTP/1.1 000 None',
      'HTTP/1.1 101 Switching Protocols',
      'HTTP/1.1 100 Continue',
      'ICY 200 OK',
    ])
    .concat([
      'GET / HTTP/1.1',
      'HTTP/1.1\t200 OK',
      'HTTP/1.1 200 O\0K',
      'HTTP/1.1 -20 OK',
      ' HTTP/1.1 200 OK',
      'HTTP/1.1 200',
    ])
    .concat([
      'HTTP/1.1 205 Reset Content',
      'HTTP/1.1 999 High',
      'HTTP/0.9 200 OK',
      'HTTP/1.1 200OK',
      'HTTP/1.1 200 O\rK',
    ]),
] as const;
const INTERIM = [
  [
    'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 102 Processing\r\n\r\n',
  ],
  [
    'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
    'HTTP/1.1 103 E\r\nContent-Length: 3\r\n\r\n',
  ]
    .concat([
      'HTTP/1.1 101 S\r\n\r\n',
      'HTTP/1.1 103 E\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      '\r\n',
      '\n',
      'HTTP/1.1 103\n\n',
    ])
    .concat(['HTTP/1.1 100 C\r\nConnection: close\r\n\r\n', 'HTTP/1.1 199 Odd\r\nX: \0\r\n\r\n']),
] as const;
const FIELDS = [
  [
    'A: b',
    'X-Empty:',
    'X-Blank: \t x \t',
    'X-Bits: \xe4\xff',
    'Set-Cookie: a=b',
    'Set-Cookie: c="d\\"',
    'X-Y: a:b',
    'A: c',
  ]
    .concat([
      'Connection: close',
      'Connection: keep-alive',
      'Keep-Alive: timeout=5',
      'Connection: A, keep-alive',
      'Trailer: X',
    ])
    .concat([
      'Via: 1.0 x',
      'Date: Thu, 01 Jan 1970 00:00:00 GMT',
      'Upgrade: h2c',
      'Content-Type: text/plain',
      'Proxy-Connection: x',
    ]),
  [
    'A : b',
    ' A: b',
    'A',
    ': b',
    'A: b\n',
    'A: b\rc',
    'A: \0',
    'A: \x7f',
    'A: b\r\n c',
    'A\t: b',
    'A\xe4: b',
    'A: \x0b',
    'A: b\r\r',
  ]
    .concat([
      'A: b\nContent-Length: 3',
      'A: b\rTransfer-Encoding: chunked',
      'A:\x0cb',
      'A(: b',
      'Content-Length : 3',
      '\0A: b',
    ])
    .concat([
      'Connection: content-length',
      'Connection: transfer-encoding',
      'Connection: upgrade\r\nUpgrade: x',
      'Connection:,',
    ]),
] as const;
const LENGTHS = [
  ['5', '0', '12', '005'],
  [
    '+5',
    '-5',
    '5, 5',
    '0x5',
    '5a',
    '',
    '99999999999999999999',
    '1e1',
    '5 5',
    '5\0',
    '\x0b5',
    '18446744073709551615',
    '3',
    '7',
  ],
] as const;
const CODINGS = [
  ['chunked', 'chunked', 'Chunked'],
  [
    'gzip, chunked',
    'chunked, chunked',
    'identity',
    'xchunked',
    'chunked;a',
    '"chunked"',
    '',
    'chunked, gzip',
    ',chunked',
  ].concat(['chunked,', '\x0bchunked', 'chun\r\n ked', 'gzip']),
] as const;
const SIZES = [
  ['', '0', '00'],
  [' ', '0x', '-', '+', 'g', 'ffffffffffffffffff', '\t'],
] as const;
const EXTENSIONS = [
  ['', '', '', ';a', ';a=b', ';a="b"'],
  [' ;a', '; a', ';', ';a=', ';a=\r', ';a\n', ';a="b', ' ', ';\xe4', ';a="\0"', ';a=b=c', '\t'],
] as const;
const LINE_ENDS = [['\r\n'], ['\n', '\r', '\r\r\n', '', '\r\n\r\n', ' \r\n', '\n\r']] as const;
const TRAILERS = [
  ['X: 1', 'Y:', 'Z: a\xe4 '],
  ['X : 1', ' X: 1', 'Content-Length: 5', 'Connection: close', 'X', 'X: \0', 'X: 1\n', 'Transfer-Encoding: chunked'],
] as const;
const SURPLUS = ['x', '\r\n', '0\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'];
const CONTENT = 'hello\r\n0\r\n\r\nHTTP/1.1 200 OK';

/** What is asked on the connections to one origin, one after the other, and how it answers. The same for the same seed. */
export function generate(seed: number): Play[] {
  const random = new Random(seed);
  return Array.from({ length: 1 + random.below(3) }, () => new Generator(random).play());
}

class Generator {
  readonly #random: Random;
  /** How often a piece is not well-formed. */
  readonly #oddness: number;
  #isClean = true;

  constructor(random: Random) {
    this.#random = random;
    this.#oddness = random.pick([0, 0, 0.01, 0.04, 0.15]);
  }

  play(): Play {
    const method = this.#random.pick(METHODS);
    const bytes = this.#interim() + this.#response(method) + this.#surplus();
    const isMutated = this.#oddness > 0 && this.#random.chance(0.3);
    return isMutated
      ? { method, bytes: mutate(bytes, this.#random), isClean: false }
      : { method, bytes, isClean: this.#isClean };
  }

  #isOdd(): boolean {
    if (!this.#random.chance(this.#oddness)) return false;
    this.#isClean = false;
    return true;
  }

  #piece([fine, odd]: Pieces): string {
    return this.#random.pick(this.#isOdd() ? odd : fine);
  }

  #interim(): string {
    let bytes = '';
    if (this.#random.chance(0.2))
      for (let count = 1 + this.#random.below(2); count > 0; count--) bytes += this.#piece(INTERIM);
    return bytes;
  }

  /** What an origin may send, with or without a reason, behind a complete response. */
  #surplus(): string {
    return this.#random.chance(this.#oddness) ? this.#random.pick(SURPLUS) : '';
  }

  #response(method: string): string {
    const line = this.#piece(STATUS_LINES);
    const fields: string[] = [];
    for (let count = this.#random.below(5); count > 0; count--) fields.push(this.#piece(FIELDS));
    const isBodiless = method === 'HEAD' || /^HTTP\/1.1 [23]04/.test(line);
    const content = this.#content(fields, isBodiless);
    if (this.#random.chance(0.3)) fields.reverse();
    const head = [line, ...fields].map((text) => text + this.#piece(LINE_ENDS)).join('');
    return `${head}${this.#piece(LINE_ENDS)}${isBodiless && !this.#isOdd() ? '' : content}`;
  }

  /** Content, and in `fields` how it is framed; by the end of the connection where they say nothing. */
  #content(fields: string[], isBodiless: boolean): string {
    const random = this.#random;
    const kind = random.next();
    if (kind < 0.15) return isBodiless ? '' : CONTENT.slice(0, random.below(CONTENT.length));
    const hasBoth = this.#isOdd();
    if (kind < 0.6 || hasBoth) {
      const length = this.#piece(LENGTHS);
      fields.push(`Content-Length: ${length}`);
      if (this.#isOdd()) fields.push(`Content-Length: ${this.#piece(LENGTHS)}`);
      const content = CONTENT.slice(0, Number.parseInt(length, 10) || 0);
      if (!hasBoth) return this.#isOdd() ? content.slice(0, -1) : content;
    }
    fields.push(`Transfer-Encoding: ${this.#piece(CODINGS)}`);
    if (this.#isOdd()) fields.push(`Transfer-Encoding: ${this.#piece(CODINGS)}`);
    return this.#chunks();
  }

  #chunks(): string {
    const random = this.#random;
    let bytes = '';
    for (let count = random.below(4); count > 0; count--) {
      const content = CONTENT.slice(0, 1 + random.below(20));
      const size = this.#piece(SIZES) + content.length.toString(16);
      bytes += size + this.#piece(EXTENSIONS) + this.#piece(LINE_ENDS) + content + this.#piece(LINE_ENDS);
    }
    if (this.#isOdd()) return bytes;
    bytes += `0${this.#piece(EXTENSIONS)}${this.#piece(LINE_ENDS)}`;
    if (random.chance(0.3)) bytes += this.#piece(TRAILERS) + this.#piece(LINE_ENDS);
    return bytes + this.#piece(LINE_ENDS);
  }
}
