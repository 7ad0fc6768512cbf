import { suggest } from '../../../grammar/index.ts';
import type { Entry, Reference } from './reference.ts';
import { FILTER_TASKS, isOf, PREDICATE_TASKS, type Task } from './tasks.ts';

/** One thing that a search found. */
export interface Hit {
  readonly kind: 'predicate' | 'filter' | 'algorithm';
  readonly entry: Entry;
}

/** The whole vocabulary as one list. */
export function entriesOf({ predicates, filters, balancers }: Reference): Hit[] {
  return [
    ...predicates.map((entry) => ({ kind: 'predicate', entry }) as const),
    ...filters.map((entry) => ({ kind: 'filter', entry }) as const),
    ...balancers.map((entry) => ({ kind: 'algorithm', entry }) as const),
  ];
}

/** Whether a word is the name of an entry, or another name of it; case does not count. */
export function isCalled({ name, aliases = [] }: Entry, word: string): boolean {
  return [name, ...aliases].some((each) => each.toLowerCase() === word.toLowerCase());
}

/** What has to do with a word, the nearest first: by name, by task, by what is said about it. */
export function search(hits: readonly Hit[], word: string): Hit[] {
  const wanted = word.toLowerCase();
  const ranked = hits.map((hit) => ({ hit, rank: rankOf(hit, wanted) })).filter(({ rank }) => rank > 0);
  return ranked.sort((a, b) => b.rank - a.rank).map(({ hit }) => hit);
}

function rankOf({ kind, entry }: Hit, wanted: string): number {
  if (entry.name.toLowerCase().includes(wanted)) return 4;
  const tasks = kind === 'predicate' ? PREDICATE_TASKS : kind === 'filter' ? FILTER_TASKS : [];
  if (tasks.some((task) => isOf(task, entry.name) && hasWord(task, wanted))) return 3;
  if (`${entry.summary} ${entry.refused ?? ''}`.toLowerCase().includes(wanted)) return 2;
  return entry.details?.toLowerCase().includes(wanted) === true ? 1 : 0;
}

function hasWord({ title, words }: Task, wanted: string): boolean {
  const all = `${title} ${words}`.toLowerCase();
  return all.split(/[\s,]+/).includes(wanted) || (wanted.includes(' ') && all.includes(wanted));
}

/** The name most likely meant, or null. */
export function nearestName(hits: readonly Hit[], word: string): string | null {
  return suggest(
    word,
    hits.map(({ entry }) => entry.name),
  );
}
