/*
 * The eskip language of Zalando Skipper: text and JSON to route definitions and back, diagnostics with their places,
 * formatting, templates. It says nothing about which predicates and filters exist or what their arguments mean.
 * May import: chevrotain, nothing of ours and no I/O.
 * Invariant: parsing what was printed gives an equal definition, and printing it again the same text.
 */
export { type Address, readAddress } from './address.ts';
export type { Arg, Backend, BalancedBackend, Call, EndpointDef, RouteDef, Span } from './ast.ts';
export { NO_SPAN } from './ast.ts';
export { canonical, equalRoutes } from './canonical.ts';
export { type Diagnostic, inOrder, type ParseResult, problem, type Related } from './diagnostic.ts';
export { formatText } from './format.ts';
export { fromJson } from './from-json.ts';
export { type BackendJson, type CallJson, type RouteJson, toJson } from './json.ts';
export { partSpan } from './literals.ts';
export { checkDocument, parseFilters, parsePredicates, parseRoute, parseRoutes } from './parse.ts';
export { type PrintOptions, printCall, printFilters, printPredicates, printRoute, printRoutes } from './print.ts';
export { type Position, SourceText } from './source-text.ts';
export { type Chunk, chunkText, splitRoutes } from './split.ts';
export { editDistance, suggest } from './suggest.ts';
export { parseTemplate, type TemplatePart } from './template.ts';
