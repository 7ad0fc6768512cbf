import {
  type Chunk,
  chunkText,
  type Finding,
  inTextOrder,
  isError,
  parseRoute,
  type RouteDef,
  SourceText,
  splitRoutes,
  type TextPlace,
} from '../../../grammar/index.ts';
import type { checkRoute } from '../check/check-route.ts';
import { located, shifted } from '../findings/finding.ts';
import type { Registry } from '../names/registry.ts';
import { CooperativeYield } from './cooperative-yield.ts';
import type { DefaultFilters } from './default-filters.ts';
import { fileRouteId } from './file-route-id.ts';
import { type LoadedRoute, loadedRoute } from './loaded-route.ts';
import { betweenRoutes } from './read-document.ts';
import { recognise } from './recognise.ts';

/** What a route file says. */
export interface RouteReading {
  /** Those without an error, in definition order. */
  readonly routes: readonly LoadedRoute[];
  /** For each route its index in the version it was compared with; -1 when it is new. */
  readonly from: Int32Array;
  readonly findings: readonly Finding[];
}

/** A file to read. */
export interface RouteText {
  readonly name: string;
  readonly text: string;
}

/** Finds what is wrong with a definition beyond its syntax. */
type CheckRoute = (def: RouteDef) => readonly Finding<TextPlace>[];

/** What is known from an earlier version that was good. */
export interface KnownRoutes {
  readonly routes: readonly LoadedRoute[];
  /** Whether a route may be something else under today's registry, and is to be read again. */
  isConcerned(route: LoadedRoute): boolean;
  /** Finds what is wrong with a new one beyond its syntax. */
  readonly check: typeof checkRoute;
  /** What new ones get besides their own filters. */
  readonly defaults: DefaultFilters;
}

/**
 * Reads a route file. Definitions whose text is known are taken from there and cost next to nothing.
 */
export async function readRoutes(file: RouteText, known: KnownRoutes, registry: Registry): Promise<RouteReading> {
  const how = { file: file.name, check: (def: RouteDef) => known.check(def, registry), defaults: known.defaults };
  const chunks = splitRoutes(file.text);
  const from = recognise(file.text, chunks, known);
  const routes: (LoadedRoute | null)[] = [];
  const findings: Finding<TextPlace>[] = [];
  const faulty = new Set<number>();
  const pause = new CooperativeYield();
  for (const [at, chunk] of chunks.entries()) {
    const index = from[at] as number;
    if (index >= 0) routes.push(known.routes[index] as LoadedRoute);
    else {
      const before = findings.length;
      routes.push(readRoute(chunkText(file.text, chunk), chunk, how, findings));
      if (findings.slice(before).some(isError)) faulty.add(at);
      if (at % 16 === 0) await pause.yieldIfDue();
    }
  }
  const ids = routes.map((route) => route?.id ?? null);
  for (const [at, finding] of betweenRoutes(file.text, chunks, ids)) {
    findings.push(finding);
    faulty.add(at);
  }
  const named = routes.length === 1 ? routes.map(withId) : routes;
  return { ...sound(named, from, faulty), findings: inFile(file, findings, registry) };
}

/** The routes without those that have an error. */
function sound(
  routes: readonly (LoadedRoute | null)[],
  from: Int32Array,
  faulty: ReadonlySet<number>,
): { routes: LoadedRoute[]; from: Int32Array } {
  if (faulty.size === 0) return { routes: routes as LoadedRoute[], from };
  const isSound = (_: unknown, at: number): boolean => routes[at] !== null && !faulty.has(at);
  return { routes: routes.filter(isSound) as LoadedRoute[], from: from.filter(isSound) };
}

/** What definitions are read with. */
interface ReadOptions {
  readonly file: string;
  readonly check: CheckRoute;
  readonly defaults: DefaultFilters;
}

function readRoute(
  text: string,
  { start }: Chunk,
  { file, check, defaults }: ReadOptions,
  into: Finding<TextPlace>[],
): LoadedRoute | null {
  const { value, errors } = parseRoute(text);
  const found = value === null ? errors : check(value);
  for (const one of found) into.push(shifted(one, start));
  return value === null ? null : loadedRoute(file, text, value, defaults);
}

/** Gives the one route of a file the file's name when it has no id. */
function withId(route: LoadedRoute | null): LoadedRoute | null {
  if (route === null || route.id !== '') return route;
  const id = fileRouteId(route.file);
  return { ...route, id, json: route.json.replace('"id":""', `"id":"${id}"`) };
}

function inFile({ name, text }: RouteText, findings: readonly Finding<TextPlace>[], registry: Registry): Finding[] {
  if (findings.length === 0) return [];
  const source = new SourceText(name, text);
  return inTextOrder(findings).map((one) => located(source, one, registry));
}
