import type { Span } from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';

/** A place in a text as editors show it: both numbers begin at 1, columns count UTF-16 units. */
export interface Position {
  line: number;
  column: number;
}

/** A named text that turns offsets into lines and columns and shows diagnostics in their place. */
export class SourceText {
  readonly name: string;
  readonly text: string;
  #lineStarts: number[] | null = null;

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
  }

  /** The line and column of an offset; offsets beyond the text count as its end. */
  position(offset: number): Position {
    const starts = this.#starts();
    const place = Math.min(Math.max(0, offset), this.text.length);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= place) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: place - starts[low]! + 1 };
  }

  /**
   * A diagnostic as three lines: `name:line:column: code: message`, the source line, and carets under the span (under
   * its first line when it has several); and three more for each related place.
   */
  format(diagnostic: Diagnostic): string {
    const { code, message, span, suggestion, severity, related = [] } = diagnostic;
    const kind = severity === 'warning' ? 'warning: ' : '';
    const advice = suggestion ? `; did you mean ${/^\W/.test(suggestion) ? suggestion : `"${suggestion}"`}?` : '';
    const first = this.point(span, `${kind}${code}: ${message}${advice}`);
    return [first, ...related.map((place) => this.point(place.span, place.message))].join('\n');
  }

  /** A message at its place: `name:line:column: message`, the source line, and carets under the span. */
  point(span: Span, message: string): string {
    const { line, column } = this.position(span.start);
    const head = pictured(`${this.name}:${line}:${column}: ${message}`);
    const source = this.#line(line);
    if (source.trim() === '') return head;
    const width = Math.max(1, Math.min(span.end - span.start, source.length - column + 1));
    return `${head}\n${pointAt(source, column - 1, width)}`;
  }

  #line(line: number): string {
    const starts = this.#starts();
    const end = starts[line] === undefined ? this.text.length : starts[line] - 1;
    return this.text.slice(starts[line - 1], end).replace(/\r$/, '');
  }

  #starts(): number[] {
    if (this.#lineStarts === null) {
      this.#lineStarts = [0];
      for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) {
        this.#lineStarts.push(at + 1);
      }
    }
    return this.#lineStarts;
  }
}

/** Controls but the tab, and marks that turn the direction of writing: a terminal would obey them. */
const STEERING = /[\0-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The text with a picture in the place of each such character, so that carets still stand right. */
function pictured(text: string): string {
  return text.replace(STEERING, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
  });
}

const maxLine = 160;

/**
 * A source line with carets under `width` characters from `at` on; of a very long line only the surroundings. It goes
 * into logs, so credentials in URLs are starred out.
 */
function pointAt(source: string, at: number, width: number): string {
  const from = source.length <= maxLine ? 0 : Math.max(0, at - maxLine / 2);
  const to = source.length <= maxLine ? source.length : from + maxLine;
  const safe = source.replace(/(?<=\/\/)[^/\s"`@]+(?=@)/g, (credentials) => '*'.repeat(credentials.length));
  const shown = `${from > 0 ? '…' : ''}${pictured(safe.slice(from, to))}${to < source.length ? '…' : ''}`;
  // Tabs are kept, so that the carets stand right whatever width a terminal gives them.
  const blank = `${from > 0 ? ' ' : ''}${source.slice(from, at).replace(/[^\t]/g, ' ')}`;
  return `${shown}\n${blank}${'^'.repeat(Math.max(1, Math.min(width, to - at)))}`;
}
