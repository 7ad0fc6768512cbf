import { refuse } from './fault.ts';

/** The reading position in a pattern. */
export class Cursor {
  readonly source: string;
  at = 0;

  constructor(source: string) {
    this.source = source;
  }

  get done(): boolean {
    return this.at >= this.source.length;
  }

  /** True when the rest begins with the text. */
  sees(text: string): boolean {
    return this.source.startsWith(text, this.at);
  }

  /** Steps over the text when the rest begins with it. */
  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.at += text.length;
    return true;
  }

  /** The character at an offset from here, or '' past the end. */
  peek(offset = 0): string {
    return this.source[this.at + offset] ?? '';
  }

  /** Reads one code point. @throws RegexpError for a lone surrogate: RE2 patterns are valid Unicode */
  next(): number {
    const c = this.source.codePointAt(this.at)!;
    if (c >= 0xd800 && c <= 0xdfff) refuse('invalid Unicode: lone surrogate', this.at, this.at + 1);
    this.at += c > 0xffff ? 2 : 1;
    return c;
  }

  /** Refuses the span from `start` to here. @throws RegexpError always */
  fail(message: string, start: number): never {
    refuse(message, start, Math.min(this.at, this.source.length));
  }
}
