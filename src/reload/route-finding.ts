import { type Diagnostic, parseRoute, SourceText, splitRoutes } from '../../grammar/index.ts';
import { checkRoute, type ProvisionFault, provisionDiagnostic, type Registry } from '../routing/index.ts';
import { type Finding, findingOf } from './finding.ts';
import type { Conflict } from './route-diff.ts';
import type { PlacedRoute, RouteFile } from './route-file.ts';

/** Where a route begins in the text of its file, and what name and text the file has. */
function sourceOf(file: RouteFile, id: string, version: 'wanted' | 'live'): { source: SourceText; start: number } {
  const text = (version === 'wanted' ? file.wanted : file.live?.source)?.text ?? '';
  const routes = (version === 'wanted' ? file.reading?.result.routes : file.live?.routes) ?? [];
  const at = routes.findIndex((route) => route.id === id);
  return { source: new SourceText(file.name, text), start: splitRoutes(text)[at]?.start ?? 0 };
}

/** The finding that another file has the id already, naming both places. */
export function conflictFinding({ id, file, holder }: Conflict): Finding {
  const newer = holder.reading?.result.routes.some((route) => route.id === id) === true;
  const other = sourceOf(holder, id, newer && holder.wanted !== holder.live?.source ? 'wanted' : 'live');
  const { line, column } = other.source.position(other.start);
  const { source, start } = sourceOf(file, id, 'wanted');
  const message = `the route id "${id}" is already taken at ${holder.name}:${line}:${column}`;
  const span = { start, end: start + id.length };
  return findingOf(source, { code: 'duplicate-id', message, severity: 'error', span });
}

/** The finding of a route that could not be made, at the part that is to blame. */
export function provisionFinding(placed: PlacedRoute, fault: ProvisionFault, message: string): Finding {
  const { source, start } = sourceOf(placed.file, placed.route.id, 'wanted');
  const def = parseRoute(placed.route.text).value;
  const span = { start: 0, end: 0 };
  const diagnostic: Diagnostic =
    def === null
      ? { code: 'bad-argument', message, severity: 'error', span }
      : provisionDiagnostic({ ...fault, message }, def);
  return findingOf(source, {
    ...diagnostic,
    span: { start: diagnostic.span.start + start, end: diagnostic.span.end + start },
  });
}

/** What is wrong with a route in use under another registry; null when nothing is. */
export function recheck({ route, file }: PlacedRoute, registry: Registry): { problem: string; name: string } | null {
  const def = parseRoute(route.text).value;
  const [found] = def === null ? [] : checkRoute(def, registry);
  if (def === null || found === undefined) return null;
  const { source, start } = sourceOf(file, route.id, 'live');
  const { line, column } = source.position(start + found.span.start);
  const within = [...def.predicates, ...def.filters].find(
    ({ span }) => span.start <= found.span.start && found.span.end <= span.end,
  );
  const algorithm = def.backend.kind === 'balanced' ? (def.backend.algorithm ?? '') : '';
  const problem = `the route "${route.id}" in use would break: ${file.name}:${line}:${column}: ${found.message}`;
  return { problem, name: within?.name ?? algorithm };
}
