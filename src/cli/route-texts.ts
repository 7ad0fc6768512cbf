import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SourceText } from '../../grammar/index.ts';
import { UsageError } from '../config/index.ts';
import type { Console } from './command.ts';

/** Reads route files, the *.eskip files of folders, and "-", standard input. @throws UsageError when one is not there. */
export async function readRouteTexts(paths: readonly string[], io: Console): Promise<SourceText[]> {
  const texts: SourceText[] = [];
  for (const path of paths) {
    if (path === '-') texts.push(new SourceText('<stdin>', await io.input()));
    else for (const file of routeFiles(path)) texts.push(new SourceText(file, readFileSync(file, 'utf8')));
  }
  return texts;
}

/** The route file itself, or the *.eskip files of a folder, by name. @throws UsageError when there is nothing. */
export function routeFiles(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new UsageError(`there is no file or folder ${path}`);
  if (!stat.isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name.endsWith('.eskip') && !name.startsWith('.'))
    .sort()
    .map((name) => join(path, name));
}
