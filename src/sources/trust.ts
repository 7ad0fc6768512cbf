import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { EntryFacts } from './scan-folder.ts';

const OTHERS_WRITE = 0o002;
const GROUP_WRITES = 0o020;
/** In such a folder nobody renames or removes what is another's. */
const STICKY = 0o1000;

/**
 * Why code that nobody named is not to be run: others than this user could have put it there. Everybody may write the entry, or
 * a group that is not this process' own (which systems give each user for himself), or the same holds for a folder above.
 */
export async function writableByOthers(
  name: string,
  facts: EntryFacts,
  roots: readonly string[],
): Promise<string | null> {
  const who = writers(facts);
  if (who !== null) return refusal(who, name, facts.mode);
  if (!roots.includes(name)) return null;
  for (let folder = path.dirname(await realpath(name)); ; folder = path.dirname(folder)) {
    const { mode, gid } = await stat(folder);
    const above = (mode & STICKY) === 0 ? writers({ mode, group: gid }) : null;
    if (above !== null) return refusal(above, folder, mode);
    if (folder === path.dirname(folder)) return null;
  }
}

function writers({ mode, group }: { mode: number; group: number }): string | null {
  // Windows has other rights, and says nothing of them here.
  if (process.getegid === undefined) return null;
  if ((mode & OTHERS_WRITE) !== 0) return 'everybody';
  return (mode & GROUP_WRITES) !== 0 && group !== process.getegid() ? `the group ${group}` : null;
}

function refusal(who: string, name: string, mode: number): string {
  const bits = (mode & 0o7777).toString(8).padStart(4, '0');
  return `not loaded, because ${who} can write ${name} (mode ${bits}); take that right away, or name the folder with --filters-dir`;
}
