import {
  type Chunk,
  checkDocument,
  chunkText,
  type Diagnostic,
  inOrder,
  parseRoute,
  type RouteDef,
  SourceText,
  splitRoutes,
} from '../../grammar/index.ts';
import type { checkRoute, Registry } from '../routing/index.ts';
import { Breath } from './breath.ts';
import type { DefaultFilters } from './default-filters.ts';
import { fileRouteId } from './file-route-id.ts';
import { type Finding, findingOf, shifted } from './finding.ts';
import { type LoadedRoute, loadedRoute } from './loaded-route.ts';

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
export type CheckRoute = (def: RouteDef) => readonly Diagnostic[];

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
  const check = (def: RouteDef) => known.check(def, registry);
  const chunks = splitRoutes(file.text);
  const from = recognise(file.text, chunks, known);
  const routes: (LoadedRoute | null)[] = [];
  const diagnostics: Diagnostic[] = [];
  const faulty = new Set<number>();
  const breath = new Breath();
  for (const [at, chunk] of chunks.entries()) {
    const index = from[at] as number;
    if (index >= 0) routes.push(known.routes[index] as LoadedRoute);
    else {
      const before = diagnostics.length;
      const how = { check, defaults: known.defaults };
      routes.push(readRoute(chunkText(file.text, chunk), chunk, how, diagnostics));
      if (diagnostics.slice(before).some(isError)) faulty.add(at);
      if (at % 16 === 0) await breath.take();
    }
  }
  const named = withId(file, chunks, routes, { diagnostics, faulty });
  return { ...sound(named, from, faulty), findings: findingsOf(file, diagnostics, registry) };
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
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

/** How far definitions are looked for around the place where they are expected. */
const NEIGHBOURHOOD = 4;

/**
 * For each chunk the index of the known route with the same text, or -1. Most are where they were, give or take a few:
 * those are found without cutting their text out; the others by their text.
 */
function recognise(text: string, chunks: readonly Chunk[], known: KnownRoutes): Int32Array {
  const { routes, isConcerned } = known;
  const from = new Int32Array(chunks.length).fill(-1);
  const taken = new Uint8Array(routes.length);
  const lost: number[] = [];
  routes.forEach((route, index) => {
    if (isConcerned(route)) taken[index] = 1;
  });
  const isAt = (index: number, { start, end }: Chunk): boolean => {
    if (taken[index] !== 0) return false;
    const candidate = (routes[index] as LoadedRoute).text;
    // Comparing with a slice takes a tenth of the time that startsWith takes.
    return candidate.length === end - start && text.slice(start, end) === candidate;
  };
  let expected = 0;
  for (const [at, chunk] of chunks.entries()) {
    const last = expected + NEIGHBOURHOOD;
    let index = expected;
    if (!isAt(index, chunk)) index = Math.max(0, expected - NEIGHBOURHOOD);
    while (index <= last && !isAt(index, chunk)) index++;
    if (index <= last) {
      from[at] = index;
      taken[index] = 1;
      expected = index + 1;
    } else {
      lost.push(at);
      expected++;
    }
  }
  if (lost.length > 0) findLost(lost, from, { text, chunks, routes, taken });
  return from;
}

interface Search {
  readonly text: string;
  readonly chunks: readonly Chunk[];
  readonly routes: readonly LoadedRoute[];
  readonly taken: Uint8Array;
}

function findLost(lost: readonly number[], from: Int32Array, { text, chunks, routes, taken }: Search): void {
  const indexOf = new Map<string, number>();
  routes.forEach((route, index) => {
    if (taken[index] === 0) indexOf.set(route.text, index);
  });
  if (indexOf.size === 0) return;
  for (const at of lost) {
    const found = chunkText(text, chunks[at] as Chunk);
    const index = indexOf.get(found);
    if (index === undefined) continue;
    from[at] = index;
    indexOf.delete(found);
  }
}

/** What definitions are read with. */
interface Surroundings {
  readonly check: CheckRoute;
  readonly defaults: DefaultFilters;
}

function readRoute(
  text: string,
  { start }: Chunk,
  { check, defaults }: Surroundings,
  into: Diagnostic[],
): LoadedRoute | null {
  const { value, errors } = parseRoute(text);
  const found = value === null ? errors : check(value);
  for (const one of found) into.push(shifted(one, start));
  return value === null ? null : loadedRoute(text, value, defaults);
}

/** Gives the one route of a file that has no id the file's name, and finds ids that occur twice. */
function withId(
  { name, text }: RouteText,
  chunks: readonly Chunk[],
  routes: readonly (LoadedRoute | null)[],
  { diagnostics, faulty }: { diagnostics: Diagnostic[]; faulty: Set<number> },
): readonly (LoadedRoute | null)[] {
  const ids = routes.map((route) => (route === null ? null : route.id));
  for (const [at, diagnostic] of checkDocument(text, chunks, ids)) {
    diagnostics.push(diagnostic);
    faulty.add(at);
  }
  const [only] = routes;
  if (routes.length !== 1 || only === undefined || only === null || only.id !== '') return routes;
  const id = fileRouteId(name);
  return [{ ...only, id, json: only.json.replace('"id":""', `"id":"${id}"`) }];
}

function findingsOf({ name, text }: RouteText, diagnostics: Diagnostic[], registry: Registry): Finding[] {
  if (diagnostics.length === 0) return [];
  const source = new SourceText(name, text);
  return inOrder(diagnostics).map((one) => findingOf(source, one, registry));
}
