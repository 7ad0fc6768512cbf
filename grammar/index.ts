/**
 * The eskip language of Zalando Skipper, as syntax: text and JSON to route definitions and back, findings at their places,
 * formatting, templates. It knows no predicate, filter or algorithm by name, compares no ids and reads no address: that is
 * for src/routes. (`Any()` is the language's own other spelling of `*`; hints may name a predicate as an example.)
 *
 *   `tokens/`  characters, literals, tokens, the lexer, cutting a document into routes
 *   `parse/`   the parser, what to say where it stops, reading JSON
 *   `print/`   routes to text and JSON, the layout of documents
 *
 * May import: chevrotain, nothing of ours and no I/O.
 * Invariant: parsing what was printed gives an equal definition, and printing it again the same text.
 */
export type { Arg, Backend, BalancedBackend, Call, EndpointDef, RouteDef, Span } from './ast.ts';
export { NO_SPAN } from './ast.ts';
export {
  type CodeEntry,
  type Finding,
  findingMaker,
  inTextOrder,
  isError,
  type ParseResult,
  type Place,
  printFinding,
  printPlace,
  type Related,
  type Severity,
  SYNTAX_CODES,
  type TextPlace,
} from './finding.ts';
export { fromJson } from './parse/from-json.ts';
export { anonymousAmongOthers, parseFilters, parsePredicates, parseRoute, parseRoutes } from './parse/parse.ts';
export { canonical, equalRoutes } from './print/canonical.ts';
export { NO_CONVENTIONS, type PredicateConventions } from './print/conventions.ts';
export { formatText } from './print/format-document.ts';
export { type BackendJson, type CallJson, type RouteJson, toJson } from './print/json.ts';
export {
  type PrintOptions,
  printCall,
  printFilters,
  printPredicates,
  printRoute,
  printRoutes,
} from './print/print-route.ts';
export { type Position, SourceText } from './source-text.ts';
export { editDistance, suggest } from './suggest.ts';
export { parseTemplate, type TemplatePart } from './template.ts';
export { partSpan } from './tokens/literals.ts';
export { type Chunk, chunkText, splitRoutes } from './tokens/split.ts';
