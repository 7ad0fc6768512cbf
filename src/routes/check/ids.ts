import type { Finding, Place, Related, Span, TextPlace } from '../../../grammar/index.ts';
import { finding } from '../findings/codes.ts';

/** Where a route's id stands, or would: at the beginning of its definition. */
export function idSpan(start: number, id: string): Span {
  return { start, end: start + id.length };
}

/** Ids of one text that occur twice, by their index: each with the place of the first. Null stands for no id. */
export function repeatedIds(
  ids: readonly (string | null)[],
  starts: readonly number[],
  lineOf: (offset: number) => { line: number; column: number },
): Map<number, Finding<TextPlace>> {
  const found = new Map<number, Finding<TextPlace>>();
  const seen = new Map<string, number>();
  for (const [at, id] of ids.entries()) {
    if (id === null || id === '') continue;
    const start = starts[at] as number;
    const first = seen.get(id);
    if (first === undefined) seen.set(id, start);
    else {
      const { line, column } = lineOf(first);
      found.set(at, takenId(id, `${line}:${column}`, idSpan(start, id), idSpan(first, id)));
    }
  }
  return found;
}

/** The finding that an id is taken; `where` tells it in words, `first` is where it is taken. */
export function takenId<P extends TextPlace | Place>(id: string, where: string, place: P, first: P): Finding<P> {
  const related: Related<P>[] = [{ message: 'it is taken here', place: first }];
  return { ...finding('duplicate-id', `the route id "${id}" is already taken at ${where}`, place), related };
}
