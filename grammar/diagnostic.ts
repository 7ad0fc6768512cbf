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
