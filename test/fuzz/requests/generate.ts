import { mutate, type Pieces } from '../mutate.ts';
import { Random } from '../random.ts';

/** Pieces of requests: the first list of a pair is what is well-formed, the second what is not, or hardly. */
const METHODS = [
  ['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH'],
  ['CONNECT', 'get', 'BREW', '', 'G ET', 'GET\t', 'POST\0'],
] as const;
const TARGETS = [
  ['/', '/a', '/a?b=c', '/a/%41', '*', 'http://a/x', 'http://a', 'http://a?q', '/a|b', '//'],
  ['a', '/#f', '/\xe4', '/ x', 'http://b/', 'https://a/', '/%', '/%00', 'http://u@a/', '/\x7f', '', 'a:80', '/\t'],
] as const;
const VERSIONS = [
  ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0'],
  ['HTTP/1.2', 'HTTP/2.0', 'http/1.1', 'HTTP/0.9', 'HTTP/1.1 ', 'HTTP/11', 'HTTP/1.', ''],
] as const;
const FIELDS = [
  [
    'A: b',
    'X-Empty:',
    'X-Blank: \t x \t',
    'X-Bits: \xe4\xff',
    'Accept: */*',
    'Connection: close',
    'Connection: keep-alive',
    'TE: trailers',
    'Expect: 100-continue',
    'Connection: upgrade\r\nUpgrade: x',
    'Upgrade: h2c',
    'X-Y: a:b',
    'cOnNeCtIoN: A, b',
  ],
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
    'Expect: x',
    'Host: b',
    'Host: a',
    'A: \x0b',
    'A: b\r\r',
    'Connection:close,',
    'A:\x0cb',
    'A(: b',
    'Content-Length : 3',
  ],
] as const;
const HOSTS = [
  ['Host: a', 'Host: a', 'host:a', 'Host: A ', 'HOST:  a'],
  [
    '',
    'Host:',
    'Host: a, a',
    'Host: a b',
    'Host: u@a',
    'Host: a/b',
    'Host: a:b',
    'Host: [::1]',
    'Host : a',
    'Host:\ta',
  ],
] as const;
const LENGTHS = [
  ['5', '0', '005', '12', '5 '],
  ['+5', '-5', '5, 5', '0x5', '5a', '', '99999999999999999999', '1e1', ' 5 5', '5\0', '\x0b5'],
] as const;
const CODINGS = [
  ['chunked', 'chunked', 'Chunked', ' chunked '],
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
    'chunked,',
    '\x0bchunked',
    'chun\r\n ked',
  ],
] as const;
const SIZES = [
  ['', '0', '00'],
  [' ', '0x', '-', '+', 'g', 'ffffffffffffffffff', '\t'],
] as const;
const EXTENSIONS = [
  ['', '', '', ';a', ';a=b', ';a="b\\" ;c"', ';a;b=c'],
  [' ;a', '; a', ';', ';a=', ';a=\r', ';a\n', ';a="b', ' ', ';a =b', ';\xe4', ';a="\0"', ';a=b=c'],
] as const;
const LINE_ENDS = [['\r\n'], ['\n', '\r', '\r\r\n', '', '\r\n\r\n', ' \r\n', '\n\r']] as const;
const TRAILERS = [
  ['X: 1', 'Y:', 'Z: a\xe4 '],
  ['X : 1', ' X: 1', 'Content-Length: 5', 'Host: b', 'X', 'X: \0', 'X: 1\n', 'Transfer-Encoding: chunked'],
] as const;
/** What a client may send on one connection: some requests, well-formed or not quite. The same for the same seed. */
export function generate(seed: number): string {
  return new Generator(seed).connection();
}

class Generator {
  readonly #random: Random;
  /** How often a piece is not well-formed. */
  readonly #oddness: number;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#oddness = this.#random.pick([0, 0.005, 0.02, 0.1]);
  }

  connection(): string {
    let bytes = '';
    for (let count = 1 + this.#random.below(4); count > 0; count--) bytes += this.#request();
    if (this.#random.chance(0.3)) bytes = mutate(bytes, this.#random);
    return bytes;
  }

  #piece([fine, odd]: Pieces): string {
    return this.#random.pick(this.#random.chance(this.#oddness) ? odd : fine);
  }

  #request(): string {
    const lines = [`${this.#piece(METHODS)} ${this.#piece(TARGETS)} ${this.#piece(VERSIONS)}`];
    const fields = [this.#piece(HOSTS)];
    for (let count = this.#random.below(4); count > 0; count--) fields.push(this.#field());
    const content = this.#content(fields);
    this.#shuffle(fields);
    lines.push(...fields.filter((field) => field !== ''));
    const front = this.#random.chance(0.05) ? this.#piece(LINE_ENDS) : '';
    return `${front}${lines.map((line) => line + this.#piece(LINE_ENDS)).join('')}${this.#piece(LINE_ENDS)}${content}`;
  }

  #field(): string {
    // What ends the connection (for llhttp: Upgrade too) is rare, so that requests behind one another stay frequent.
    const field = this.#piece(FIELDS);
    return /^Connection: (close|upgrade)/.test(field) && this.#random.chance(0.7) ? 'A: b' : field;
  }

  /** Content, and in `fields` how it is framed. */
  #content(fields: string[]): string {
    const random = this.#random;
    const kind = random.next();
    if (kind < 0.4) return '';
    const hasBoth = random.chance(this.#oddness);
    if (kind < 0.65 || hasBoth) {
      const length = this.#piece(LENGTHS);
      fields.push(`Content-Length: ${length}`);
      if (random.chance(this.#oddness)) fields.push(`Content-Length: ${this.#piece(LENGTHS)}`);
      if (!hasBoth) return 'x\r\n0\r\n\r\nGET y'.repeat(2).slice(0, Number.parseInt(length, 10) || 0);
    }
    fields.push(`Transfer-Encoding: ${this.#piece(CODINGS)}`);
    if (random.chance(this.#oddness)) fields.push(`Transfer-Encoding: ${this.#piece(CODINGS)}`);
    return this.#chunks();
  }

  #chunks(): string {
    const random = this.#random;
    let bytes = '';
    for (let count = random.below(4); count > 0; count--) {
      const length = 1 + random.below(20);
      const size = this.#piece(SIZES) + length.toString(16);
      const content = 'hello\r\n0\r\n\r\nGET / HTTP'.slice(0, length);
      bytes += size + this.#piece(EXTENSIONS) + this.#piece(LINE_ENDS) + content + this.#piece(LINE_ENDS);
    }
    bytes += `0${this.#piece(EXTENSIONS)}${this.#piece(LINE_ENDS)}`;
    if (random.chance(0.3)) bytes += this.#piece(TRAILERS) + this.#piece(LINE_ENDS);
    return bytes + this.#piece(LINE_ENDS);
  }

  #shuffle(items: string[]): void {
    for (let at = items.length - 1; at > 0; at--) {
      const other = this.#random.below(at + 1);
      [items[at], items[other]] = [items[other] as string, items[at] as string];
    }
  }
}
