import type { TokenType } from 'chevrotain';
import type { Call, RouteDef } from './ast.ts';
import { checkRoute } from './checks.ts';
import { type Diagnostic, inOrder, type ParseResult, problem } from './diagnostic.ts';
import { Lexer } from './lexer.ts';
import type { Mismatch } from './mismatch.ts';
import { RouteParser } from './parser.ts';
import { SourceText } from './source-text.ts';
import { type Chunk, chunkText, hasSeparator, splitRoutes } from './split.ts';
import { describeMismatch } from './syntax-error.ts';
import { Token, tokenTypes } from './tokens.ts';
import { unbalanced } from './unbalanced.ts';

const lexer = new Lexer();
const parser = new RouteParser();

type Rule = Mismatch['rule'];

/**
 * Parses a document. All errors are found at once, since one route cannot hide another's; the value holds the routes
 * without errors, of routes with the same id the first.
 */
export function parseRoutes(text: string): ParseResult<RouteDef[]> {
  const chunks = splitRoutes(text);
  const errors: Diagnostic[] = [];
  const routes = chunks.map((chunk) => parseAt(chunkText(text, chunk), chunk.start, errors));
  const conflicts = checkDocument(
    text,
    chunks,
    routes.map((route) => route?.id ?? null),
  );
  for (const conflict of conflicts.values()) errors.push(conflict);
  const value = routes.filter((route, i) => route !== null && !conflicts.has(i)) as RouteDef[];
  return { value, errors: inOrder(errors) };
}

/**
 * Parses one chunk of a document; spans are relative to the chunk. The value is null when there are errors.
 * What involves other routes is left to {@link checkDocument}.
 */
export function parseRoute(chunk: string): ParseResult<RouteDef | null> {
  const errors: Diagnostic[] = [];
  return { value: parseAt(chunk, 0, errors), errors };
}

/** Parses `predicate && predicate`; the empty text has none. */
export function parsePredicates(text: string): ParseResult<Call[]> {
  return parseCalls('predicates', text);
}

/** Parses `filter -> filter`; the empty text has none. */
export function parseFilters(text: string): ParseResult<Call[]> {
  return parseCalls('filters', text);
}

/**
 * What is wrong with a document beyond its single routes, by index of the chunk: ids that occur twice, and anonymous
 * routes that do not stand alone. `ids` has an entry for each chunk: '' for an anonymous route, null for one with errors.
 */
export function checkDocument(
  text: string,
  chunks: readonly Chunk[],
  ids: readonly (string | null)[],
): Map<number, Diagnostic> {
  const conflicts = new Map<number, Diagnostic>();
  const seen = new Map<string, number>();
  let source: SourceText | null = null;
  ids.forEach((id, i) => {
    const { start, end } = chunks[i]!;
    if (id === '') {
      if (chunks.length === 1 && !hasSeparator(text, chunks)) return;
      const message =
        "a route without an id must be the only one in its file, with no ';' behind it; give it an id, as in name: …";
      conflicts.set(i, problem('anonymous-route', message, { start, end }));
    } else if (id !== null && seen.has(id)) {
      source ??= new SourceText('', text);
      const { line, column } = source.position(seen.get(id)!);
      const message = `the route id "${id}" is already taken at ${line}:${column}`;
      const first = { start: seen.get(id)!, end: seen.get(id)! + id.length };
      const span = { start, end: start + id.length };
      const related = [{ message: 'it is taken here', span: first }];
      conflicts.set(i, { ...problem('duplicate-id', message, span), related });
    } else if (id !== null) seen.set(id, start);
  });
  return conflicts;
}

function parseAt(text: string, base: number, errors: Diagnostic[]): RouteDef | null {
  const before = errors.length;
  const route = run('route', text, base, errors) as RouteDef | undefined;
  if (route) checkRoute(route, errors);
  return route && errors.length === before ? route : null;
}

function parseCalls(rule: 'predicates' | 'filters', text: string): ParseResult<Call[]> {
  const errors: Diagnostic[] = [];
  const calls = run(rule, text, 0, errors) as Call[] | undefined;
  return { value: errors.length > 0 ? [] : (calls ?? []), errors };
}

function run(rule: Rule, text: string, base: number, errors: Diagnostic[]): RouteDef | Call[] | undefined {
  const tokens = lexer.lex(text, base);
  if (rule !== 'route' && tokens.length === 0) return [];
  parser.input = tokens;
  const value = parser[rule]();
  const index = parser.stopIndex();
  if (index < 0) return value;
  const quotes = unbalanced({ tokens, index, text, base });
  if (quotes !== null) errors.push(quotes);
  else if (lexer.stray && index === tokens.length - 1) errors.push(lexer.stray);
  else
    errors.push(describeMismatch({ rule, tokens, index, ...continuations(rule, tokens.slice(0, index)), text, base }));
  return undefined;
}

type Continuations = Pick<Mismatch, 'expected' | 'mayEnd'>;

/** Remembered by token types, since a file that is wrong is often wrong in the same way thousands of times. */
const continuationsByShape = new Map<string, Continuations>();
const maxShapes = 1000;

/** What may follow after `tokens`. */
function continuations(rule: Rule, tokens: readonly Token[]): Continuations {
  const shape = `${rule} ${tokens.map((token) => token.tokenTypeIdx).join()}`;
  let found = continuationsByShape.get(shape);
  if (!found) {
    found = probe(rule, tokens);
    if (continuationsByShape.size >= maxShapes) continuationsByShape.clear();
    continuationsByShape.set(shape, found);
  }
  return found;
}

/** Asks the parser itself, by letting it try each token type; so what errors say cannot differ from the grammar. */
function probe(rule: Rule, tokens: readonly Token[]): Continuations {
  const expected = new Set<TokenType>();
  const next = new Token();
  for (const type of Object.values(tokenTypes)) {
    next.tokenType = type;
    next.tokenTypeIdx = type.tokenTypeIdx!;
    if (stopAt(rule, [...tokens, next]) !== tokens.length) expected.add(type);
  }
  return { expected, mayEnd: stopAt(rule, [...tokens]) < 0 };
}

function stopAt(rule: Rule, tokens: Token[]): number {
  parser.input = tokens;
  parser[rule]();
  return parser.stopIndex();
}
