import { parsePathPattern, pathKeysOf } from '../../http/index.ts';
import type { CallRecord, RouteRecord } from '../record.ts';
import { isPath } from './check-form.ts';

/** What the search for hidden routes looks at. */
type Searched = Pick<RouteRecord, 'id' | 'predicates'>;

/** A route that no request reaches. */
export interface HiddenRoute<R> {
  readonly route: R;
  /** The route that is asked before it and asks for no more. */
  readonly by: R;
}

/** Beyond this many predicates not all subsets are tried: a hidden route may be missed then. */
const MAX_SUBSET_PREDICATES = 6;

/** The place of routes without a path. */
const PATHLESS = '';
/** What the places of routes with First, which are asked before all others, begin with. */
const FIRST = 'first ';

/**
 * The routes of a table, given in definition order, that can never match: one that is asked before them at the same path
 * has no condition that they lack.
 */
export function hiddenRoutes<R extends Searched>(
  routes: readonly R[],
  options: { ignoreTrailingSlash?: boolean } = {},
): HiddenRoute<R>[] {
  const isLater = ({ route }: { route: R }): number => (isFirst(route) ? 0 : 1);
  const ranked = routes.map((route) => ({ route, rank: rankOf(route) }));
  ranked.sort((a, b) => isLater(a) - isLater(b) || b.rank - a.rank);
  const shadows = new Shadows<R>(options.ignoreTrailingSlash ?? false);
  return ranked.map(({ route }) => shadows.check(route)).filter((hidden) => hidden !== null);
}

/** The routes met so far, by place and set of conditions. Routes come in the order in which lookups ask them. */
class Shadows<R extends Searched> {
  readonly #ignoreTrailingSlash: boolean;
  readonly #places = new Map<string, Map<string, R>>();

  constructor(ignoreTrailingSlash: boolean) {
    this.#ignoreTrailingSlash = ignoreTrailingSlash;
  }

  /** Says whether the route can never match; if it can, it may hide those that follow. */
  check(route: R): HiddenRoute<R> | null {
    // Switched off on purpose.
    if (route.predicates.some(([name]) => name === 'False')) return null;
    const conditions = conditionsOf(route);
    const places = this.#placesOf(route);
    const hidden = places.map((place) => this.#firstWithin(place, conditions) ?? this.#before(place, conditions));
    const [by] = hidden;
    if (by !== undefined && !hidden.includes(undefined)) return { route, by };
    // What draws a new random number each time hides nothing.
    if (!route.predicates.some(([name]) => name === 'Traffic')) this.#note(route, places, conditions);
    return null;
  }

  #note(route: R, places: readonly string[], conditions: readonly string[]): void {
    const key = conditions.join('\n');
    for (const place of places) {
      let bySet = this.#places.get(place);
      if (bySet === undefined) this.#places.set(place, (bySet = new Map()));
      if (!bySet.has(key)) bySet.set(key, route);
    }
  }

  /** The route with First that is asked before those without, at this place or any, whose conditions are among these. */
  #before(place: string, conditions: readonly string[]): R | undefined {
    if (place.startsWith(FIRST)) return undefined;
    return this.#firstWithin(FIRST + place, conditions) ?? this.#firstWithin(FIRST + PATHLESS, conditions);
  }

  /** The route at `place` whose conditions are among these. */
  #firstWithin(place: string, conditions: readonly string[]): R | undefined {
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

  #placesOf(route: R): readonly string[] {
    const path = route.predicates.find(([name]) => isPath(name));
    const [name, text] = path ?? [];
    const pattern = typeof text === 'string' ? parsePathPattern(text, name === 'PathSubtree') : null;
    const places = pattern === null ? [PATHLESS] : pathKeysOf(pattern, this.#ignoreTrailingSlash);
    return isFirst(route) ? places.map((place) => FIRST + place) : places;
  }
}

function isFirst({ predicates }: Searched): boolean {
  return predicates.some(([name]) => name === 'First');
}

/** Predicates that ask for nothing. */
const VOID: ReadonlySet<string> = new Set(['True', 'Weight', 'First']);

/** The conditions besides the path as texts, each once, sorted. */
function conditionsOf({ predicates }: Searched): string[] {
  const asking = predicates.filter((call) => !isPath(call[0]) && !VOID.has(call[0]));
  return [...new Set(asking.map((call) => JSON.stringify(call)))].sort();
}

function rankOf({ predicates }: Searched): number {
  return predicates.reduce((sum, call) => sum + weightOf(call), 0);
}

/** What a predicate adds to the rank, as far as its name and arguments tell: no instance is made here. */
function weightOf(call: CallRecord): number {
  const [name, arg] = call;
  if (isPath(name) || name === 'TrafficSegment' || name === 'First') return 0;
  return name === 'Weight' && typeof arg === 'number' ? Math.trunc(arg) : 1;
}
