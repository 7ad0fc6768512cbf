import { ProxyError } from '../http/index.ts';
import { compileRegexp, compileReplacement, longestMatch, plainText, stepsPerCharacter } from '../regexp/index.ts';

export { type LiteralFacts, literalFacts } from '../regexp/index.ts';

/**
 * How many steps one match may take: some 100 ms, at 10 to 30 ns each. What a step is, see `stepsPerCharacter`; most
 * patterns take fewer than 90 a character, and see all of a request's header fields (64 KiB) at once.
 */
const MAX_STEPS = 6_000_000;

/** A text of this length must be within bounds: some cookies and tokens are that long. */
const NEEDED_LENGTH = 4000;

/** What is shorter than this may well come from an honest client; a pattern that refuses it deserves a word. */
const USUAL_LENGTH = 16_384;

/**
 * A regular expression given in a route: RE2 syntax, unanchored, safe on hostile input. Shared by all requests. A text longer
 * than `longestSubject` is refused: what matches it throws ProxyError (400).
 */
export interface Regexp {
  /** The pattern as written. */
  readonly source: string;
  /** Says whether it matches anywhere in `text`. */
  test(text: string): boolean;
  /** The first match that begins at or behind `from` (default 0), with its groups, or null. */
  exec(text: string, from?: number): RegExpExecArray | null;
  /** How long a match can be at most, in UTF-16 code units; Infinity where nothing bounds it. Not for a hot path. */
  longestMatch(): number;
  /** How long a text may be, in UTF-16 code units, so that no text holds up the thread for more than some 100 ms. */
  readonly longestSubject: number;
  /** Prepares a replacement of all matches by Go's template ($1, ${1}, ${name}, $$). */
  replacer(template: string): (text: string) => string;
}

/** A `Regexp` of an argument. @throws Error that names the fault and its place in the pattern, or says that it costs too much */
export function regexpArgument(source: string): Regexp {
  const plain = plainText(source);
  return plain?.start && plain.end ? new WholeText(source, plain.text) : new CompiledRegexp(source);
}

/** Says that a pattern refuses texts that honest clients may send; null where it does not. */
export function regexpAdvice({ longestSubject }: Regexp): string | null {
  if (longestSubject >= USUAL_LENGTH) return null;
  return `texts of more than ${longestSubject} characters are answered 400, since matching them would take too long; smaller counts raise that`;
}

class CompiledRegexp implements Regexp {
  readonly source: string;
  readonly longestSubject: number;
  readonly #compiled: RegExp;

  constructor(source: string) {
    this.source = source;
    this.#compiled = compileRegexp(source, 'g');
    this.longestSubject = Math.floor(MAX_STEPS / stepsPerCharacter(source));
    if (this.longestSubject < NEEDED_LENGTH) throw new Error(tooCostly(this.longestSubject));
  }

  test(text: string): boolean {
    if (text.length > this.longestSubject) throw tooLong(this);
    this.#compiled.lastIndex = 0;
    return this.#compiled.test(text);
  }

  exec(text: string, from = 0): RegExpExecArray | null {
    if (text.length > this.longestSubject) throw tooLong(this);
    this.#compiled.lastIndex = from;
    return this.#compiled.exec(text);
  }

  longestMatch(): number {
    return longestMatch(this.source);
  }

  replacer(template: string): (text: string) => string {
    const replace = compileReplacement(this.source, template);
    return (text) => {
      if (text.length > this.longestSubject) throw tooLong(this);
      return replace(text);
    };
  }
}

function tooCostly(longest: number): string {
  return `the expression costs too much: a text of ${longest + 1} characters could hold up all requests; use smaller counts, such as {1,100}, or * and +`;
}

function tooLong({ source, longestSubject }: Regexp): ProxyError {
  const message = `a text is longer than ${longestSubject} characters, the most that /${source}/ is matched with`;
  return new ProxyError({ code: 'subject-too-long', status: 400, source: 'downstream', message });
}

/** A pattern such as `^foo[.]example$`, which only one text matches: tables hold thousands, and compiling takes long. */
class WholeText implements Regexp {
  readonly source: string;
  readonly longestSubject = Number.POSITIVE_INFINITY;
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
