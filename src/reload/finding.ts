import { type Diagnostic, SourceText } from '../../grammar/index.ts';
import type { PluginError } from './drop-ins/index.ts';

/** Something wrong in a file, with its place as editors show it (both numbers begin at 1). */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning';
  /** Stable machine-readable name, such as `syntax`, `unknown-filter` or `plugin`. */
  readonly code: string;
  readonly message: string;
  /** As it is printed: `file:line:column: code: message`, for routes with the source line and carets. */
  readonly report: string;
}

/** The finding of a diagnostic in the text of a file. */
export function findingOf(source: SourceText, diagnostic: Diagnostic): Finding {
  const { code, message, severity, span } = diagnostic;
  const report = source.format(diagnostic);
  return { file: source.name, ...source.position(span.start), severity, code, message, report };
}

/** The finding of a problem in a drop-in. */
export function pluginFinding(error: PluginError): Finding {
  const { file, line, column, message } = error;
  return { file, line, column, severity: 'error', code: 'plugin', message, report: error.format() };
}

/** The finding of a problem that concerns a file as a whole. */
export function fileFinding(file: string, code: string, message: string): Finding {
  const whole = { start: 0, end: 0 };
  return findingOf(new SourceText(file, ''), { code, message, severity: 'error', span: whole });
}
