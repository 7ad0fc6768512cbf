import type { RouteDef } from '../../../grammar/index.ts';
import { type RouteRecord, recordOf } from '../record.ts';
import type { DefaultFilters } from './default-filters.ts';

/** A definition that passed its checks, as compact as it takes to recognise it and to serve it. Shared by versions of its file. */
export interface LoadedRoute {
  readonly id: string;
  /** The definition as written: a definition with the same text is this one. */
  readonly text: string;
  /** Its record as JSON, without the order, which is not the definition's but the file's. */
  readonly json: string;
  /** How many filters of the record stand in front of the definition's own. */
  readonly ownFrom: number;
}

/** The route of a definition, with the filters that every route gets. */
export function loadedRoute(text: string, def: RouteDef, defaults: DefaultFilters): LoadedRoute {
  const { order: _, ...record } = recordOf(defaults.complete(def), 0);
  return { id: def.id, text, json: JSON.stringify(record), ownFrom: defaults.before };
}

/** A route that answers 503 in place of this one: the definition is the same, what is made of it is not. */
export function suspendedRoute(route: LoadedRoute): LoadedRoute {
  const { order: _, ...record } = recordIn(route, 0);
  const answer: Omit<RouteRecord, 'order'> = { ...record, filters: [['status', 503]], backend: { kind: 'shunt' } };
  return { ...route, json: JSON.stringify(answer) };
}

/** The JSON of the record, with its order. */
export function recordJson(route: LoadedRoute, order: number): string {
  return `{"order":${order},${route.json.slice(1)}`;
}

/** The record. */
export function recordIn(route: LoadedRoute, order: number): RouteRecord {
  return JSON.parse(recordJson(route, order)) as RouteRecord;
}

/** Finds the routes that name one of some filters, predicates or algorithms, without parsing their JSON. */
export function namesTester(names: Iterable<string>): (route: LoadedRoute) => boolean {
  // Quotes within JSON strings are escaped, so that only calls and algorithms look like this.
  const marks = [...names].flatMap((name) => [`["${name}"`, `"algorithm":"${name}"`]);
  return ({ json }) => marks.some((mark) => json.includes(mark));
}
