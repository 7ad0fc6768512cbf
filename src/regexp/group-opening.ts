import type { Cursor } from './cursor.ts';

/** What the inline flags say: i, s, m and U. */
export interface Flags {
  fold: boolean;
  dotAll: boolean;
  lines: boolean;
  ungreedy: boolean;
}

export const INITIAL_FLAGS: Flags = { fold: false, dotAll: false, lines: false, ungreedy: false };

const FLAG_OF: Readonly<Record<string, keyof Flags>> = { i: 'fold', s: 'dotAll', m: 'lines', U: 'ungreedy' };

/** The opening of a parenthesis: a capture, a scope `(?flags:`, or flags for the rest of the scope `(?flags)`. */
export type Opening = { kind: 'capture'; name: string; flags: Flags } | { kind: 'scope' | 'flags'; flags: Flags };

/** What RE2 leaves out on purpose: opening -> its name. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['(?=', 'look-ahead is'],
  ['(?!', 'look-ahead is'],
  ['(?<=', 'look-behind is'],
  ['(?<!', 'look-behind is'],
  ['(?>', 'atomic groups are'],
  ['(?P=', 'back-references are'],
];

function wayOut(what: string): string {
  return what.startsWith('look-') ? '; let another route take the exceptions, by a second predicate' : '';
}

/** Reads `(`, `(?:`, `(?i)`, `(?P<name>` …; the cursor is at the parenthesis. @throws RegexpError */
export function parseOpening(cursor: Cursor, outer: Flags): Opening {
  const start = cursor.at;
  for (const [text, what] of REFUSED) {
    if (cursor.take(text))
      cursor.fail(`${what} not supported: regexps run in linear time, as in RE2${wayOut(what)}`, start);
  }
  if (cursor.take('(?P<') || cursor.take('(?<'))
    return { kind: 'capture', name: parseName(cursor, start), flags: outer };
  if (cursor.take('(?')) return parseFlags(cursor, outer, start);
  cursor.at++;
  return { kind: 'capture', name: '', flags: outer };
}

function parseName(cursor: Cursor, start: number): string {
  const form = /([0-9A-Za-z_]+)>/y;
  form.lastIndex = cursor.at;
  const name = form.exec(cursor.source)?.[1];
  if (name === undefined) cursor.fail('invalid named capture: a name is letters, digits and _', start);
  cursor.at = form.lastIndex;
  return name;
}

function parseFlags(cursor: Cursor, outer: Flags, start: number): Opening {
  const flags = { ...outer };
  const form = /([imsU]*)(?:-([imsU]+))?([:)])/y;
  form.lastIndex = cursor.at;
  const match = form.exec(cursor.source);
  if (match === null) {
    cursor.at++;
    cursor.fail(`invalid or unsupported Perl syntax: ${cursor.source.slice(start, cursor.at)}`, start);
  }
  for (const letter of match[1] ?? '') flags[FLAG_OF[letter]!] = true;
  for (const letter of match[2] ?? '') flags[FLAG_OF[letter]!] = false;
  cursor.at = form.lastIndex;
  return { kind: match[3] === ':' ? 'scope' : 'flags', flags };
}
