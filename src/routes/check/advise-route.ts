import {
  type Call,
  type Finding,
  parseTemplate,
  type RouteDef,
  suggest,
  type TextPlace,
} from '../../../grammar/index.ts';
import { PathPatternError, parsePathPattern, pathParams } from '../../http/index.ts';
import { type Advising, knownPlaceholder, PLACEHOLDERS } from '../../plugin/index.ts';
import { finding } from '../findings/codes.ts';
import { BUILT_IN, type NamedSpec, type Namespace } from '../names/namespace.ts';
import type { Registry } from '../names/registry.ts';
import { isPath } from './check-form.ts';

/** What is legal in a route and hardly meant: of its parts taken together. All warnings. */
export function adviseRoute(def: RouteDef, registry: Registry): Finding<TextPlace>[] {
  return [
    ...placeholders(def, registry),
    ...contradictions(def),
    ...weightWithoutPath(def),
    ...loopbackToItself(def, registry),
    ...dynamicOfNobody(def, registry),
  ];
}

/** Placeholders that name nothing, in the templates among the arguments. */
function placeholders(def: RouteDef, registry: Registry): Finding<TextPlace>[] {
  const found: Finding<TextPlace>[] = [];
  let params: readonly string[] | null = null;
  for (const call of def.filters) {
    const schema = registry.filters.get(call.name)?.args ?? [];
    call.args.forEach((arg, index) => {
      const { type } = schema[Math.min(index, schema.length - 1)] ?? {};
      if (type !== 'template' || typeof arg.value !== 'string' || !arg.value.includes('${')) return;
      params ??= paramsOf(def);
      for (const { message, part } of faultsIn(arg.value, params))
        found.push(finding('placeholder', `${call.name}: ${message}`, { ...arg.span, part }));
    });
  }
  return found;
}

interface PlaceholderFault {
  readonly message: string;
  readonly part: { start: number; end: number };
}

function faultsIn(text: string, params: readonly string[]): PlaceholderFault[] {
  const found: PlaceholderFault[] = [];
  let start = 0;
  for (const piece of parseTemplate(text)) {
    const length = piece.kind === 'literal' ? piece.text.length : piece.name.length + 3;
    const message = piece.kind === 'literal' ? null : unknownPlaceholder(piece.name, params);
    if (message !== null) found.push({ message, part: { start, end: start + length } });
    const open = piece.kind === 'literal' ? piece.text.indexOf('${') : -1;
    if (open >= 0)
      found.push({
        message: 'this "${" opens no placeholder, since no name and "}" follow: it stays as it is',
        part: { start: start + open, end: start + open + 2 },
      });
    start += length;
  }
  return found;
}

function unknownPlaceholder(name: string, params: readonly string[]): string | null {
  if (knownPlaceholder(name) || params.includes(name)) return null;
  const shown = `\${${name}}`;
  if (/^re(?:quest|sponse)\b|\./.test(name)) {
    const [family = '', kind = '', ...key] = name.split('.');
    const meant = suggest(`${family}.${kind}`, PLACEHOLDERS);
    const advice = meant === null ? '' : `; did you mean "\${${[meant, ...key].join('.')}}"?`;
    return `${shown} stands for nothing, and is empty for ever${advice}`;
  }
  const known = params.length === 0 ? 'has none' : `has ${params.map((param) => `\${${param}}`).join(', ')}`;
  return `${shown} is no path parameter of this route, which ${known}: it is empty for ever`;
}

/** The names of the path parameters of a route. */
function paramsOf(def: RouteDef): readonly string[] {
  const path = def.predicates.find(({ name }) => isPath(name));
  const [text] = path?.args ?? [];
  if (typeof text?.value !== 'string') return [];
  try {
    return Object.keys(pathParams(parsePathPattern(text.value, path?.name === 'PathSubtree'), '/'));
  } catch (error) {
    if (error instanceof PathPatternError) return [];
    throw error;
  }
}

/** Predicates of which each takes one of some values of the same thing, by what that is. */
const ONE_OF: Readonly<Record<string, string>> = { Method: 'method', Methods: 'method', HostAny: 'host' };

/** Two predicates that no request satisfies both. */
function contradictions(def: RouteDef): Finding<TextPlace>[] {
  const met = new Map<string, { call: Call; values: ReadonlySet<string> }>();
  for (const call of def.predicates) {
    const thing = ONE_OF[call.name];
    if (thing === undefined) continue;
    const values = new Set(
      call.args.map(({ value }) => (call.name === 'Methods' ? String(value).toUpperCase() : String(value))),
    );
    const before = met.get(thing);
    const both = before === undefined ? values : new Set([...values].filter((value) => before.values.has(value)));
    if (before !== undefined && both.size === 0) {
      const message = `this route never matches: a request has one ${thing}, and no ${thing} is in both lists`;
      const related = [{ message: 'this is the other one', place: before.call.span }];
      return [{ ...finding('never-matches', message, call.span), related }];
    }
    met.set(thing, { call, values: both });
  }
  return [];
}

/** A weight that is to say: before all others. */
const HEAVY = 100;

/** A heavy route without a path: what has a path comes before it nevertheless. */
function weightWithoutPath(def: RouteDef): Finding<TextPlace>[] {
  if (def.predicates.some(({ name }) => isPath(name))) return [];
  const weight = def.predicates.find(({ name }) => name === 'Weight');
  const [arg] = weight?.args ?? [];
  if (arg?.kind !== 'number' || arg.value < HEAVY) return [];
  const message =
    'Weight orders the routes at one path: those with a Path or PathSubtree that matches are asked before this one, whatever it weighs';
  return [finding('advice', message, weight?.span ?? def.span)];
}

/** What asks the same of a request each time. */
const STEADY = new Set(['Path', 'PathSubtree', 'Host', 'HostAny', 'Method', 'Methods', 'Header', 'Weight', 'True']);

/** A loopback of a request that nothing has changed: it comes to the same route until the limit of loopbacks. */
function loopbackToItself(def: RouteDef, registry: Registry): Finding<TextPlace>[] {
  if (def.backend.kind !== 'loopback' || !def.predicates.every(({ name }) => STEADY.has(name))) return [];
  if (!def.filters.every((call) => leavesRoute(call, registry, def))) return [];
  const message =
    'this loopback leads to the route itself, again and again: change the path, the host or what else the predicates ask for before it';
  return [finding('self-loopback', message, def.backend.span)];
}

/** Whether a filter is known to leave a request to the same route: setPath to a path that the route has itself. */
function leavesRoute({ name, args }: Call, { filters }: Registry, def: RouteDef): boolean {
  const target = args[0]?.value;
  if (name !== 'setPath' || filters.originOf(name) !== BUILT_IN || typeof target !== 'string') return false;
  const path = def.predicates.find(({ name }) => isPath(name));
  const own = path?.args[0]?.value;
  if (path === undefined) return true;
  if (typeof own !== 'string' || /[:*$]/.test(own + target)) return false;
  return target === own || (path.name === 'PathSubtree' && `${target}/`.startsWith(`${own.replace(/\/$/, '')}/`));
}

/** A dynamic backend that no filter gives an address. */
function dynamicOfNobody(def: RouteDef, registry: Registry): Finding<TextPlace>[] {
  if (def.backend.kind !== 'dynamic') return [];
  const mayset = ({ name }: Call): boolean =>
    name.startsWith('setDynamicBackend') || name === 'script' || isForeign(registry.filters, name);
  if (def.filters.some(mayset)) return [];
  const message =
    'nobody says where a <dynamic> backend is: put setDynamicBackendUrl or one of its like before it, or requests are answered 502';
  return [finding('dynamic-backend', message, def.backend.span)];
}

function isForeign(names: Namespace<NamedSpec & Advising>, name: string): boolean {
  return names.originOf(name) !== BUILT_IN;
}
