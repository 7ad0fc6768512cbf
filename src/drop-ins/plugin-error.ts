import { SourceText } from '../../grammar/index.ts';
import { type Finding, finding } from '../routes/index.ts';

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

  /** The same as a finding. */
  get finding(): Finding {
    const { file, line, column } = this;
    return finding('plugin', this.message, { file, line, column, excerpt: '' });
  }
}

/** The place of `offset` in `text`; offset -1 means that the place is not known, and is the beginning. */
export function placeIn(text: string, offset: number): { line: number; column: number } {
  return new SourceText('', text).position(Math.max(0, offset));
}
