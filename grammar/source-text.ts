import { type Finding, type Place, printFinding, type TextPlace } from './finding.ts';
import { pictured } from './pictured.ts';
import { partSpan } from './tokens/literals.ts';

/** A place in a text as editors show it: both numbers begin at 1, columns count UTF-16 units. */
export interface Position {
  line: number;
  column: number;
}

/** A named text that turns offsets into lines and columns and shows findings in their place. */
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

  /** A finding about this text, at its place in the file. */
  locate(finding: Finding<TextPlace>): Finding {
    const { place, related, ...rest } = finding;
    const located = { ...rest, place: this.placeOf(place) };
    if (related === undefined) return located;
    return { ...located, related: related.map((one) => ({ ...one, place: this.placeOf(one.place) })) };
  }

  /** A piece of this text with its line, carets under it (under its first line when it has several). */
  placeOf({ part, ...span }: TextPlace): Place {
    const { start, end } = part === undefined ? span : partSpan(this.text, span, part);
    const { line, column } = this.position(start);
    const source = this.#line(line);
    const width = Math.max(1, Math.min(end - start, source.length - column + 1));
    const excerpt = source.trim() === '' ? '' : pointAt(source, column - 1, width);
    return { file: this.name, line, column, excerpt };
  }

  /** A finding about this text for people. */
  format(finding: Finding<TextPlace>): string {
    return printFinding(this.locate(finding));
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
