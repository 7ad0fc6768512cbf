import {
  chunkText,
  type Finding,
  isError,
  parseRoute,
  printPlace,
  SourceText,
  splitRoutes,
  type TextPlace,
} from '../../../grammar/index.ts';
import {
  checkRoute,
  type FindingCode,
  finding,
  type HiddenRoute,
  idSpan,
  type LoadedRoute,
  located,
  type ProvisionFault,
  provisionFinding,
  type Registry,
  shifted,
  shownPlace,
  type TableRoute,
  takenId,
} from '../../routes/index.ts';
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
  const first = shownPlace(other.source, idSpan(other.start, id), registry);
  const { source, start } = sourceOf(file, id, 'wanted');
  return takenId(id, printPlace(first), shownPlace(source, idSpan(start, id), registry), first);
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
  const other = places.of(by);
  const first = shownPlace(other.source, idSpan(other.start, by.id), registry);
  const message = `this route is never reached: "${by.id}" (${printPlace(first)}) takes every request that it could match; remove one of them, or have this one ask for more`;
  const place = shownPlace(source, idSpan(start, route.id), registry);
  return {
    ...finding('never-matches', message, place),
    related: [{ message: 'this one is asked first', place: first }],
  };
}

/** A route of the table in use, with the file that it stands in. */
export interface TableRecord extends TableRoute {
  readonly file: RouteFile;
}

/** The finding of a route that could not be made, at the part that is to blame. */
export function unmadeFinding(
  placed: PlacedRoute,
  fault: ProvisionFault,
  message: string,
  registry: Registry,
): Finding {
  const { source, found } = provisionFault(placed, fault, message, 'wanted');
  return located(source, found, registry);
}

/** What a drop-in advises about a route that comes into use. */
export function adviceFinding(
  placed: PlacedRoute,
  fault: ProvisionFault,
  message: string,
  registry: Registry,
): Finding {
  const version = placed.file.reading === null ? 'live' : 'wanted';
  const { source, found } = provisionFault(placed, fault, message, version);
  return located(source, finding('advice', found.message, found.place), registry);
}

/** Where the part of a route in use stands that could not be made: `file:line:column`. */
export function provisionPlace(placed: PlacedRoute, fault: ProvisionFault, message: string): string {
  const { source, found } = provisionFault(placed, fault, message, 'live');
  return printPlace(source.placeOf(found.place));
}

function provisionFault(
  placed: PlacedRoute,
  fault: ProvisionFault,
  message: string,
  version: 'wanted' | 'live',
): { source: SourceText; found: Finding<TextPlace> } {
  const { source, start } = sourceOf(placed.file, placed.route.id, version);
  return { source, found: shifted(faultOf(placed.route, { ...fault, message }), start) };
}

/** A finding of a route in use as a whole. */
export function routeFinding(
  { file, route }: PlacedRoute,
  code: FindingCode,
  message: string,
  registry: Registry,
): Finding {
  const { source, start } = sourceOf(file, route.id, 'live');
  return finding(code, message, shownPlace(source, idSpan(start, route.id), registry));
}

/** What is wrong with a route, at the part of its definition; a default filter stands nowhere in it. */
function faultOf(
  { id, text, ownFrom }: LoadedRoute,
  fault: ProvisionFault & { readonly message: string },
): Finding<TextPlace> {
  const def = parseRoute(text).value;
  const index = fault.part === 'filter' ? fault.index - ownFrom : fault.index;
  if (def !== null && (fault.part !== 'filter' || def.filters[index] !== undefined))
    return provisionFinding({ ...fault, index }, def);
  return finding('bad-argument', `a default filter: ${fault.message}`, idSpan(0, id));
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
  const error = found.find(isError);
  if (error === undefined)
    return { broken: null, advice: found.map((one) => located(source, shifted(one, start), registry)) };
  const place = printPlace(source.placeOf(shifted(error, start).place));
  const within = [...def.predicates, ...def.filters].find(
    ({ span }) => span.start <= error.place.start && error.place.end <= span.end,
  );
  const algorithm = def.backend.kind === 'balanced' ? (def.backend.algorithm ?? '') : '';
  const problem = `the route "${route.id}" in use would break: ${place}: ${error.message}`;
  return { broken: { problem, name: within?.name ?? algorithm }, advice: [] };
}
