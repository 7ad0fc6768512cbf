/** A range of source text: UTF-16 offsets, `end` exclusive. Definitions that come from no text (JSON) carry {@link NO_SPAN}. */
export interface Span {
  start: number;
  end: number;
}

/** The span of a definition that was not read from text; frozen, since all of them share it. */
export const NO_SPAN: Span = Object.freeze({ start: 0, end: 0 });

/** One argument of a predicate or filter; `kind` remembers the spelling, `value` is what the literal denotes. */
export type Arg =
  | { kind: 'string'; value: string; span: Span }
  | { kind: 'number'; value: number; span: Span }
  | { kind: 'regexp'; value: string; span: Span };

/** A predicate or a filter as written: a name and its arguments. */
export interface Call {
  name: string;
  args: Arg[];
  span: Span;
  nameSpan: Span;
}

/** One member of a balanced backend; the query part of `url` may carry attributes such as `zone`. */
export interface EndpointDef {
  url: string;
  span: Span;
}

/** A set of endpoints with the algorithm that chooses among them; `algorithm` is null when the default applies. */
export interface BalancedBackend {
  kind: 'balanced';
  algorithm: string | null;
  algorithmSpan: Span | null;
  endpoints: EndpointDef[];
  span: Span;
}

/** Where a route sends its requests. The `url` of a network backend may be empty: then the filters must answer. */
export type Backend =
  | { kind: 'network'; url: string; span: Span }
  | { kind: 'shunt' | 'loopback' | 'dynamic' | 'forward'; span: Span }
  | BalancedBackend;

/** A parsed route; `id` is empty when the route is anonymous. `*` and `Any()` leave no predicate behind. */
export interface RouteDef {
  id: string;
  idSpan: Span | null;
  predicates: Call[];
  filters: Call[];
  backend: Backend;
  span: Span;
}
