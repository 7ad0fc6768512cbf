import type { Call, Diagnostic, RouteDef } from '../../grammar/index.ts';
import { fault, warning } from './finding.ts';
import { parsePathPattern, placesOf } from './path-pattern.ts';

/** A definition and where it stands. */
export interface PlacedRoute {
  readonly def: RouteDef;
  /** Name of the file or other source. */
  readonly source: string;
}

/** Something wrong with a route in its table; `diagnostic.span` is in the text of `route.source`. */
export interface TableFinding {
  readonly route: PlacedRoute;
  readonly diagnostic: Diagnostic;
}

/** Beyond this many predicates not all subsets are tried: a warning may be missed then. */
const MAX_SUBSET_PREDICATES = 6;

/** The place of routes without a path. */
const PATHLESS = '';
/** What the places of routes with First, which are asked before all others, begin with. */
const FIRST = 'first ';

/**
 * What is wrong with routes as a table, given in definition order: ids that occur twice (errors), and routes that can
 * never match, since one that is asked before them at the same path has no condition that they lack (warnings). Routes
 * are expected to have passed `checkRoute`.
 */
export function checkTable(
  routes: readonly PlacedRoute[],
  options: { ignoreTrailingSlash?: boolean } = {},
): TableFinding[] {
  const findings: TableFinding[] = [];
  const seen = new Map<string, PlacedRoute>();
  const ranked: { route: PlacedRoute; rank: number }[] = [];
  for (const route of routes) {
    const { id, idSpan, span } = route.def;
    const first = id === '' ? undefined : seen.get(id);
    if (first !== undefined) {
      const message = `the route id "${id}" is already taken in ${first.source}`;
      findings.push({ route, diagnostic: fault('duplicate-id', message, idSpan ?? span) });
      continue;
    }
    seen.set(id, route);
    ranked.push({ route, rank: route.def.predicates.reduce((sum, call) => sum + weightOf(call), 0) });
  }
  const isLater = ({ route }: { route: PlacedRoute }): number => (isFirst(route.def) ? 0 : 1);
  ranked.sort((a, b) => isLater(a) - isLater(b) || b.rank - a.rank);
  const shadows = new Shadows(options.ignoreTrailingSlash ?? false);
  for (const { route } of ranked) {
    const diagnostic = shadows.check(route);
    if (diagnostic !== null) findings.push({ route, diagnostic });
  }
  return findings;
}

/** The routes met so far, by place and set of conditions. Routes come in the order in which lookups ask them. */
class Shadows {
  readonly #ignoreTrailingSlash: boolean;
  readonly #places = new Map<string, Map<string, PlacedRoute>>();

  constructor(ignoreTrailingSlash: boolean) {
    this.#ignoreTrailingSlash = ignoreTrailingSlash;
  }

  /** Says whether the route can never match; if it can, it may hide those that follow. */
  check(route: PlacedRoute): Diagnostic | null {
    const { def } = route;
    const never = def.predicates.find(({ name }) => name === 'False');
    if (never !== undefined) return warning('never-matches', 'this route never matches: False()', never.span);
    const conditions = conditionsOf(def);
    const places = this.#placesOf(def);
    const hidden = places.map((place) => this.#firstWithin(place, conditions) ?? this.#before(place, conditions));
    const [by] = hidden;
    if (by !== undefined && !hidden.includes(undefined)) {
      const message = `this route never matches: "${by.def.id}" (${by.source}) comes first and asks for no more`;
      return warning('never-matches', message, def.idSpan ?? def.span);
    }
    // What draws a new random number each time hides nothing.
    if (!def.predicates.some(({ name }) => name === 'Traffic')) this.#note(route, places, conditions);
    return null;
  }

  #note(route: PlacedRoute, places: readonly string[], conditions: readonly string[]): void {
    const key = conditions.join('\n');
    for (const place of places) {
      let bySet = this.#places.get(place);
      if (bySet === undefined) this.#places.set(place, (bySet = new Map()));
      if (!bySet.has(key)) bySet.set(key, route);
    }
  }

  /** The route with First that is asked before those without, at this place or any, whose conditions are among these. */
  #before(place: string, conditions: readonly string[]): PlacedRoute | undefined {
    if (place.startsWith(FIRST)) return undefined;
    return this.#firstWithin(FIRST + place, conditions) ?? this.#firstWithin(FIRST + PATHLESS, conditions);
  }

  /** The route at `place` whose conditions are among these. */
  #firstWithin(place: string, conditions: readonly string[]): PlacedRoute | undefined {
    const bySet = this.#places.get(place);
    if (bySet === undefined) return undefined;
    if (conditions.length > MAX_SUBSET_PREDICATES) return bySet.get('') ?? bySet.get(conditions.join('\n'));
    for (let subset = 0; subset < 1 << conditions.length; subset++) {
      const key = conditions.filter((_, bit) => subset & (1 << bit)).join('\n');
      const found = bySet.get(key);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #placesOf(def: RouteDef): readonly string[] {
    const call = def.predicates.find(isPath);
    const text = call?.args[0]?.value;
    const pattern = typeof text === 'string' ? parsePathPattern(text, call?.name === 'PathSubtree') : null;
    const places = pattern === null ? [PATHLESS] : placesOf(pattern, this.#ignoreTrailingSlash);
    return isFirst(def) ? places.map((place) => FIRST + place) : places;
  }
}

function isPath(call: Call): boolean {
  return call.name === 'Path' || call.name === 'PathSubtree';
}

function isFirst(def: RouteDef): boolean {
  return def.predicates.some(({ name }) => name === 'First');
}

/** Predicates that ask for nothing. */
const VOID: ReadonlySet<string> = new Set(['True', 'Weight', 'First']);

/** The conditions besides the path as texts, each once, sorted. */
function conditionsOf(def: RouteDef): string[] {
  const asking = def.predicates.filter((call) => !isPath(call) && !VOID.has(call.name));
  const texts = asking.map(({ name, args }) => JSON.stringify([name, ...args.map(({ value }) => value)]));
  return [...new Set(texts)].sort();
}

/** What a predicate adds to the rank, as far as its name and arguments tell: no instance is made here. */
function weightOf(call: Call): number {
  if (isPath(call) || call.name === 'TrafficSegment' || call.name === 'First') return 0;
  const [arg] = call.args;
  return call.name === 'Weight' && arg?.kind === 'number' ? Math.trunc(arg.value) : 1;
}
