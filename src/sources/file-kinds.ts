import path from 'node:path';
import { FilesOnce } from './files-once.ts';
import type { Selection } from './scan-folder.ts';
import type { Source } from './source.ts';
import { writableByOthers } from './trust.ts';
import { WatchedFiles } from './watched-files.ts';

/** Whether a file of a directory holds routes, by its base name: `*.eskip`. */
export function isRouteFile(fileName: string): boolean {
  return fileName.endsWith('.eskip');
}

/** Whether a file of a directory is a drop-in, by its base name: `*.ts`, `*.js`, `*.mjs`, but no test or typings. */
export function isDropInFile(fileName: string): boolean {
  return /\.(ts|js|mjs)$/.test(fileName) && !/\.(test|d)\.[a-z]+$/.test(fileName);
}

const ROUTES: Selection = { accept: isRouteFile, deep: false };
const DROP_INS: Selection = { accept: isDropInFile, deep: true };

/** The route files among `paths`: files by whatever name, and those that stand in directories themselves. */
export function routeFiles(paths: readonly string[]): WatchedFiles {
  return new WatchedFiles({ paths, ...ROUTES });
}

/** The same as they are now, without watching them. */
export function routeFilesNow(paths: readonly string[]): Source {
  return new FilesOnce(paths, ROUTES);
}

/**
 * The drop-ins in directories and their subdirectories. Where `trusted` is false, what others can write is left out; see
 * `writableByOthers`.
 */
export function pluginFiles(directories: readonly string[], trusted = true): WatchedFiles {
  return new WatchedFiles({
    paths: directories,
    ...dropInsIn(directories, trusted),
  });
}

/** The same as they are now, without watching them. */
export function pluginFilesNow(directories: readonly string[], trusted = true): Source {
  return new FilesOnce(directories, dropInsIn(directories, trusted));
}

function dropInsIn(directories: readonly string[], trusted: boolean): Selection {
  const roots = directories.map((directory) => path.normalize(directory));
  if (trusted) return DROP_INS;
  return { ...DROP_INS, distrust: (name, facts) => writableByOthers(name, facts, roots) };
}
