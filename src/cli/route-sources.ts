import { existsSync } from 'node:fs';
import { UsageError } from '../config/index.ts';
import { InlineRoutes, placeOfFault, routeFilesNow, type Source, type SourceFault, textOf } from '../sources/index.ts';
import type { Console } from './command.ts';

/** The name that findings give to standard input. */
export const STDIN = '<stdin>';

/** Route files, the *.eskip files of folders, and "-", standard input. @throws UsageError when one is not there */
export async function routeSources(paths: readonly string[], io: Console): Promise<Source[]> {
  const files = paths.filter((path) => path !== '-');
  for (const path of files) if (!existsSync(path)) throw new UsageError(`there is no file or folder ${path}`);
  const sources: Source[] = files.length === 0 ? [] : [routeFilesNow(files)];
  if (paths.includes('-')) sources.push(await standardInput(io));
  return sources;
}

async function standardInput(io: Console): Promise<Source> {
  try {
    return new InlineRoutes(textOf(await io.input()), STDIN);
  } catch (error) {
    const { message } = error as Error;
    const fault: SourceFault = { name: STDIN, message, wasGood: false, severity: 'error', ...placeOfFault(error) };
    return { start: async (deliver) => deliver({ put: [], remove: [], faults: [fault] }), close: async () => {} };
  }
}
