import type { TokenType } from 'chevrotain';
import { code } from '../tokens/characters.ts';
import type { Lexer } from '../tokens/lexer.ts';

/** A token or comment of a text, as written, with what separates it from the one before. */
export interface Piece {
  /** The token's type, null for a comment. */
  type: TokenType | null;
  text: string;
  /** True when it begins on another line than the piece before ends. */
  newline: boolean;
  /** True when an empty line stands before it. */
  blankLine: boolean;
}

/** The tokens and comments of a text that was just lexed, in order. */
export function readPieces(text: string, lexer: Lexer): Piece[] {
  const places = [
    ...lexer.tokens.map(({ tokenType, startOffset, endOffset }) => {
      return { type: tokenType, start: startOffset, end: endOffset };
    }),
    ...lexer.comments.map((span) => ({ type: null, ...span })),
  ].sort((a, b) => a.start - b.start);
  let position = 0;
  return places.map(({ type, start, end }) => {
    const newlines = countNewlines(text, position, start);
    position = end;
    return { type, text: text.slice(start, end).trimEnd(), newline: newlines > 0, blankLine: newlines > 1 };
  });
}

function countNewlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) if (text.charCodeAt(i) === code.newline) count++;
  return count;
}
