import type { Backend, Call, RouteDef } from '../ast.ts';
import { canonical } from './canonical.ts';
import { NO_CONVENTIONS } from './conventions.ts';

/** A predicate or filter in JSON; `args` is absent when there are none. */
export interface CallJson {
  name: string;
  args?: (string | number)[];
}

/** A backend in JSON; `address` belongs to network, `algorithm` and `endpoints` to lb. */
export interface BackendJson {
  type: 'network' | 'shunt' | 'loopback' | 'dynamic' | 'lb' | 'forward';
  address?: string;
  algorithm?: string;
  endpoints?: string[];
}

/** A route in JSON, in the form Skipper writes and reads; empty parts are absent. */
export interface RouteJson {
  id?: string;
  backend?: BackendJson;
  predicates?: CallJson[];
  filters?: CallJson[];
}

/** The JSON form of a route, with its keys in Skipper's order. It does not tell regular expressions from strings. */
export function toJson(route: RouteDef, conventions = NO_CONVENTIONS): RouteJson {
  const { id, backend, predicates, filters } = canonical(route, conventions);
  const json: RouteJson = {};
  if (id !== '') json.id = id;
  const target = backendToJson(backend);
  if (target) json.backend = target;
  if (predicates.length > 0) json.predicates = predicates.map(callToJson);
  if (filters.length > 0) json.filters = filters.map(callToJson);
  return json;
}

function callToJson({ name, args }: Call): CallJson {
  return args.length > 0 ? { name, args: args.map((arg) => arg.value) } : { name };
}

function backendToJson(backend: Backend): BackendJson | null {
  if (backend.kind === 'network') return backend.url === '' ? null : { type: 'network', address: backend.url };
  if (backend.kind !== 'balanced') return { type: backend.kind };
  const json: BackendJson = { type: 'lb' };
  if (backend.algorithm) json.algorithm = backend.algorithm;
  json.endpoints = backend.endpoints.map(({ url }) => url);
  return json;
}
