import type { TokenType } from 'chevrotain';
import { tokenTypes as t } from '../tokens/tokens.ts';
import type { Piece } from './pieces.ts';

const maxWidth = 100;
const indent = '  ';

const tightBefore = new Set<TokenType | null>([t.OpenParen, t.CloseParen, t.Comma, t.Colon, t.CloseArrow]);

/** Which places of a route begin a new line. */
interface Breaks {
  arrows: boolean;
  ands: boolean;
  /** Indices of the opening brackets whose contents stand one a line. */
  groups: Set<number>;
}

/** The text of one route from its tokens and inner comments. Lines are broken where the author did, or when too long. */
export function layOut(pieces: readonly Piece[]): string {
  const breaks = chooseBreaks(pieces);
  let group: number | null = null;
  let text = '';
  pieces.forEach((piece, i) => {
    const previous = pieces[i - 1];
    const closing = group !== null && isClosing(piece);
    const inner = group !== null && breaks.groups.has(group);
    const depth = inner && !closing ? 2 : 1;
    if (previous)
      text += needsBreak(piece, previous, breaks, inner) ? `\n${indent.repeat(depth)}` : gap(previous, piece);
    text += piece.text;
    if (closing) group = null;
    if (isOpening(piece)) group = i;
  });
  return text;
}

function needsBreak(piece: Piece, previous: Piece, breaks: Breaks, inner: boolean): boolean {
  if (piece.type === null) return piece.newline;
  if (previous.type === null) return true;
  if (piece.type === t.Arrow) return breaks.arrows;
  if (piece.type === t.And) return breaks.ands;
  return inner && (isOpening(previous) || previous.type === t.Comma || isClosing(piece));
}

function chooseBreaks(pieces: readonly Piece[]): Breaks {
  const tokens = pieces.filter(({ type }) => type !== null);
  const firstArrow = tokens.findIndex(({ type }) => type === t.Arrow);
  const groups = brokenGroups(pieces);
  const ands = isBrokenAt(t.And, tokens) || widthOf(tokens.slice(0, firstArrow)) > maxWidth;
  const arrows = ands || groups.size > 0 || isBrokenAt(t.Arrow, tokens) || widthOf(tokens) > maxWidth;
  return { ands, arrows, groups };
}

/** True when the author broke the line before or after a token of that type. */
function isBrokenAt(type: TokenType, tokens: readonly Piece[]): boolean {
  return tokens.some((token, i) => token.type === type && (token.newline || tokens[i + 1]?.newline));
}

function brokenGroups(pieces: readonly Piece[]): Set<number> {
  const broken = new Set<number>();
  let open = 0;
  pieces.forEach((piece, i) => {
    if (isOpening(piece)) open = i;
    else if (isClosing(piece) && i > open + 1 && pieces.slice(open + 1, i + 1).some(({ newline }) => newline)) {
      broken.add(open);
    }
  });
  return broken;
}

function widthOf(tokens: readonly Piece[]): number {
  return tokens.reduce(
    (width, token, i) => width + (i > 0 ? gap(tokens[i - 1]!, token).length : 0) + token.text.length,
    0,
  );
}

function gap(previous: Piece, piece: Piece): string {
  if (piece.type === null) return ' ';
  return isOpening(previous) || tightBefore.has(piece.type) ? '' : ' ';
}

function isOpening({ type }: Piece): boolean {
  return type === t.OpenParen || type === t.OpenArrow;
}

function isClosing({ type }: Piece): boolean {
  return type === t.CloseParen || type === t.CloseArrow;
}
