import { closeOverCase } from './case-folding.ts';
import { type CodePoints, complement, normalize } from './code-points.ts';
import type { Cursor } from './cursor.ts';
import { parseEscape } from './escapes.ts';
import { refuse } from './fault.ts';
import { PERL_SETS, POSIX_SETS } from './named-sets.ts';
import { unicodeSet } from './unicode-sets.ts';

/** Reads a bracket expression; the cursor is at its `[`. @throws RegexpError */
export function parseBracket(cursor: Cursor, fold: boolean): CodePoints {
  const start = cursor.at;
  cursor.at++;
  const negated = cursor.take('^');
  const raw: number[] = [];
  let first = true;
  while (first || cursor.peek() !== ']') {
    first = false;
    if (cursor.done) refuse('missing closing ]', start, cursor.source.length);
    const named = parsePosixSet(cursor, fold) ?? parseEscapedSet(cursor, fold);
    if (named === undefined) parseRange(cursor, start, { raw, fold });
    else for (const bound of named) raw.push(bound);
  }
  cursor.at++;
  const set = normalize(raw);
  return negated ? complement(set) : set;
}

function parseRange(cursor: Cursor, bracket: number, out: { raw: number[]; fold: boolean }): void {
  const start = cursor.at;
  const lo = parseMember(cursor, bracket);
  let hi = lo;
  if (cursor.peek() === '-' && cursor.peek(1) !== ']' && cursor.peek(1) !== '') {
    cursor.at++;
    hi = parseMember(cursor, bracket);
    if (hi < lo) cursor.fail('invalid character class range', start);
  }
  for (const bound of out.fold ? closeOverCase([lo, hi]) : [lo, hi]) out.raw.push(bound);
}

function parseMember(cursor: Cursor, bracket: number): number {
  if (cursor.done) refuse('missing closing ]', bracket, cursor.source.length);
  return cursor.peek() === '\\' ? parseEscape(cursor) : cursor.next();
}

/** Reads `[:name:]` or `[:^name:]` inside brackets; undefined when it is not one. */
function parsePosixSet(cursor: Cursor, fold: boolean): CodePoints | undefined {
  if (!cursor.sees('[:')) return undefined;
  const start = cursor.at;
  const end = cursor.source.indexOf(':]', start + 2);
  if (end < 0) return undefined;
  cursor.at = end + 2;
  const name = cursor.source.slice(start + 2, end);
  const negated = name.startsWith('^');
  const set = POSIX_SETS.get(negated ? name.slice(1) : name);
  if (set === undefined) cursor.fail(`invalid character class: [:${name}:]`, start);
  return signed(set, negated, fold);
}

/** Reads \d \W \pL \P{Greek} and the like, in brackets or out of them; undefined when it is something else. */
export function parseEscapedSet(cursor: Cursor, fold: boolean): CodePoints | undefined {
  if (cursor.peek() !== '\\') return undefined;
  const letter = cursor.peek(1);
  if (letter === 'p' || letter === 'P') return parseUnicodeSet(cursor, fold);
  const set = PERL_SETS.get(letter.toLowerCase());
  if (set === undefined) return undefined;
  cursor.at += 2;
  return signed(set, letter !== letter.toLowerCase(), fold);
}

function parseUnicodeSet(cursor: Cursor, fold: boolean): CodePoints {
  const start = cursor.at;
  let negated = cursor.peek(1) === 'P';
  cursor.at += 2;
  let name = parseUnicodeName(cursor, start);
  if (name.startsWith('^')) {
    negated = !negated;
    name = name.slice(1);
  }
  const set = unicodeSet(name);
  if (set === undefined) cursor.fail(`unknown Unicode class: ${name}`, start);
  return signed(set, negated, fold);
}

function parseUnicodeName(cursor: Cursor, start: number): string {
  if (cursor.done) cursor.fail('invalid escape sequence: \\p', start);
  if (cursor.peek() !== '{') return String.fromCodePoint(cursor.next());
  const end = cursor.source.indexOf('}', cursor.at);
  if (end < 0) refuse('missing closing } of a Unicode class', start, cursor.source.length);
  const name = cursor.source.slice(cursor.at + 1, end);
  cursor.at = end + 1;
  return name;
}

/** Folding comes before the complement: (?i)\P{Lu} is all but the letters that have case. */
function signed(set: CodePoints, negated: boolean, fold: boolean): CodePoints {
  const folded = fold ? closeOverCase(set) : set;
  return negated ? complement(folded) : folded;
}
