import { type Arg, type Backend, type Call, NO_SPAN, type RouteDef } from '../ast.ts';
import { compareText } from './compare-text.ts';
import { NO_CONVENTIONS, type PredicateConventions } from './conventions.ts';
import { printCall, printRoute } from './print-route.ts';

/**
 * The canonical form of a route, in which everything that does not change its meaning is settled: predicates sorted by
 * name, endpoints by address, every text argument of kind `string`, predicates that say nothing gone, no spans.
 */
export function canonical(route: RouteDef, conventions = NO_CONVENTIONS): RouteDef {
  const { sorted } = conventions;
  return {
    id: route.id,
    idSpan: null,
    predicates: route.predicates
      .filter((call) => saysSomething(call, conventions))
      .map(bareCall)
      .sort(
        (a, b) => compareText(a.name, b.name) || (sorted.has(a.name) ? compareText(printCall(a), printCall(b)) : 0),
      ),
    filters: route.filters.map(bareCall),
    backend: bareBackend(route.backend),
    span: NO_SPAN,
  };
}

/** True when two routes have the same id and the same meaning: the order of predicates and endpoints does not count. */
export function equalRoutes(a: RouteDef, b: RouteDef, conventions = NO_CONVENTIONS): boolean {
  return a.id === b.id && fingerprint(a, conventions) === fingerprint(b, conventions);
}

function fingerprint(route: RouteDef, conventions: PredicateConventions): string {
  const form = canonical(route, conventions);
  return [...form.predicates.map(printCall).sort(), printRoute({ ...form, predicates: [] })].join('\n');
}

/** `Any()` is the language's own other spelling of `*`. */
function saysSomething({ name, args }: Call, { voidWhenEmpty }: PredicateConventions): boolean {
  if (name === 'Any') return false;
  return !voidWhenEmpty.has(name) || args.length !== 1 || args[0]?.value !== '';
}

function bareCall(call: Call): Call {
  return { name: call.name, args: call.args.map(bareArg), span: NO_SPAN, nameSpan: NO_SPAN };
}

function bareArg(arg: Arg): Arg {
  if (arg.kind === 'number') return { ...arg, span: NO_SPAN };
  return { kind: 'string', value: arg.value, span: NO_SPAN };
}

function bareBackend(backend: Backend): Backend {
  if (backend.kind !== 'balanced') return { ...backend, span: NO_SPAN };
  const endpoints = backend.endpoints.map(({ url }) => ({ url, span: NO_SPAN }));
  endpoints.sort((a, b) => compareText(a.url, b.url));
  return { ...backend, endpoints, algorithmSpan: null, span: NO_SPAN };
}
