import {
  anonymousAmongOthers,
  type Chunk,
  chunkText,
  type Finding,
  inTextOrder,
  isError,
  type ParseResult,
  parseRoute,
  type RouteDef,
  SourceText,
  splitRoutes,
  type TextPlace,
} from '../../../grammar/index.ts';
import { checkForm } from '../check/check-form.ts';
import { repeatedIds } from '../check/ids.ts';
import { shifted } from '../findings/finding.ts';

/**
 * Reads a document as far as it can be read without knowing any names: syntax, the form of each route, ids. The value
 * holds the routes without errors, of routes with the same id the first.
 */
export function readDocument(text: string): ParseResult<RouteDef[]> {
  const chunks = splitRoutes(text);
  const errors: Finding<TextPlace>[] = [];
  const routes = chunks.map((chunk) => {
    const read = readForm(chunkText(text, chunk));
    for (const error of read.errors) errors.push(shifted(error, chunk.start));
    return read.value;
  });
  const ids = routes.map((route) => route?.id ?? null);
  const conflicts = betweenRoutes(text, chunks, ids);
  const value = routes.filter((route, at) => route !== null && !conflicts.has(at)) as RouteDef[];
  return { value, errors: inTextOrder([...errors, ...conflicts.values()]) };
}

/** Reads one route; its places are relative to the text. */
export function readForm(text: string): ParseResult<RouteDef | null> {
  const { value, errors } = parseRoute(text);
  const found = value === null ? errors : checkForm(value).filter(isError);
  return { value: found.length > 0 ? null : value, errors: found };
}

/**
 * What is wrong with a document beyond its single routes, by index of the chunk: ids that occur twice, and routes without
 * one that do not stand alone. `ids` has an entry for each chunk: '' for none, null for a route with errors.
 */
export function betweenRoutes(
  text: string,
  chunks: readonly Chunk[],
  ids: readonly (string | null)[],
): Map<number, Finding<TextPlace>> {
  const starts = chunks.map(({ start }) => start);
  let source: SourceText | null = null;
  const repeated = repeatedIds(ids, starts, (offset) => (source ??= new SourceText('', text)).position(offset));
  return new Map([...repeated, ...anonymousAmongOthers(text, chunks, ids)].sort(([a], [b]) => a - b));
}
