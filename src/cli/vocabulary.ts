import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isBuiltinFile } from '../builtin-files.ts';
import { UsageError } from '../config/index.ts';
import { addSpecs, DropIns, PluginError } from '../reload/index.ts';
import { NameClashError, type Registry } from '../routing/index.ts';
import { isDropInFile } from '../sources/index.ts';
import { builtinRegistry } from '../vocabulary.ts';
import type { Console } from './command.ts';

/** What routes may name: built in, and from the drop-ins of `folders`. What is wrong with a drop-in is told to `io`. */
export async function loadVocabulary(
  folders: readonly string[],
  io: Console,
): Promise<{ registry: Registry; failed: boolean }> {
  const registry = builtinRegistry();
  const files = folders.flatMap(dropInFiles);
  if (files.length === 0) return { registry, failed: false };
  const dropIns = new DropIns();
  const { put, problems } = await dropIns.change(
    files.map((name) => ({ name, text: readFileSync(name, 'utf8') })),
    [],
  );
  const found = [...problems.values()].filter((problem) => problem !== null);
  for (const { code, specs } of put) {
    try {
      addSpecs(registry, specs, code.name);
    } catch (error) {
      if (!(error instanceof NameClashError)) throw error;
      found.push(new PluginError(code.name, { line: 1, column: 1 }, error.message));
    }
  }
  for (const problem of found) io.err(`${problem.format()}\n`);
  return { registry, failed: found.length > 0 };
}

/** The drop-ins of a folder, by name; not the built-in filters, which may lie beside them. */
function dropInFiles(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`there is no folder ${folder}`);
  return readdirSync(folder)
    .filter(isDropInFile)
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => !isBuiltinFile(resolve(file)));
}
