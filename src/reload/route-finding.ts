import { chunkText, type Diagnostic, parseRoute, SourceText, splitRoutes } from '../../grammar/index.ts';
import {
  checkRoute,
  type HiddenRoute,
  type ProvisionFault,
  provisionDiagnostic,
  type Registry,
  type TableRoute,
} from '../routing/index.ts';
import { type Finding, findingOf, noteAt, shifted } from './finding.ts';
import type { LoadedRoute } from './loaded-route.ts';
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

/** The line and column at which a route in use begins. */
export function placeOf(file: RouteFile, id: string): { line: number; column: number } {
  const { source, start } = sourceOf(file, id, 'live');
  return source.position(start);
}

/** The finding that another file has the id already, naming both places. */
export function conflictFinding({ id, file, holder }: Conflict, registry: Registry): Finding {
  const newer = holder.reading?.result.routes.some((route) => route.id === id) === true;
  const other = sourceOf(holder, id, newer && holder.wanted !== holder.live?.source ? 'wanted' : 'live');
  const { line, column } = other.source.position(other.start);
  const { source, start } = sourceOf(file, id, 'wanted');
  const message = `the route id "${id}" is already taken at ${holder.name}:${line}:${column}`;
  const span = idSpan(start, id);
  const first = noteAt(other.source, idSpan(other.start, id), 'it is taken here', registry);
  return findingOf(source, { code: 'duplicate-id', message, severity: 'error', span }, registry, [first]);
}

/** The places of the routes in use, found once for each file. */
export class LivePlaces {
  readonly #files = new Map<RouteFile, { source: SourceText; starts: ReadonlyMap<string, number> }>();

  /** Where a route begins, in the text of its file. */
  of({ file, id }: TableRecord): { source: SourceText; start: number } {
    let known = this.#files.get(file);
    if (known === undefined) this.#files.set(file, (known = startsOf(file)));
    return { source: known.source, start: known.starts.get(id) ?? 0 };
  }
}

function startsOf({ name, live }: RouteFile): { source: SourceText; starts: ReadonlyMap<string, number> } {
  const text = live?.source.text ?? '';
  const chunks = splitRoutes(text);
  const starts = new Map(live?.routes.map(({ id }, at) => [id, chunks[at]?.start ?? 0]));
  return { source: new SourceText(name, text), starts };
}

/** The finding that no request reaches a route. */
export function hiddenFinding(
  { route, by }: HiddenRoute<TableRecord>,
  places: LivePlaces,
  registry: Registry,
): Finding {
  const { source, start } = places.of(route);
  const span = idSpan(start, route.id);
  const other = places.of(by);
  const { line, column } = other.source.position(other.start);
  const place = `${by.file.name}:${line}:${column}`;
  const message = `this route is never reached: "${by.id}" (${place}) takes every request that it could match; remove one of them, or have this one ask for more`;
  const first = noteAt(other.source, idSpan(other.start, by.id), 'this one is asked first', registry);
  return findingOf(source, { code: 'never-matches', message, severity: 'warning', span }, registry, [first]);
}

/** A route of the table in use, with the file that it stands in. */
export interface TableRecord extends TableRoute {
  readonly file: RouteFile;
}

function idSpan(start: number, id: string): Diagnostic['span'] {
  return { start, end: start + id.length };
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
  const diagnostic = faultOf(placed.route, { ...fault, message });
  return { source, diagnostic: shifted(diagnostic, start) };
}

/** A finding of a route in use as a whole. */
export function routeFinding({ file, route }: PlacedRoute, code: string, message: string, registry: Registry): Finding {
  const { source, start } = sourceOf(file, route.id, 'live');
  const span = { start, end: start + route.id.length };
  return findingOf(source, { code, message, severity: 'error', span }, registry);
}

/** What is wrong with a route, at the part of its definition; a default filter stands nowhere in it. */
function faultOf({ id, text, ownFrom }: LoadedRoute, fault: ProvisionFault & { readonly message: string }): Diagnostic {
  const def = parseRoute(text).value;
  const index = fault.part === 'filter' ? fault.index - ownFrom : fault.index;
  if (def !== null && (fault.part !== 'filter' || def.filters[index] !== undefined))
    return provisionDiagnostic({ ...fault, index }, def);
  const message = `a default filter: ${fault.message}`;
  return { code: 'bad-argument', message, severity: 'error', span: idSpan(0, id) };
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
