import type { Span } from './ast.ts';
import { pictured } from './pictured.ts';

/** How bad it is: an error keeps something from being used, a warning keeps nothing. */
export type Severity = 'error' | 'warning';

/**
 * What is wrong somewhere, or hardly meant: one word for it, from the parser to the log. `P` is how the place is told: a
 * piece of one text, while that text is at hand, or a file with line and column.
 */
export interface Finding<P = Place> {
  /** Stable name for machines, such as `syntax` or `duplicate-id`. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place: P;
  /** What probably was meant: text to stand at the place instead. */
  readonly help?: string;
  /** Other places that have to do with it. */
  readonly related?: readonly Related<P>[];
}

/** A second place of a finding: where a quote was opened, where a name was taken first. */
export interface Related<P = Place> {
  readonly message: string;
  readonly place: P;
}

/** A piece of one text. */
export interface TextPlace extends Readonly<Span> {
  /** The part of the literal there that is meant, as offsets in its value: see `partSpan`. */
  readonly part?: Readonly<Span>;
  /** Whether the text after it was read inside out, so that what is found there means nothing. */
  readonly swallows?: true;
}

/** A place as editors show it. */
export interface Place {
  readonly file: string;
  /** Both from 1; null for the file as a whole. */
  readonly line: number | null;
  readonly column: number | null;
  /** The line with carets under the piece that is meant, two lines of text; empty where there is nothing to show. */
  readonly excerpt: string;
}

/** What a code stands for. */
export interface CodeEntry {
  readonly severity: Severity;
  /** One sentence for the reference. */
  readonly means: string;
}

/** Makes findings of the codes of a table, which says how bad each is. */
export type MakeFinding<C extends string> = <P>(code: C, message: string, place: P, help?: string | null) => Finding<P>;

/** What makes findings of the codes of a table. */
export function findingMaker<C extends string>(codes: Readonly<Record<C, CodeEntry>>): MakeFinding<C> {
  return (code, message, place, help) => {
    const { severity } = codes[code];
    return help ? { code, severity, message, place, help } : { code, severity, message, place };
  };
}

/** What can be wrong with a text as such. */
export const SYNTAX_CODES = {
  syntax: { severity: 'error', means: 'The text is no eskip.' },
  'anonymous-route': { severity: 'error', means: 'A route without an id is not alone in its file.' },
  json: { severity: 'error', means: 'A route in JSON has another shape than it should have.' },
  'unknown-key': { severity: 'warning', means: 'A route in JSON has a key that means nothing.' },
} as const satisfies Record<string, CodeEntry>;

/** Makes findings about a text as such. */
export const syntaxFinding = findingMaker<keyof typeof SYNTAX_CODES>(SYNTAX_CODES);

/** Whether it keeps something from being used. */
export function isError({ severity }: { readonly severity: Severity }): boolean {
  return severity === 'error';
}

/** The findings without those behind one that swallowed the rest of the text, in the order of their places. */
export function inTextOrder(findings: readonly Finding<TextPlace>[]): Finding<TextPlace>[] {
  const sorted = [...findings].sort((a, b) => a.place.start - b.place.start);
  const last = sorted.findIndex(({ place }) => place.swallows === true);
  return last < 0 ? sorted : sorted.slice(0, last + 1);
}

/**
 * The finding for people: `file:line:column: code: message`, the source line, and carets under the place; and three more
 * lines for each related place.
 */
export function printFinding({ code, severity, message, place, help, related = [] }: Finding): string {
  const kind = severity === 'warning' ? 'warning: ' : '';
  const meant = help === undefined ? '' : `; did you mean ${/^\W/.test(help) ? help : `"${help}"`}?`;
  const first = pointed(place, `${kind}${code}: ${message}${meant}`);
  return [first, ...related.map((other) => pointed(other.place, other.message))].join('\n');
}

/** A place as editors take it: `file:line:column`. */
export function printPlace({ file, line, column }: Place): string {
  return line === null ? file : `${file}:${line}:${column}`;
}

function pointed(place: Place, message: string): string {
  const head = pictured(`${printPlace(place)}: ${message}`);
  return place.excerpt === '' ? head : `${head}\n${place.excerpt}`;
}

/** A parsed value with everything that was found wrong on the way. */
export interface ParseResult<T> {
  value: T;
  errors: Finding<TextPlace>[];
}
