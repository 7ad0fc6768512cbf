import { type Arg, type Backend, type Call, NO_SPAN, type RouteDef } from '../../grammar/index.ts';
import type { BackendRecord, CallRecord, RouteRecord } from './record.ts';

/** The definition that a record was made from, without its places: for printing what is served. */
export function definitionOf(record: RouteRecord): RouteDef {
  return {
    id: record.id,
    idSpan: null,
    predicates: record.predicates.map(call),
    filters: record.filters.map(call),
    backend: backend(record.backend),
    span: NO_SPAN,
  };
}

function call([name, ...values]: CallRecord): Call {
  const args = values.map(
    (value): Arg =>
      typeof value === 'number' ? { kind: 'number', value, span: NO_SPAN } : { kind: 'string', value, span: NO_SPAN },
  );
  return { name, args, span: NO_SPAN, nameSpan: NO_SPAN };
}

function backend(record: BackendRecord): Backend {
  if (record.kind === 'network') return { kind: 'network', url: record.url, span: NO_SPAN };
  if (record.kind !== 'balanced') return { kind: record.kind, span: NO_SPAN };
  const endpoints = record.endpoints.map((url) => ({ url, span: NO_SPAN }));
  return { kind: 'balanced', algorithm: record.algorithm, algorithmSpan: null, endpoints, span: NO_SPAN };
}
