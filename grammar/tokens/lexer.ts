import type { TokenType } from 'chevrotain';
import type { Span } from '../ast.ts';
import type { Finding, TextPlace } from '../finding.ts';
import {
  code,
  endOfComment,
  endOfRegexp,
  endOfString,
  isDigit,
  isNamePart,
  isNameStart,
  isSpace,
} from './characters.ts';
import { decodeRegexp, decodeString } from './literals.ts';
import { describeStray } from './stray.ts';
import { Token, tokenTypes, wordBackends } from './tokens.ts';

const punctuation: (TokenType | undefined)[] = [];
punctuation[code.openParen] = tokenTypes.OpenParen;
punctuation[code.closeParen] = tokenTypes.CloseParen;
punctuation[code.star] = tokenTypes.Any;
punctuation[code.comma] = tokenTypes.Comma;
punctuation[code.colon] = tokenTypes.Colon;
punctuation[code.semicolon] = tokenTypes.Semicolon;
punctuation[code.greater] = tokenTypes.CloseArrow;

/**
 * A reusable lexer. Written by hand, since Chevrotain's own tracks lines and allocates a token object for each token,
 * which is most of the cost of reading a large file.
 */
export class Lexer {
  /** The tokens of the last text; they are overwritten by the next call of {@link lex}. */
  readonly tokens: Token[] = [];
  /** The comments of the last text, without their newlines. */
  comments: Span[] = [];
  /** What is wrong with the `Invalid` token, which is the last one if there is one. */
  stray: Finding<TextPlace> | null = null;
  #pool: Token[] = [];
  #text = '';
  #base = 0;

  /**
   * Cuts `text` into {@link tokens}; all offsets are shifted by `base`, the place of `text` in its document, which may begin
   * with a byte order mark.
   */
  lex(text: string, base: number, isWhole = base === 0): Token[] {
    this.#text = text;
    this.#base = base;
    this.tokens.length = 0;
    this.stray = null;
    if (this.comments.length > 0) this.comments = [];
    let position = isWhole && text.charCodeAt(0) === code.byteOrderMark ? 1 : 0;
    while (position < text.length) {
      const c = text.charCodeAt(position);
      position = isSpace(c) ? position + 1 : this.#token(c, position);
    }
    return this.tokens;
  }

  #token(c: number, start: number): number {
    if (isNameStart(c)) return this.#name(start);
    const type = punctuation[c];
    if (type !== undefined) return this.#emit(type, start, start + 1);
    if (c === code.quote || c === code.backtick) return this.#string(start);
    if (c === code.minus) return this.#minus(start);
    if (c === code.ampersand) return this.#ampersand(start);
    if (c === code.slash) return this.#slash(start);
    if (c === code.less) return this.#less(start);
    if (isDigit(c) || c === code.dot) return this.#number(start);
    return this.#invalid(start);
  }

  #emit(type: TokenType, start: number, end: number): number {
    const index = this.tokens.length;
    const token = (this.#pool[index] ??= new Token());
    token.tokenType = type;
    token.tokenTypeIdx = type.tokenTypeIdx!;
    token.startOffset = this.#base + start;
    token.endOffset = this.#base + end;
    this.tokens.push(token);
    return end;
  }

  #literal(type: TokenType, start: number, end: number, image: string): number {
    this.#emit(type, start, end);
    this.tokens[this.tokens.length - 1]!.image = image;
    return end;
  }

  #invalid(start: number): number {
    const previous = this.tokens.at(-1);
    const before = previous?.endOffset === this.#base + start ? previous.tokenType : null;
    const stray = describeStray(this.#text, start, before);
    const { start: from, end } = stray.place;
    this.#emit(tokenTypes.Invalid, from, end);
    this.stray = { ...stray, place: { ...stray.place, start: from + this.#base, end: end + this.#base } };
    return this.#text.length;
  }

  #name(start: number): number {
    const text = this.#text;
    let end = start + 1;
    while (end < text.length && isNamePart(text.charCodeAt(end))) end++;
    return this.#literal(tokenTypes.Symbol, start, end, text.slice(start, end));
  }

  #string(start: number): number {
    const text = this.#text;
    const close = endOfString(text, start, text.length);
    if (close < 0) return this.#invalid(start);
    const body = text.slice(start + 1, close);
    const value = body.includes('\\') ? decodeString(body, text.charAt(start)) : body;
    return this.#literal(tokenTypes.String, start, close + 1, value);
  }

  #slash(start: number): number {
    const text = this.#text;
    if (text.charCodeAt(start + 1) === code.slash) {
      const end = endOfComment(text, start, text.length);
      this.comments.push({ start: this.#base + start, end: this.#base + end });
      return end;
    }
    const close = endOfRegexp(text, start, text.length);
    if (close < 0) return this.#invalid(start);
    const body = text.slice(start + 1, close);
    return this.#literal(tokenTypes.Regexp, start, close + 1, body.includes('\\') ? decodeRegexp(body) : body);
  }

  #minus(start: number): number {
    const next = this.#text.charCodeAt(start + 1);
    if (next === code.greater) return this.#emit(tokenTypes.Arrow, start, start + 2);
    if (isDigit(next) || next === code.dot) return this.#number(start);
    return this.#invalid(start);
  }

  #ampersand(start: number): number {
    if (this.#text.charCodeAt(start + 1) !== code.ampersand) return this.#invalid(start);
    return this.#emit(tokenTypes.And, start, start + 2);
  }

  #less(start: number): number {
    for (const [word, type] of wordBackends) {
      if (this.#text.startsWith(word, start)) return this.#emit(type, start, start + word.length);
    }
    return this.#emit(tokenTypes.OpenArrow, start, start + 1);
  }

  #number(start: number): number {
    const text = this.#text;
    let end = text.charCodeAt(start) === code.minus ? start + 1 : start;
    let seenDot = false;
    for (; end < text.length; end++) {
      const c = text.charCodeAt(end);
      if (c === code.dot && !seenDot) seenDot = true;
      else if (!isDigit(c)) break;
    }
    if (text.charCodeAt(end - 1) === code.dot) return this.#invalid(start);
    const image = text.slice(start, end);
    if (!Number.isFinite(Number(image))) return this.#invalid(start);
    return this.#literal(tokenTypes.Number, start, end, image);
  }
}
