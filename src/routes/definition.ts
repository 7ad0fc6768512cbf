import { type Arg, type Backend, type Call, NO_SPAN, type RouteDef } from '../../grammar/index.ts';
import type { NamedSpec, Namespace } from './names/namespace.ts';
import type { Registry } from './names/registry.ts';
import type { BackendRecord, CallRecord, RouteRecord } from './record.ts';

/**
 * The definition that a record was made from, without its places and under the modern names of `registry`: for printing
 * what is served.
 */
export function definitionOf(record: RouteRecord, registry: Registry): RouteDef {
  return {
    id: record.id,
    idSpan: null,
    predicates: record.predicates.map((each) => call(each, registry.predicates)),
    filters: record.filters.map((each) => call(each, registry.filters)),
    backend: backend(record.backend),
    span: NO_SPAN,
  };
}

/** Deprecated aliases are printed as the names they stand for. */
function call<S extends NamedSpec>([written, ...values]: CallRecord, names: Namespace<S>): Call {
  const name = names.get(written)?.name ?? written;
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
