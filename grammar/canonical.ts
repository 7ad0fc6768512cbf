import { type Arg, type Backend, type Call, NO_SPAN, type RouteDef } from './ast.ts';
import { compareText } from './order.ts';
import { printCall, printRoute } from './print.ts';

/**
 * The canonical form of a route, in which everything that does not change its meaning is settled: predicates sorted by
 * name, endpoints by address, every text argument of kind `string`, empty Path and Method predicates gone, no spans.
 */
export function canonical(route: RouteDef): RouteDef {
  return {
    id: route.id,
    idSpan: null,
    predicates: route.predicates.filter(saysSomething).map(bareCall).sort(byNameThenHeader),
    filters: route.filters.map(bareCall),
    backend: bareBackend(route.backend),
    span: NO_SPAN,
  };
}

/** True when two routes have the same id and the same meaning: the order of predicates and endpoints does not count. */
export function equalRoutes(a: RouteDef, b: RouteDef): boolean {
  return a.id === b.id && fingerprint(a) === fingerprint(b);
}

function fingerprint(route: RouteDef): string {
  const form = canonical(route);
  return [...form.predicates.map(printCall).sort(), printRoute({ ...form, predicates: [] })].join('\n');
}

function saysSomething(call: Call): boolean {
  const [arg] = call.args;
  if (call.name === 'Any') return false;
  if (call.name !== 'Path' && call.name !== 'Method') return true;
  return call.args.length !== 1 || arg?.value !== '';
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

function byNameThenHeader(a: Call, b: Call): number {
  const order = compareText(a.name, b.name);
  return order === 0 && a.name.startsWith('Header') ? compareText(printCall(a), printCall(b)) : order;
}
