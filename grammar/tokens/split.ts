import { code, endOfComment, endOfRegexp, endOfString, isSpace } from './characters.ts';

/** The place of one route in a document: from its first token to its `;` or the document's end, blanks trimmed. */
export interface Chunk {
  start: number;
  end: number;
}

/**
 * The places of the routes in a document, cut at every `;` that stands outside strings, regular expressions and
 * comments. Nothing is parsed: a chunk may be anything but blank. Comments before a route belong to no chunk.
 */
export function splitRoutes(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  let position = text.charCodeAt(0) === code.byteOrderMark ? 1 : 0;
  for (;;) {
    const start = startOfRoute(text, position);
    if (start >= text.length) return chunks;
    const end = endOfRoute(text, start);
    chunks.push({ start, end: trimEnd(text, end) });
    position = end + 1;
  }
}

/**
 * The text of a chunk, as a string of its own. (A plain `slice` would keep the whole document in memory for as long as
 * anything cut from it lives, which over many reloads of a large file adds up.)
 */
export function chunkText(text: string, chunk: Chunk): string {
  return ` ${text.slice(chunk.start, chunk.end)}`.slice(1);
}

/** True when a `;` stands outside of `chunks`, which are all the chunks of `text`. */
export function hasSeparator(text: string, chunks: readonly Chunk[]): boolean {
  let position = text.charCodeAt(0) === code.byteOrderMark ? 1 : 0;
  for (const { start, end } of [...chunks, { start: text.length, end: text.length }]) {
    for (; position < start; position++) {
      const c = text.charCodeAt(position);
      if (c === code.semicolon) return true;
      if (c === code.slash) position = endOfComment(text, position, start);
    }
    position = end;
  }
  return false;
}

function startOfRoute(text: string, from: number): number {
  let position = from;
  for (; position < text.length; position++) {
    const c = text.charCodeAt(position);
    if (isSpace(c) || c === code.semicolon) continue;
    if (c !== code.slash || text.charCodeAt(position + 1) !== code.slash) break;
    position = endOfComment(text, position, text.length);
  }
  return position;
}

function endOfRoute(text: string, from: number): number {
  for (let position = from; position < text.length; position++) {
    const c = text.charCodeAt(position);
    if (c === code.semicolon) return position;
    let close = position;
    if (c === code.quote || c === code.backtick) close = endOfString(text, position, text.length);
    else if (c === code.slash) {
      if (text.charCodeAt(position + 1) === code.slash) close = endOfComment(text, position, text.length);
      else close = endOfRegexp(text, position, text.length);
    } else if (c >= 0x2018 && c <= 0x201f) close = endOfCurly(text, position);
    if (close < 0) break;
    position = close;
  }
  return text.length;
}

/** Where text in curly quotes, which the language does not have, ends: what stands in it is not to be taken for eskip. */
function endOfCurly(text: string, start: number): number {
  const line = endOfComment(text, start, text.length);
  const length = text.slice(start + 1, line).search(/[\u2018-\u201f]/);
  return length < 0 ? start : start + 1 + length;
}

function trimEnd(text: string, from: number): number {
  let end = from;
  while (isSpace(text.charCodeAt(end - 1))) end--;
  return end;
}
