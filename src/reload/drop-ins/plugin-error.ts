import { SourceText } from '../../../grammar/index.ts';

/** What is wrong with a drop-in file, and where. Lines and columns begin at 1. */
export class PluginError extends Error {
  override readonly name = 'PluginError';
  readonly file: string;
  readonly line: number;
  readonly column: number;

  constructor(file: string, place: { line: number; column: number }, problem: string) {
    super(problem);
    this.file = file;
    this.line = place.line;
    this.column = place.column;
  }

  /** As one line: `filters/x.ts:3:7: problem`. */
  format(): string {
    return `${this.file}:${this.line}:${this.column}: ${this.message}`;
  }
}

/** The place of `offset` in `text`; offset -1 means that the place is not known, and is the beginning. */
export function placeIn(text: string, offset: number): { line: number; column: number } {
  return new SourceText('', text).position(Math.max(0, offset));
}
