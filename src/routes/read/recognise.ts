import { type Chunk, chunkText } from '../../../grammar/index.ts';
import type { LoadedRoute } from './loaded-route.ts';

/** How far definitions are looked for around the place where they are expected. */
const NEIGHBOURHOOD = 4;

/** What is known from an earlier version. */
interface Known {
  readonly routes: readonly LoadedRoute[];
  isConcerned(route: LoadedRoute): boolean;
}

/**
 * For each chunk the index of the known route with the same text, or -1. Most are where they were, give or take a few:
 * those are found without cutting their text out; the others by their text.
 */
export function recognise(text: string, chunks: readonly Chunk[], known: Known): Int32Array {
  const { routes, isConcerned } = known;
  const from = new Int32Array(chunks.length).fill(-1);
  const taken = new Uint8Array(routes.length);
  const lost: number[] = [];
  routes.forEach((route, index) => {
    if (isConcerned(route)) taken[index] = 1;
  });
  const isAt = (index: number, { start, end }: Chunk): boolean => {
    if (taken[index] !== 0) return false;
    const candidate = (routes[index] as LoadedRoute).text;
    // Comparing with a slice takes a tenth of the time that startsWith takes.
    return candidate.length === end - start && text.slice(start, end) === candidate;
  };
  let expected = 0;
  for (const [at, chunk] of chunks.entries()) {
    const last = expected + NEIGHBOURHOOD;
    let index = expected;
    if (!isAt(index, chunk)) index = Math.max(0, expected - NEIGHBOURHOOD);
    while (index <= last && !isAt(index, chunk)) index++;
    if (index <= last) {
      from[at] = index;
      taken[index] = 1;
      expected = index + 1;
    } else {
      lost.push(at);
      expected++;
    }
  }
  if (lost.length > 0) findLost(lost, from, { text, chunks, routes, taken });
  return from;
}

interface Search {
  readonly text: string;
  readonly chunks: readonly Chunk[];
  readonly routes: readonly LoadedRoute[];
  readonly taken: Uint8Array;
}

function findLost(lost: readonly number[], from: Int32Array, { text, chunks, routes, taken }: Search): void {
  const indexOf = new Map<string, number>();
  routes.forEach((route, index) => {
    if (taken[index] === 0) indexOf.set(route.text, index);
  });
  if (indexOf.size === 0) return;
  for (const at of lost) {
    const found = chunkText(text, chunks[at] as Chunk);
    const index = indexOf.get(found);
    if (index === undefined) continue;
    from[at] = index;
    indexOf.delete(found);
  }
}
