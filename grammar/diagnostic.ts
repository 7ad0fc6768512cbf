import type { Span } from './ast.ts';

/** A finding about a piece of source text. */
export interface Diagnostic {
  /** Stable machine-readable name, e.g. `syntax` or `duplicate-id`. */
  code: string;
  message: string;
  span: Span;
  severity: 'error' | 'warning';
  /** What probably was meant, as replacement text for `span`. */
  suggestion?: string;
  /** The part of the literal at `span` that is meant, as offsets in its value: see {@link partSpan}. */
  part?: { start: number; end: number };
  /** Other places that have to do with it, in the same text. */
  related?: readonly Related[];
  /** Whether the text behind it was read inside out, so that what is found there means nothing. */
  swallows?: true;
}

/** The findings without those behind one that swallowed the rest of the text, in the order of their places. */
export function inOrder(findings: readonly Diagnostic[]): Diagnostic[] {
  const sorted = [...findings].sort((a, b) => a.span.start - b.span.start);
  const last = sorted.findIndex(({ swallows }) => swallows === true);
  return last < 0 ? sorted : sorted.slice(0, last + 1);
}

/** A second place of a finding: where a quote was opened, where a name was taken first. */
export interface Related {
  message: string;
  span: Span;
}

/** A parsed value with everything that was found wrong on the way. */
export interface ParseResult<T> {
  value: T;
  errors: Diagnostic[];
}

/** Builds a diagnostic of severity `error`. */
export function problem(code: string, message: string, span: Span, suggestion?: string | null): Diagnostic {
  const diagnostic: Diagnostic = { code, message, span, severity: 'error' };
  if (suggestion) diagnostic.suggestion = suggestion;
  return diagnostic;
}
