import { MAX_CODE_POINT } from './code-points.ts';
import type { Cursor } from './cursor.ts';

const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** Reads an escape that stands for one character; the cursor is at its backslash. @throws RegexpError */
export function parseEscape(cursor: Cursor): number {
  const start = cursor.at;
  cursor.at++;
  if (cursor.done) cursor.fail('trailing backslash at end of expression', start);
  const c = cursor.next();
  const character = String.fromCodePoint(c);
  const control = CONTROLS[character];
  if (control !== undefined) return control;
  if (character === 'x') return parseHex(cursor, start);
  if (isOctal(character) && (character === '0' || isOctal(cursor.peek()))) return parseOctal(cursor, c - 0x30);
  if (/[1-9]/.test(character))
    cursor.fail('back-references are not supported: regexps run in linear time, as in RE2', start);
  if (c < 0x80 && !/[0-9A-Za-z]/.test(character)) return c;
  return cursor.fail(`invalid escape sequence: ${cursor.source.slice(start, cursor.at)}`, start);
}

function isOctal(character: string): boolean {
  return character >= '0' && character <= '7';
}

function parseOctal(cursor: Cursor, first: number): number {
  let value = first;
  for (let digits = 1; digits < 3 && isOctal(cursor.peek()); digits++)
    value = value * 8 + Number(cursor.source[cursor.at++]);
  return value;
}

function parseHex(cursor: Cursor, start: number): number {
  const form = /\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2})/y;
  form.lastIndex = cursor.at;
  const match = form.exec(cursor.source);
  const value = Number.parseInt(match?.[1] ?? match?.[2] ?? '', 16);
  // Written so that NaN, the value of no digits at all, fails too.
  if (!(value <= MAX_CODE_POINT)) cursor.fail('invalid escape sequence: \\x', start);
  cursor.at = form.lastIndex;
  return value;
}
