import type { ReloadOutcome } from './reloader-options.ts';

/** So many names of files are told at most. */
const MAX_NAMES = 5;

/** What a load changed, in plain words: "reloaded routes/main.eskip: 2 added, 1 changed". Null when nothing is different. */
export function reloadWords({ files, dropIns, routes, isFirst }: ReloadOutcome): string | null {
  const { added, changed, removed, moved, rebuilt, total } = routes;
  const names = [...dropIns, ...files];
  if (names.length === 0) return null;
  if (isFirst) return `loaded ${namesOf(names)}: ${total} ${total === 1 ? 'route' : 'routes'}`;
  const counts = Object.entries({ added, changed, removed, moved, rebuilt }).filter(([, count]) => count > 0);
  const what = counts.map(([word, count]) => `${count} ${word}`).join(', ');
  return `reloaded ${namesOf(names)}: ${what === '' ? 'no route uses it' : what}`;
}

function namesOf(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return more > 0 ? `${names.slice(0, MAX_NAMES).join(', ')} and ${more} more` : names.join(', ');
}
