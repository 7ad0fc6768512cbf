import type { TokenType } from 'chevrotain';
import { code, endOfComment } from './characters.ts';
import { type Diagnostic, problem } from './diagnostic.ts';
import { tokenTypes } from './tokens.ts';

/**
 * Says why the text at `start` is no token. `before` is the type of the token that ends right there, null when there is
 * a gap. The span is relative to `text`.
 */
export function describeStray(text: string, start: number, before: TokenType | null): Diagnostic {
  const c = text.charCodeAt(start);
  if (c === code.quote || c === code.backtick) return openEnded(text, start, 'string');
  if (c === code.slash) return openEnded(text, start, 'regular expression');
  const number = /^-?[\d.]+/.exec(text.slice(start, start + 400))?.[0];
  if (number && before !== tokenTypes.Symbol) return badNumber(start, number);
  const character = String.fromCodePoint(text.codePointAt(start)!);
  const [message, suggestion] = explain(character, before, text.charCodeAt(start + 1));
  return problem('syntax', message, { start, end: start + character.length }, suggestion);
}

function openEnded(text: string, start: number, what: string): Diagnostic {
  const end = endOfComment(text, start, text.length);
  const span = { start, end: Math.max(start + 1, end) };
  if (text.startsWith('/*', start)) {
    return problem('syntax', "'/*' opens no comment; comments begin with '//' and end with the line", span);
  }
  return problem('syntax', `this ${what} is never closed, expected another ${text.charAt(start)}`, span);
}

function badNumber(start: number, number: string): Diagnostic {
  const span = { start, end: start + number.length };
  if (number.length > 300) return problem('syntax', 'this number is too large', span);
  return problem('syntax', `'${number}' is not a number, expected a digit after the '.'`, span);
}

function explain(character: string, before: TokenType | null, next: number): [message: string, suggestion?: string] {
  const found = `unexpected character ${nameCharacter(character)}`;
  switch (character) {
    case "'":
      return [`${found}; strings are written with double quotes`];
    case '&':
      return ["expected '&&', found '&'", '&&'];
    case '=':
      return next === code.greater ? ["expected '->', found '=>'"] : [found];
    case '#':
      return [`${found}; comments begin with '//'`];
    case '-':
      if (before !== tokenTypes.Symbol) return ["expected '->' or a number, found '-'"];
      break;
  }
  if (/[\p{Z}\p{Cf}\x85]/u.test(character)) return [`${found}: it looks like a blank but is none`];
  if (before === tokenTypes.Symbol) return [`${found}; names consist of letters, digits and '_'`];
  return [found];
}

function nameCharacter(character: string): string {
  const point = character.codePointAt(0)!;
  const hex = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character) ? `'${character}'` : hex;
}
