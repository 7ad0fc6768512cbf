import { existsSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { filterFolders } from '../../filters/index.ts';
import type { SourceChange } from '../sources/index.ts';

/** The folder of the built-in filters. */
const FOLDER = join(import.meta.dirname, '..', '..', 'filters');
const OURS: ReadonlySet<string> = new Set(filterFolders);
const LISTS = /^(?:index|families)\.[jt]s$/;

/**
 * Says whether the file (an absolute path) belongs to the built-in filters: to a folder of a family, or to what lists
 * them. They have the shape of drop-ins, and in this repository the drop-ins' folder: what is built in is loaded already
 * and would clash with itself.
 */
export function isBuiltinFile(path: string): boolean {
  const [first = '', ...deeper] = relative(FOLDER, path).split(sep);
  return deeper.length > 0 ? OURS.has(first) : LISTS.test(first);
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
