import type { Arg, Backend, Call, RouteDef } from '../ast.ts';
import { encodeNumber, encodeRegexp, encodeString } from '../tokens/literals.ts';
import { compareText } from './compare-text.ts';
import { NO_CONVENTIONS, type PredicateConventions } from './conventions.ts';

/** How routes are laid out. */
export interface PrintOptions {
  /** Each filter and the backend on a line of their own. Default: all in one line. */
  pretty?: boolean;
  /** Blanks before `->` when pretty. Default: two spaces. */
  indent?: string;
  /** How predicates are written. Default: no custom, in the order in which they stand. */
  conventions?: PredicateConventions;
}

/**
 * The text of a predicate or filter; parsing it gives the same call.
 * @throws RangeError when a number is not finite.
 */
export function printCall(call: Call): string {
  return `${call.name}(${call.args.map((arg) => printArg(arg)).join(', ')})`;
}

/** The text of a list of predicates, `*` when there are none. */
export function printPredicates(predicates: readonly Call[], conventions = NO_CONVENTIONS): string {
  return predicateTexts(predicates, conventions).join(' && ') || '*';
}

/** The text of a list of filters, empty when there are none. */
export function printFilters(filters: readonly Call[]): string {
  return filters.map(printCall).join(' -> ');
}

/** The text of a route without its id. */
export function printRoute(route: RouteDef, options: PrintOptions = {}): string {
  const separator = options.pretty ? `\n${options.indent ?? '  '}-> ` : ' -> ';
  const predicates = printPredicates(route.predicates, options.conventions);
  return [predicates, ...route.filters.map(printCall), printBackend(route.backend)].join(separator);
}

/**
 * The text of a document. A single anonymous route is printed bare, all others as `id: route;`.
 * @throws TypeError when an anonymous route is one of several: no document can say that.
 */
export function printRoutes(routes: readonly RouteDef[], options: PrintOptions = {}): string {
  const [first] = routes;
  if (first?.id === '' && routes.length === 1) return printRoute(first, options);
  const definitions = routes.map((route) => {
    if (route.id === '') throw new TypeError('an anonymous route cannot be printed among others');
    return `${route.id}: ${printRoute(route, options)};`;
  });
  return definitions.join(options.pretty ? '\n\n' : '\n');
}

function printArg(arg: Arg, asRegexp = arg.kind === 'regexp'): string {
  if (arg.kind === 'number') return encodeNumber(arg.value);
  return (asRegexp ? encodeRegexp(arg.value) : null) ?? encodeString(arg.value);
}

function printBackend(backend: Backend): string {
  if (backend.kind === 'network') return encodeString(backend.url);
  if (backend.kind !== 'balanced') return `<${backend.kind}>`;
  const endpoints = backend.endpoints.map(({ url }) => encodeString(url));
  return `<${[...(backend.algorithm ? [backend.algorithm] : []), ...endpoints].join(', ')}>`;
}

function predicateTexts(predicates: readonly Call[], { leading, sorted }: PredicateConventions): string[] {
  const ranks = new Map([...leading.keys()].map((name, rank) => [name, rank]));
  const texts = predicates.map((call) => ({
    rank: ranks.get(call.name) ?? ranks.size,
    isSorted: leading.has(call.name) && sorted.has(call.name),
    text: printPredicate(call, leading.get(call.name) ?? null),
  }));
  texts.sort((a, b) => a.rank - b.rank || (a.isSorted ? compareText(a.text, b.text) : 0));
  return texts.map(({ text }) => text);
}

function printPredicate(call: Call, pattern: number | null): string {
  const args = call.args.map((arg, i) => printArg(arg, arg.kind === 'regexp' || i === pattern));
  return `${call.name}(${args.join(', ')})`;
}
