import path from 'node:path';
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

/** The route files among `paths`: files by whatever name, and those that stand in directories themselves. */
export function routeFiles(paths: readonly string[]): WatchedFiles {
  return new WatchedFiles({ paths, accept: isRouteFile, deep: false });
}

/**
 * The drop-ins in directories and their subdirectories. Where `trusted` is false, what others can write is left out; see
 * `writableByOthers`.
 */
export function pluginFiles(directories: readonly string[], trusted = true): WatchedFiles {
  const roots = directories.map((directory) => path.normalize(directory));
  return new WatchedFiles({
    paths: directories,
    accept: isDropInFile,
    deep: true,
    ...(trusted ? {} : { distrust: (name, facts) => writableByOthers(name, facts, roots) }),
  });
}
