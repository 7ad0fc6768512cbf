import { type Diagnostic, SourceText } from '../../grammar/index.ts';
import type { Registry } from '../routing/index.ts';
import type { PluginError } from './drop-ins/index.ts';
import { shownMessage, shownSource } from './shown-text.ts';

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

/** The finding of a diagnostic in the text of a file, without the secrets that stand there. */
export function findingOf(source: SourceText, diagnostic: Diagnostic, registry: Registry): Finding {
  const { code, severity, span } = diagnostic;
  const shown = shownSource(source, registry);
  const message = shownMessage(diagnostic.message, shown);
  const report = new SourceText(source.name, shown.text).format({ ...diagnostic, message });
  return { file: source.name, ...source.position(span.start), severity, code, message, report };
}

/** The finding of a problem in a drop-in. */
export function pluginFinding(error: PluginError): Finding {
  const { file, line, column, message } = error;
  return { file, line, column, severity: 'error', code: 'plugin', message, report: error.format() };
}

/** The finding of a problem that concerns a file as a whole. */
export function fileFinding(
  file: string,
  code: string,
  message: string,
  severity: Finding['severity'] = 'error',
): Finding {
  const span = { start: 0, end: 0 };
  const report = new SourceText(file, '').format({ code, message, severity, span });
  return { file, line: 1, column: 1, severity, code, message, report };
}
