import type { RouteDef } from '../../../grammar/index.ts';
import { type RouteRecord, recordOf } from '../record.ts';
import type { DefaultFilters } from './default-filters.ts';

/**
 * A definition that is sound, as compact as it takes to recognise it and to serve it, with the place where it stands. One
 * object is shared by the versions of its file.
 */
export interface LoadedRoute {
  readonly id: string;
  /** The name of the file that it stands in. */
  readonly file: string;
  /** Its place among all routes, see `RouteRecord.order`; null as long as it has none. */
  readonly order: number | null;
  /** The definition as written: a definition with the same text is this one. */
  readonly text: string;
  /** Its record as JSON, without the order, which is not the definition's. */
  readonly json: string;
  /** How many filters of the record stand in front of the definition's own. */
  readonly ownFrom: number;
}

/** The route of a definition in a file, with the filters that every route gets. It has no place among others yet. */
export function loadedRoute(file: string, text: string, def: RouteDef, defaults: DefaultFilters): LoadedRoute {
  const { order: _, ...record } = recordOf(defaults.complete(def), 0);
  return { id: def.id, file, order: null, text, json: JSON.stringify(record), ownFrom: defaults.before };
}

/** The route at another place among the others; the same object where that is its place. */
export function placedAt(route: LoadedRoute, order: number): LoadedRoute {
  return route.order === order ? route : { ...route, order };
}

/** A route that answers 503 in place of this one: the definition is the same, what is made of it is not. */
export function suspendedRoute(route: LoadedRoute): LoadedRoute {
  const { order: _, ...record } = recordIn(route);
  const answer: Omit<RouteRecord, 'order'> = { ...record, filters: [['status', 503]], backend: { kind: 'shunt' } };
  return { ...route, json: JSON.stringify(answer) };
}

/** The JSON of the record, with its order; 0 as long as it has no place. */
export function recordJson({ order, json }: LoadedRoute): string {
  return `{"order":${order ?? 0},${json.slice(1)}`;
}

/** The record. */
export function recordIn(route: LoadedRoute): RouteRecord {
  return JSON.parse(recordJson(route)) as RouteRecord;
}

/** Finds the routes that name one of some filters, predicates or algorithms, without parsing their JSON. */
export function namesTester(names: Iterable<string>): (route: LoadedRoute) => boolean {
  // Quotes within JSON strings are escaped, so that only calls and algorithms look like this.
  const marks = [...names].flatMap((name) => [`["${name}"`, `"algorithm":"${name}"`]);
  return ({ json }) => marks.some((mark) => json.includes(mark));
}
