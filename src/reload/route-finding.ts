import { chunkText, type Diagnostic, parseRoute, SourceText, splitRoutes } from '../../grammar/index.ts';
import { checkRoute, type ProvisionFault, provisionDiagnostic, type Registry } from '../routing/index.ts';
import { type Finding, findingOf } from './finding.ts';
import type { Conflict } from './route-diff.ts';
import type { PlacedRoute, RouteFile } from './route-file.ts';

/** Where a route begins in the text of its file, and what name and text the file has. */
function sourceOf(file: RouteFile, id: string, version: 'wanted' | 'live'): { source: SourceText; start: number } {
  const text = (version === 'wanted' ? file.wanted : file.live?.source)?.text ?? '';
  const routes = (version === 'wanted' ? file.reading?.result.routes : file.live?.routes) ?? [];
  const route = routes.find((one) => one.id === id);
  const chunk = splitRoutes(text).find((one) => chunkText(text, one) === route?.text);
  return { source: new SourceText(file.name, text), start: chunk?.start ?? 0 };
}

/** The finding that another file has the id already, naming both places. */
export function conflictFinding({ id, file, holder }: Conflict, registry: Registry): Finding {
  const newer = holder.reading?.result.routes.some((route) => route.id === id) === true;
  const other = sourceOf(holder, id, newer && holder.wanted !== holder.live?.source ? 'wanted' : 'live');
  const { line, column } = other.source.position(other.start);
  const { source, start } = sourceOf(file, id, 'wanted');
  const message = `the route id "${id}" is already taken at ${holder.name}:${line}:${column}`;
  const span = { start, end: start + id.length };
  return findingOf(source, { code: 'duplicate-id', message, severity: 'error', span }, registry);
}

/** The finding of a route that could not be made, at the part that is to blame. */
export function provisionFinding(
  placed: PlacedRoute,
  fault: ProvisionFault,
  message: string,
  registry: Registry,
): Finding {
  const { source, diagnostic } = provisionFault(placed, fault, message, 'wanted');
  return findingOf(source, diagnostic, registry);
}

/** What a drop-in advises about a route that comes into use. */
export function adviceFinding(
  placed: PlacedRoute,
  fault: ProvisionFault,
  message: string,
  registry: Registry,
): Finding {
  const version = placed.file.reading === null ? 'live' : 'wanted';
  const { source, diagnostic } = provisionFault(placed, fault, message, version);
  return findingOf(source, { ...diagnostic, code: 'advice', severity: 'warning' }, registry);
}

/** Where the part of a route in use stands that could not be made: `file:line:column`. */
export function provisionPlace(placed: PlacedRoute, fault: ProvisionFault, message: string): string {
  const { source, diagnostic } = provisionFault(placed, fault, message, 'live');
  const { line, column } = source.position(diagnostic.span.start);
  return `${source.name}:${line}:${column}`;
}

function provisionFault(
  placed: PlacedRoute,
  fault: ProvisionFault,
  message: string,
  version: 'wanted' | 'live',
): { source: SourceText; diagnostic: Diagnostic } {
  const { source, start } = sourceOf(placed.file, placed.route.id, version);
  const def = parseRoute(placed.route.text).value;
  const whole = { start: 0, end: placed.route.id.length };
  const index = fault.part === 'filter' ? fault.index - placed.route.ownFrom : fault.index;
  const isOwn = def !== null && (fault.part !== 'filter' || def.filters[index] !== undefined);
  const diagnostic: Diagnostic = isOwn
    ? provisionDiagnostic({ ...fault, index, message }, def)
    : { code: 'bad-argument', message: `a default filter: ${message}`, severity: 'error', span: whole };
  return { source, diagnostic: shifted(diagnostic, start) };
}

/** A finding of a route in use as a whole. */
export function routeFinding({ file, route }: PlacedRoute, code: string, message: string, registry: Registry): Finding {
  const { source, start } = sourceOf(file, route.id, 'live');
  const span = { start, end: start + route.id.length };
  return findingOf(source, { code, message, severity: 'error', span }, registry);
}

/** What a route in use is under another registry. */
interface Recheck {
  /** Why it could not be used, and the name that is to blame; null when it could. */
  readonly broken: { problem: string; name: string } | null;
  readonly advice: readonly Finding[];
}

/** Checks a route in use under another registry. */
export function recheck({ route, file }: PlacedRoute, registry: Registry): Recheck {
  const def = parseRoute(route.text).value;
  const found = def === null ? [] : checkRoute(def, registry);
  if (def === null || found.length === 0) return { broken: null, advice: [] };
  const { source, start } = sourceOf(file, route.id, 'live');
  const error = found.find(({ severity }) => severity === 'error');
  if (error === undefined)
    return { broken: null, advice: found.map((one) => findingOf(source, shifted(one, start), registry)) };
  const { line, column } = source.position(start + error.span.start);
  const within = [...def.predicates, ...def.filters].find(
    ({ span }) => span.start <= error.span.start && error.span.end <= span.end,
  );
  const algorithm = def.backend.kind === 'balanced' ? (def.backend.algorithm ?? '') : '';
  const problem = `the route "${route.id}" in use would break: ${file.name}:${line}:${column}: ${error.message}`;
  return { broken: { problem, name: within?.name ?? algorithm }, advice: [] };
}

/** A diagnostic of a definition, at its place in the file where the definition begins at `start`. */
function shifted(diagnostic: Diagnostic, start: number): Diagnostic {
  const { span } = diagnostic;
  return { ...diagnostic, span: { start: span.start + start, end: span.end + start } };
}
