import type { Backend, Call, RouteDef } from '../../grammar/index.ts';
import type { ArgValue } from '../plugin/index.ts';

/** A predicate or filter call as it travels: name, then arguments. */
export type CallRecord = readonly [name: string, ...args: ArgValue[]];

/** A backend as it travels. */
export type BackendRecord =
  | { kind: 'network'; url: string }
  | { kind: 'balanced'; algorithm: string | null; endpoints: string[] }
  | { kind: 'shunt' | 'loopback' | 'dynamic' | 'forward' };

/** A route definition without positions: plain JSON, what data threads receive and provision. */
export interface RouteRecord {
  id: string;
  /** Place among all definitions: decides between routes of equal rank, the smaller first. Any finite number. */
  order: number;
  predicates: CallRecord[];
  filters: CallRecord[];
  backend: BackendRecord;
}

/** The record of a definition. */
export function recordOf(def: RouteDef, order: number): RouteRecord {
  return {
    id: def.id,
    order,
    predicates: def.predicates.map(callRecord),
    filters: def.filters.map(callRecord),
    backend: backendRecord(def.backend),
  };
}

function callRecord(call: Call): CallRecord {
  return [call.name, ...call.args.map(({ value }) => value)];
}

function backendRecord(backend: Backend): BackendRecord {
  if (backend.kind === 'network') return { kind: 'network', url: backend.url };
  if (backend.kind !== 'balanced') return { kind: backend.kind };
  return { kind: 'balanced', algorithm: backend.algorithm, endpoints: backend.endpoints.map(({ url }) => url) };
}
