import { compileRegexp } from './compile.ts';
import { parseRegexp } from './parser.ts';

/** A piece of a template: literal text, or the numbers of the groups of which the first that took part is inserted. */
type Piece = string | readonly number[];

/** A replacement ready to run: all matches in the subject replaced. */
export type Replacement = (subject: string) => string;

/**
 * The replacement that Go's `ReplaceAllString(subject, template)` performs for the RE2 source: `$1`, `${1}`, `$name`,
 * `${name}` and `$$`; the name is the longest run of letters, digits and `_`, so `$1x` is the group "1x" and empty
 * unless such a group exists. Precompiled: build it once, when the route is built.
 * @throws RegexpError as compileRegexp does
 */
export function compileReplacement(source: string, template: string): Replacement {
  const regexp = compileRegexp(source, 'g');
  const pieces = parseTemplate(template, parseRegexp(source).groupNames);
  return (subject) => replaceMatches(regexp, subject, (match) => expand(pieces, match));
}

/** The subject with all matches replaced by the text that `replacementOf` gives, with Go's rule for empty matches. */
export function replaceMatches(
  regexp: RegExp,
  subject: string,
  replacementOf: (match: RegExpExecArray) => string,
): string {
  let out = '';
  let copied = 0;
  let lastEnd = -1;
  regexp.lastIndex = 0;
  for (let match = regexp.exec(subject); match !== null; match = regexp.exec(subject)) {
    const start = match.index;
    const end = start + match[0].length;
    // Go takes no empty match right after a match ("x*" on "axb"), and has no position inside a code point.
    if ((end > start || start !== lastEnd) && !(end === start && insidePair(subject, start))) {
      out += subject.slice(copied, start) + replacementOf(match);
      copied = end;
      lastEnd = end;
    }
    if (end === start) regexp.lastIndex = end + 1;
  }
  return copied === 0 && out === '' ? subject : out + subject.slice(copied);
}

function insidePair(text: string, at: number): boolean {
  return at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff;
}

/** Go's template, expanded for one match. Groups that took no part are empty. */
export function expandTemplate(template: string, match: RegExpExecArray, groupNames: readonly string[]): string {
  return expand(parseTemplate(template, groupNames), match);
}

function expand(pieces: readonly Piece[], match: RegExpExecArray): string {
  let out = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') out += piece;
    else out += match[piece.find((index) => match[index] !== undefined) ?? match.length] ?? '';
  }
  return out;
}

const VARIABLE = /\$(?:(\$)|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu;

function parseTemplate(template: string, groupNames: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  let copied = 0;
  for (const match of template.matchAll(VARIABLE)) {
    if (match.index > copied) pieces.push(template.slice(copied, match.index));
    copied = match.index + match[0].length;
    pieces.push(match[1] === '$' ? '$' : groupsNamed(match[2] ?? match[3] ?? '', groupNames));
  }
  if (copied < template.length) pieces.push(template.slice(copied));
  return pieces;
}

/** A number without leading zeros is a group's number; anything else is a name, which several groups may share. */
function groupsNamed(name: string, groupNames: readonly string[]): number[] {
  if (/^(?:0|[1-9][0-9]{0,7})$/.test(name)) return [Number(name)];
  return groupNames.flatMap((other, index) => (other === name ? [index] : []));
}
