import type { TokenType } from 'chevrotain';
import { type Finding, syntaxFinding, type TextPlace } from '../finding.ts';
import { unquoted } from '../parse/unbalanced.ts';
import { code, endOfComment } from './characters.ts';
import { looksLike, nameCharacter, plainWord } from './look-alikes.ts';
import { tokenTypes } from './tokens.ts';

/**
 * Says why the text at `start` is no token. `before` is the type of the token that ends right there, null when there is
 * a gap. The span is relative to `text`.
 */
export function describeStray(text: string, start: number, before: TokenType | null): Finding<TextPlace> {
  const c = text.charCodeAt(start);
  if (c === code.quote || c === code.backtick) return openEnded(text, start, 'string');
  if (c === code.slash) return openEnded(text, start, 'regular expression');
  const number = /^-?[\d.]+/.exec(text.slice(start, start + 400))?.[0];
  if (number && before !== tokenTypes.Symbol) return badNumber(start, number);
  const character = String.fromCodePoint(text.codePointAt(start)!);
  const [message, suggestion] = lookAlike(text, start, character) ?? explain(text, start, before);
  const found = /^(?:\|\||- >|=>)/.exec(text.slice(start, start + 3))?.[0] ?? character;
  return syntaxFinding('syntax', message, { start, end: start + found.length }, suggestion);
}

function openEnded(text: string, start: number, what: string): Finding<TextPlace> {
  const end = endOfComment(text, start, text.length);
  const span = { start, end: Math.max(start + 1, end) };
  if (text.startsWith('/*', start)) {
    return syntaxFinding('syntax', "'/*' opens no comment; comments begin with '//' and end with the line", span);
  }
  const hint = unquoted(text.slice(start, end));
  const message = `this ${what} is never closed, expected another ${text.charAt(start)}${hint}`;
  return syntaxFinding('syntax', message, { ...span, swallows: true } as const);
}

function badNumber(start: number, number: string): Finding<TextPlace> {
  const span = { start, end: start + number.length };
  if (number.length > 300) return syntaxFinding('syntax', 'this number is too large', span);
  return syntaxFinding('syntax', `'${number}' is not a number, expected a digit after the '.'`, span);
}

type Explanation = [message: string, suggestion?: string];

/** A character that is drawn like one of the language. */
function lookAlike(text: string, start: number, character: string): Explanation | null {
  const alike = looksLike(character);
  const ascii = alike === '-' && text.charAt(start + 1) === '>' ? '->' : alike;
  if (ascii === null) return null;
  const found = `unexpected ${nameCharacter(character)}`;
  if (ascii === '"' || ascii === "'") return [`${found}; strings are written with straight double quotes`, '"'];
  const word = /^\w$/.test(ascii) ? plainWord(text, start) : null;
  const meant = word === null ? `; write ${ascii}` : `; write ${word} in plain letters`;
  return [`${found}, which looks like ${ascii}${meant}`];
}

const WORDS = "names consist of the letters A to Z, digits and '_'";
const NO_OR =
  "there is no 'or' between predicates; write two routes, or a predicate that takes alternatives (Methods, HostAny)";

function explain(text: string, start: number, before: TokenType | null): Explanation {
  const character = String.fromCodePoint(text.codePointAt(start)!);
  if (/[\p{Z}\p{Cf}\x85]/u.test(character)) return [`${nameCharacter(character)} looks like a space but is not one`];
  const found = `unexpected ${nameCharacter(character)}`;
  switch (character) {
    case "'":
      return [`${found}; strings are written with double quotes`];
    case '&':
      return ["expected '&&', found '&'", '&&'];
    case '|':
      return [`${text.charAt(start + 1) === '|' ? "unexpected '||'" : found}; ${NO_OR}`];
    case '!':
      return [
        `${found}; there is no 'not': a route that is asked before, by more predicates or Weight, takes exceptions`,
      ];
    case '=':
      return text.charCodeAt(start + 1) === code.greater ? ["expected '->', found '=>'", '->'] : [found];
    case '#':
      return [`${found}; comments begin with '//'`];
    case '{':
    case '[':
      return [`${found}; routes are written in eskip, as in name: Path("/") -> "http://host:port";`];
    case '-':
      if (text.startsWith('- >', start)) return ["expected '->', found '- >'", '->'];
      if (before !== tokenTypes.Symbol) return ["expected '->' or a number, found '-'"];
      break;
  }
  if (before === tokenTypes.Symbol) return [`${found}; ${WORDS}${nameWith(text, start)}`];
  return [/^\p{L}$/u.test(character) ? `${found}; ${WORDS}` : found];
}

/** A name in which other characters stand, as one that can be used. */
function nameWith(text: string, start: number): string {
  const before = /\w*$/.exec(text.slice(Math.max(0, start - 80), start))?.[0] ?? '';
  const behind = /^(?:[-.]\w+)+/.exec(text.slice(start, start + 80))?.[0];
  return behind === undefined ? '' : `, as in ${before}${behind.replace(/[-.]/g, '_')}`;
}
