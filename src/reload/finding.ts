import { type Diagnostic, partSpan, SourceText } from '../../grammar/index.ts';
import type { Registry } from '../routing/index.ts';
import type { SourceFault } from '../sources/index.ts';
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
  /** What probably was meant. */
  readonly suggestion?: string;
  /** As it is printed: `file:line:column: code: message`, for routes with the source line and carets. */
  readonly report: string;
}

/**
 * The finding of a diagnostic in the text of a file, without the secrets that stand there; `notes` are further places, as
 * `noteAt` shows them.
 */
export function findingOf(
  source: SourceText,
  diagnostic: Diagnostic,
  registry: Registry,
  notes: readonly string[] = [],
): Finding {
  const { code, severity, suggestion, part } = diagnostic;
  const span = part === undefined ? diagnostic.span : partSpan(source.text, diagnostic.span, part);
  const shown = shownSource(source, registry);
  const message = shownMessage(diagnostic.message, shown);
  const first = new SourceText(source.name, shown.text).format({ ...diagnostic, message, span });
  const meant = suggestion === undefined ? {} : { suggestion };
  const report = [first, ...notes].join('\n');
  return { file: source.name, ...source.position(span.start), severity, code, message, ...meant, report };
}

/** A second place of a finding, with its line, without the secrets that stand there. */
export function noteAt(source: SourceText, span: Diagnostic['span'], message: string, registry: Registry): string {
  return new SourceText(source.name, shownSource(source, registry).text).point(span, message);
}

/** A diagnostic of a definition, in the text in which the definition begins at `start`. */
export function shifted(diagnostic: Diagnostic, start: number): Diagnostic {
  const move = (span: Diagnostic['span']) => ({ start: span.start + start, end: span.end + start });
  const { span, related } = diagnostic;
  const places = related?.map((place) => ({ ...place, span: move(place.span) }));
  return { ...diagnostic, span: move(span), ...(places === undefined ? {} : { related: places }) };
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

/** The finding that a source cannot be read, or not be watched. */
export function faultFinding({ name, message, severity, line, column }: SourceFault): Finding {
  const code = severity === 'warning' ? 'unwatched' : line === undefined ? 'unreadable' : 'encoding';
  const where = line === undefined ? name : `${name}:${line}:${column}`;
  const kind = severity === 'warning' ? 'warning: ' : '';
  const report = `${where}: ${kind}${code}: ${message}`;
  return { file: name, line: line ?? 1, column: column ?? 1, severity, code, message, report };
}

/** The finding with a hint behind its message. */
export function withHint(finding: Finding, hint: string): Finding {
  const [head, ...rest] = finding.report.split('\n');
  const report = [`${head}; ${hint}`, ...rest].join('\n');
  return { ...finding, message: `${finding.message}; ${hint}`, report };
}

/** Findings in the order in which to mend them: drop-ins first, since routes fail for them; then by file and place. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const rank = ({ code }: Finding): number => (code === 'plugin' ? 0 : 1);
  return [...findings].sort(
    (a, b) => rank(a) - rank(b) || compare(a.file, b.file) || a.line - b.line || a.column - b.column,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
