import * as grammar from '../../grammar/index.ts';

/** How Skipper writes predicates: those of its own syntax first, headers sorted. Source: Skipper, eskip. */
const SKIPPER: grammar.PredicateConventions = {
  leading: new Map([
    ['Path', null],
    ['Host', 0],
    ['PathRegexp', 0],
    ['Method', null],
    ['Header', null],
    ['HeaderRegexp', 1],
  ]),
  sorted: new Set(['Header', 'HeaderRegexp', 'HeaderSHA256']),
  voidWhenEmpty: new Set(['Path', 'Method']),
};

type Layout = Omit<grammar.PrintOptions, 'conventions'>;

/** The text of a route without its id, as Skipper writes it. */
export function printRoute(route: grammar.RouteDef, layout: Layout = {}): string {
  return grammar.printRoute(route, { ...layout, conventions: SKIPPER });
}

/** The text of a document, as Skipper writes it. @throws TypeError when an anonymous route is one of several */
export function printRoutes(routes: readonly grammar.RouteDef[], layout: Layout = {}): string {
  return grammar.printRoutes(routes, { ...layout, conventions: SKIPPER });
}

/** The text of a list of predicates, as Skipper writes it; `*` when there are none. */
export function printPredicates(predicates: readonly grammar.Call[]): string {
  return grammar.printPredicates(predicates, SKIPPER);
}

/** The canonical form of a route: see `canonical` of the grammar; empty Path and Method predicates are gone. */
export function canonical(route: grammar.RouteDef): grammar.RouteDef {
  return grammar.canonical(route, SKIPPER);
}

/** Whether two routes have the same id and the same meaning. */
export function equalRoutes(a: grammar.RouteDef, b: grammar.RouteDef): boolean {
  return grammar.equalRoutes(a, b, SKIPPER);
}

/** The JSON form of a route, as Skipper writes and reads it. */
export function toJson(route: grammar.RouteDef): grammar.RouteJson {
  return grammar.toJson(route, SKIPPER);
}
