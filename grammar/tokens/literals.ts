import type { Span } from '../ast.ts';

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const controls = new Map(Object.entries(escapes).map(([letter, control]) => [control, `\\${letter}`]));

/** The value of a string literal, from the text between its delimiters. Unknown escapes keep their backslash. */
export function decodeString(body: string, delimiter: string): string {
  return body.replace(/\\([\s\S])/g, (pair: string, c: string) => {
    if (c === '\\' || c === delimiter) return c;
    return escapes[c] ?? pair;
  });
}

/** The pattern of a regular expression literal, from the text between its slashes: `\/` and `\\` lose a backslash. */
export function decodeRegexp(body: string): string {
  return body.replace(/\\([\\/])|\\[\s\S]/g, (pair: string, c: string | undefined) => c ?? pair);
}

/** The string literal that denotes `value`. */
export function encodeString(value: string): string {
  return `"${value.replace(/[\\"\x07-\x0d]/g, (c) => controls.get(c) ?? `\\${c}`)}"`;
}

/**
 * The regular expression literal that denotes `pattern`, or null when none does: the empty pattern, since `//` is a
 * comment, and a pattern with a class that is never closed.
 */
export function encodeRegexp(pattern: string): string | null {
  if (pattern === '') return null;
  // A slash closes the literal only outside a class, and a bracket behind backslashes counts or does not count as one,
  // depending on how the backslashes are spelled. So both outcomes are carried along; the one that ends outside wins.
  let outside: string | null = '';
  let inside: string | null = null;
  for (const [, backslashes = '', next = ''] of pattern.matchAll(/(\\*)([^\\]?)/g)) {
    const doubled = '\\\\'.repeat(backslashes.length);
    const escaped = doubled.slice(0, -1) + next;
    if (next === '[' || next === ']') {
      const either: string | null = next === '[' ? (outside ?? inside) : (inside ?? outside);
      const quiet = backslashes === '' ? null : escaped;
      const toggled = append(either, doubled + next);
      outside = append(outside, quiet) ?? (next === ']' ? toggled : null);
      inside = append(inside, quiet) ?? (next === '[' ? toggled : null);
    } else {
      const plain = backslashes.length % 2 === 0 || next === '' ? doubled + next : escaped;
      outside = append(outside, next === '/' ? `${doubled}\\/` : plain);
      inside = append(inside, next === '/' ? doubled + next : plain);
    }
  }
  return append('/', append(outside, '/'));
}

function append(prefix: string | null, piece: string | null): string | null {
  return prefix === null || piece === null ? null : prefix + piece;
}

/**
 * The number literal that denotes `value`: plain decimals, since the language has no exponents.
 * @throws RangeError when the value is not finite.
 */
export function encodeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be written as a number`);
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, '0');
}

/** The span of a part of a literal's value, in the text that the literal stands in at `span`. */
export function partSpan(text: string, span: Span, part: { start: number; end: number }): Span {
  const literal = text.slice(span.start, span.end);
  const start = span.start + sourceOffset(literal, part.start);
  return { start, end: Math.max(start + 1, span.start + sourceOffset(literal, part.end)) };
}

/** Where the value's character `offset` stands in the literal. */
function sourceOffset(literal: string, offset: number): number {
  const delimiter = literal.charAt(0);
  const isRegexp = delimiter === '/';
  let at = 1;
  for (let left = offset; left > 0 && at < literal.length - 1; left--) {
    const next = literal.charAt(at + 1);
    const escaped =
      literal.charAt(at) === '\\' && (next === '\\' || next === delimiter || (!isRegexp && next in escapes));
    at += escaped ? 2 : 1;
  }
  return at;
}
