import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join, resolve, sep } from 'node:path';
import type { SourceChange } from './sources/index.ts';

/** The folder of the built-in filters. */
const FOLDER = join(import.meta.dirname, '..', 'filters');
let files: Set<string> | null = null;

/**
 * Says whether the file (an absolute path) belongs to the built-in filters. They have the shape of drop-ins, and in this
 * repository the drop-ins' folder: what is built in is loaded already and would clash with itself.
 */
export function isBuiltinFile(path: string): boolean {
  if (!path.startsWith(FOLDER + sep)) return false;
  files ??= reachable(join(FOLDER, `index${extname(path)}`));
  return files.has(path);
}

/** The file and all modules of its folder and the folders in it that it names, directly or not: imports, and what it starts as threads. */
function reachable(entry: string): Set<string> {
  const found = new Set([entry]);
  for (const file of found) {
    if (!existsSync(file)) continue;
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/'(\.\.?\/[^']+\.(?:ts|js))'/g)) {
      const imported = join(dirname(file), name as string);
      if (imported.startsWith(FOLDER + sep)) found.add(imported);
    }
  }
  return found;
}

/** The built-in filters are files of the same shape as drop-ins, and may lie in their folder: they are loaded already. */
export function withoutBuiltins(change: SourceChange): SourceChange {
  const isDropIn = (name: string): boolean => !isBuiltinFile(resolve(name));
  return { ...change, put: change.put.filter(({ name }) => isDropIn(name)), remove: change.remove.filter(isDropIn) };
}

/** The folders of drop-ins: those given, by default ./filters where it exists. */
export function dropInFolders(given: readonly string[]): readonly string[] {
  return given.length > 0 ? given : existsSync('./filters') ? ['./filters'] : [];
}
