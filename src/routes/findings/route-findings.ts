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
import { checkRoute, provisionFinding } from '../check/check-route.ts';
import { idSpan, takenId } from '../check/ids.ts';
import type { Registry } from '../names/registry.ts';
import type { ProvisionFault } from '../provision-fault.ts';
import type { LoadedRoute } from '../read/loaded-route.ts';
import type { RouteText } from '../read/read.ts';
import { type FindingCode, finding } from './codes.ts';
import { located, shifted, shownPlace } from './finding.ts';

/** A route, and the text of its file in which it stands. */
export interface InText {
  readonly route: LoadedRoute;
  readonly text: RouteText;
}

/** Where routes begin in the texts of their files: found once for each text, for those who ask of many. */
export class RoutePlaces {
  readonly #texts = new Map<RouteText, { source: SourceText; starts: ReadonlyMap<string, number> }>();

  of({ route, text }: InText): { source: SourceText; start: number } {
    let known = this.#texts.get(text);
    if (known === undefined) this.#texts.set(text, (known = startsIn(text)));
    return { source: known.source, start: known.starts.get(route.text) ?? 0 };
  }
}

function startsIn({ name, text }: RouteText): { source: SourceText; starts: ReadonlyMap<string, number> } {
  const starts = new Map(splitRoutes(text).map((chunk) => [chunkText(text, chunk), chunk.start]));
  return { source: new SourceText(name, text), starts };
}

function sourceOf(at: InText): { source: SourceText; start: number } {
  return new RoutePlaces().of(at);
}

/** The line and column at which a route begins. */
export function placeOfRoute(at: InText): { line: number; column: number } {
  const { source, start } = sourceOf(at);
  return source.position(start);
}

/** The finding that the id of a route is taken, naming both places. */
export function conflictFinding(at: InText, holder: InText, registry: Registry, places = new RoutePlaces()): Finding {
  const other = places.of(holder);
  const { id } = at.route;
  const first = shownPlace(other.source, idSpan(other.start, id), registry);
  const { source, start } = places.of(at);
  return takenId(id, printPlace(first), shownPlace(source, idSpan(start, id), registry), first);
}

/** The finding that no request reaches a route, since another one is asked before it. */
export function hiddenFinding(at: InText, by: InText, registry: Registry, places = new RoutePlaces()): Finding {
  const other = places.of(by);
  const first = shownPlace(other.source, idSpan(other.start, by.route.id), registry);
  const message = `this route is never reached: "${by.route.id}" (${printPlace(first)}) takes every request that it could match; remove one of them, or have this one ask for more`;
  return {
    ...routeFinding(at, { code: 'never-matches', message }, registry, places),
    related: [{ message: 'this one is asked first', place: first }],
  };
}

/** A finding of a route as a whole. */
export function routeFinding(
  at: InText,
  { code, message }: { code: FindingCode; message: string },
  registry: Registry,
  places = new RoutePlaces(),
): Finding {
  const { source, start } = places.of(at);
  return finding(code, message, shownPlace(source, idSpan(start, at.route.id), registry));
}

/** The finding of a route that could not be made, at the part that is to blame. */
export function unmadeFinding(at: InText, fault: ProvisionFault, message: string, registry: Registry): Finding {
  const { source, found } = provisionFault(at, fault, message);
  return located(source, found, registry);
}

/** What a drop-in advises about a route that comes into use. */
export function adviceFinding(at: InText, fault: ProvisionFault, message: string, registry: Registry): Finding {
  const { source, found } = provisionFault(at, fault, message);
  return located(source, finding('advice', found.message, found.place), registry);
}

/** Where the part of a route stands that could not be made: `file:line:column`. */
export function provisionPlace(at: InText, fault: ProvisionFault, message: string): string {
  const { source, found } = provisionFault(at, fault, message);
  return printPlace(source.placeOf(found.place));
}

function provisionFault(
  at: InText,
  fault: ProvisionFault,
  message: string,
): { source: SourceText; found: Finding<TextPlace> } {
  const { source, start } = sourceOf(at);
  return { source, found: shifted(faultOf(at.route, { ...fault, message }), start) };
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
export function recheck(at: InText, registry: Registry): Recheck {
  const { route } = at;
  const def = parseRoute(route.text).value;
  const found = def === null ? [] : checkRoute(def, registry);
  if (def === null || found.length === 0) return { broken: null, advice: [] };
  const { source, start } = sourceOf(at);
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
