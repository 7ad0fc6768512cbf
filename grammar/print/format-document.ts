import type { Finding, TextPlace } from '../finding.ts';
import { parseRoutes } from '../parse/parse.ts';
import { Lexer } from '../tokens/lexer.ts';
import { tokenTypes as t } from '../tokens/tokens.ts';
import { layOut } from './layout.ts';
import { type Piece, readPieces } from './pieces.ts';

/**
 * The same document, evenly laid out: literals and comments stay as they are written, a route stays on one line if it
 * was and fits, one empty line at most separates routes, named routes end with `;`. Formatting twice changes nothing.
 * A document that cannot be read is returned unchanged, with the errors.
 */
export function formatText(text: string): { text: string; errors: Finding<TextPlace>[] } {
  const { errors } = parseRoutes(text);
  if (errors.length > 0) return { text, errors };
  const lexer = new Lexer();
  lexer.lex(text, 0);
  const lines: string[] = [];
  for (const statement of statements(readPieces(text, lexer))) writeStatement(statement, lines);
  return { text: lines.length > 0 ? `${lines.join('\n')}\n` : '', errors };
}

/** A route with the comments around it; `pieces` is empty for comments between routes. */
interface Statement {
  before: Piece[];
  pieces: Piece[];
  after: Piece[];
}

/**
 * Groups pieces into routes. Comments before the first token stand before the route, those behind the last token and
 * before its `;` as well as one in the line of that `;` stand behind it.
 */
function statements(pieces: readonly Piece[]): Statement[] {
  const found: Statement[] = [];
  let current: Statement = { before: [], pieces: [], after: [] };
  let closed = false;
  for (const piece of pieces) {
    const comment = piece.type === null;
    if (closed && !(comment && !piece.newline)) {
      found.push(current);
      current = { before: [], pieces: [], after: [] };
      closed = false;
    }
    if (piece.type === t.Semicolon) closed = current.pieces.length > 0;
    else if (!comment) addToken(piece, current);
    else if (current.pieces.length > 0) current.after.push(piece);
    else current.before.push(piece);
  }
  found.push(current);
  return found;
}

/** Adds a token, which shows that comments before it were not the last ones. */
function addToken(token: Piece, statement: Statement): void {
  for (const comment of statement.after) statement.pieces.push(comment);
  statement.after = [];
  statement.pieces.push(token);
}

function writeStatement({ before, pieces, after }: Statement, lines: string[]): void {
  for (const comment of before) writeLine(comment, comment.text, lines);
  const [first] = pieces;
  if (!first) return;
  const named = pieces.find(({ type }) => type !== null && type !== t.Symbol)?.type === t.Colon;
  writeLine(first, layOut(pieces) + (named ? ';' : ''), lines);
  after.forEach((comment, i) => {
    if (i === 0 && !comment.newline) lines.push(`${lines.pop()} ${comment.text}`);
    else writeLine(comment, comment.text, lines);
  });
}

function writeLine({ blankLine }: Piece, text: string, lines: string[]): void {
  if (blankLine && lines.length > 0) lines.push('');
  lines.push(text);
}
