import { type CodePoints, complement, normalize } from './code-points.ts';

/** Ranges written as text: two characters a range. */
function set(text: string): CodePoints {
  return normalize([...text].map((c) => c.codePointAt(0)!));
}

const DIGIT = set('09');
const WORD = set('09AZ__az');
/** RE2's \s: no vertical tab, no Unicode space. */
const SPACE = set('\t\n\f\r  ');

/** The sets behind \d \w \s: ASCII only (RE2 syntax, "Perl character classes"). */
export const PERL_SETS: ReadonlyMap<string, CodePoints> = new Map([
  ['d', DIGIT],
  ['w', WORD],
  ['s', SPACE],
]);

/** The sets behind [:name:] (RE2 syntax, "ASCII character classes"). */
export const POSIX_SETS: ReadonlyMap<string, CodePoints> = new Map([
  ['alnum', set('09AZaz')],
  ['alpha', set('AZaz')],
  ['ascii', [0, 0x7f]],
  ['blank', set('\t\t  ')],
  ['cntrl', [0, 0x1f, 0x7f, 0x7f]],
  ['digit', DIGIT],
  ['graph', set('!~')],
  ['lower', set('az')],
  ['print', set(' ~')],
  ['punct', set('!/:@[`{~')],
  ['space', set('\t\r  ')],
  ['upper', set('AZ')],
  ['word', WORD],
  ['xdigit', set('09AFaf')],
]);

export const NEWLINE: CodePoints = [0x0a, 0x0a];
export const NOT_NEWLINE: CodePoints = complement(NEWLINE);
