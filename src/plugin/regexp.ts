import { compileRegexp, compileReplacement, longestMatch, plainText } from '../regexp/index.ts';

export { type LiteralFacts, literalFacts } from '../regexp/index.ts';

/** A regular expression given in a route: RE2 syntax, unanchored, safe on hostile input. Shared by all requests. */
export interface Regexp {
  /** The pattern as written. */
  readonly source: string;
  /** Says whether it matches anywhere in `text`. */
  test(text: string): boolean;
  /** The first match that begins at or behind `from` (default 0), with its groups, or null. */
  exec(text: string, from?: number): RegExpExecArray | null;
  /** How long a match can be at most, in UTF-16 code units; Infinity where nothing bounds it. Not for a hot path. */
  longestMatch(): number;
  /** Prepares a replacement of all matches by Go's template ($1, ${1}, ${name}, $$). */
  replacer(template: string): (text: string) => string;
}

/** A `Regexp` of an argument. @throws Error that names the fault and its place in the pattern. */
export function regexpArgument(source: string): Regexp {
  const plain = plainText(source);
  return plain?.start && plain.end ? new WholeText(source, plain.text) : new CompiledRegexp(source);
}

class CompiledRegexp implements Regexp {
  readonly source: string;
  readonly #compiled: RegExp;

  constructor(source: string) {
    this.source = source;
    this.#compiled = compileRegexp(source, 'g');
  }

  test(text: string): boolean {
    this.#compiled.lastIndex = 0;
    return this.#compiled.test(text);
  }

  exec(text: string, from = 0): RegExpExecArray | null {
    this.#compiled.lastIndex = from;
    return this.#compiled.exec(text);
  }

  longestMatch(): number {
    return longestMatch(this.source);
  }

  replacer(template: string): (text: string) => string {
    return compileReplacement(this.source, template);
  }
}

/** A pattern such as `^foo[.]example$`, which only one text matches: tables hold thousands, and compiling takes long. */
class WholeText implements Regexp {
  readonly source: string;
  readonly #text: string;

  constructor(source: string, text: string) {
    this.source = source;
    this.#text = text;
  }

  test(text: string): boolean {
    return text === this.#text;
  }

  exec(text: string, from = 0): RegExpExecArray | null {
    if (from > 0 || text !== this.#text) return null;
    return Object.assign([text] as [string], { index: 0, input: text });
  }

  longestMatch(): number {
    return this.#text.length;
  }

  replacer(template: string): (text: string) => string {
    return compileReplacement(this.source, template);
  }
}
