import type { TokenType } from 'chevrotain';
import type { Call, RouteDef } from '../ast.ts';
import { type Finding, inTextOrder, type ParseResult, syntaxFinding, type TextPlace } from '../finding.ts';
import { Lexer } from '../tokens/lexer.ts';
import { type Chunk, chunkText, hasSeparator, splitRoutes } from '../tokens/split.ts';
import { Token, tokenTypes } from '../tokens/tokens.ts';
import type { Mismatch } from './mismatch.ts';
import { RouteParser } from './parser.ts';
import { describeMismatch } from './syntax-error.ts';
import { unbalanced } from './unbalanced.ts';

const lexer = new Lexer();
const parser = new RouteParser();

type Rule = Mismatch['rule'];

/**
 * Parses a document. All errors are found at once, since one route cannot hide another's; the value holds the routes
 * without errors. Ids are not compared.
 */
export function parseRoutes(text: string): ParseResult<RouteDef[]> {
  const chunks = splitRoutes(text);
  const errors: Finding<TextPlace>[] = [];
  const routes = chunks.map((chunk) => parseAt(chunkText(text, chunk), chunk.start, errors));
  const ids = routes.map((route) => route?.id ?? null);
  const anonymous = anonymousAmongOthers(text, chunks, ids);
  const value = routes.filter((route, at) => route !== null && !anonymous.has(at)) as RouteDef[];
  return { value, errors: inTextOrder([...errors, ...anonymous.values()]) };
}

/**
 * Parses one chunk of a document; spans are relative to the chunk. The value is null when there are errors.
 * What involves other routes is not looked at.
 */
export function parseRoute(chunk: string): ParseResult<RouteDef | null> {
  const errors: Finding<TextPlace>[] = [];
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
 * The routes without an id that do not stand alone, by index of the chunk: no document can say that. `ids` has an entry
 * for each chunk: '' for an anonymous route, null for one with errors.
 */
export function anonymousAmongOthers(
  text: string,
  chunks: readonly Chunk[],
  ids: readonly (string | null)[],
): Map<number, Finding<TextPlace>> {
  const found = new Map<number, Finding<TextPlace>>();
  if (!ids.includes('') || (chunks.length === 1 && !hasSeparator(text, chunks))) return found;
  const message =
    "a route without an id must be the only one in its file, with no ';' after it; give it an id, as in name: …";
  for (const [at, id] of ids.entries())
    if (id === '') found.set(at, syntaxFinding('anonymous-route', message, chunks[at] as Chunk));
  return found;
}

function parseAt(text: string, base: number, errors: Finding<TextPlace>[]): RouteDef | null {
  return (run('route', text, base, errors) as RouteDef | undefined) ?? null;
}

function parseCalls(rule: 'predicates' | 'filters', text: string): ParseResult<Call[]> {
  const errors: Finding<TextPlace>[] = [];
  const calls = run(rule, text, 0, errors) as Call[] | undefined;
  return { value: errors.length > 0 ? [] : (calls ?? []), errors };
}

function run(rule: Rule, text: string, base: number, errors: Finding<TextPlace>[]): RouteDef | Call[] | undefined {
  // A route is a piece of a document, whose byte order mark stands before it.
  const tokens = lexer.lex(text, base, rule !== 'route');
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
