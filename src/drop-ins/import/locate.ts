import { execFile } from 'node:child_process';
import { PluginError, placeIn } from '../plugin-error.ts';
import type { ImportFailure } from './import-failure.ts';
import { fileUrlOf } from './module-hooks.ts';

/** A drop-in file as it was when it failed. */
export interface FailedFile {
  readonly name: string;
  readonly text: string;
}

/**
 * Turns what importing a drop-in came to into a problem with its place: the innermost drop-in file that had to do with it.
 * `fileAt` knows the drop-in files by URL; `entry` is the one that was imported.
 */
export async function locateFailure(
  failure: ImportFailure,
  entry: FailedFile,
  fileAt: (url: string) => FailedFile | undefined,
): Promise<PluginError> {
  const { message } = failure;
  if (failure.kind === 'spec') {
    return new PluginError(entry.name, placeIn(entry.text, exportOffset(entry.text, failure.exportName)), message);
  }
  if (failure.kind === 'import') {
    const importer = fileAt(failure.importer) ?? entry;
    return new PluginError(importer.name, placeIn(importer.text, specifierOffset(importer.text, failure)), message);
  }
  const { stack, syntax } = failure;
  const place = placeFromArrow(stack) ?? placeFromFrames(stack, fileAt);
  const file = place === null ? undefined : fileAt(place.url);
  if (place !== null && file !== undefined) return new PluginError(file.name, place, message);
  if (syntax) return compileAgain(entry, message);
  return new PluginError(entry.name, { line: 1, column: 1 }, message);
}

interface Place {
  url: string;
  line: number;
  column: number;
}

/** What Node puts before the stack of errors in source text: `URL:LINE`, the line, and carets below it. */
function placeFromArrow(stack: string): Place | null {
  const lines = stack.split('\n');
  const [, url, line] = /^(file:\S+?):(\d+)$/.exec(lines[0] ?? '') ?? [];
  const carets = lines.findIndex((text) => /^\s*\^+\s*$/.test(text));
  if (url === undefined) return null;
  // Of what is missing at the very end there is nothing to point to.
  const column = carets < 2 ? (lines[1] ?? '').length + 1 : (lines[carets] ?? '').indexOf('^') + 1;
  return { url: fileUrlOf(url), line: Number(line), column };
}

function placeFromFrames(stack: string, fileAt: (url: string) => FailedFile | undefined): Place | null {
  for (const [, url = '', line, column] of stack.matchAll(/(file:[^\s()]+?):(\d+):(\d+)\)?$/gm)) {
    const plain = fileUrlOf(url);
    if (fileAt(plain) !== undefined) return { url: plain, line: Number(line), column: Number(column) };
  }
  return null;
}

/**
 * Where V8 cannot compile a file. Its place is in no property of the error; only a process that dies of it prints the
 * place. The text cannot run there, since it does not compile.
 */
function compileAgain(file: FailedFile, problem: string): Promise<PluginError> {
  const type = file.name.endsWith('.ts') ? 'module-typescript' : 'module';
  const options = ['--no-warnings', '--permission', `--input-type=${type}`, '-'];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, options, { timeout: 5000 }, (_error, _stdout, stderr) => {
      const place = placeFromArrow(stderr.replace(/^\S*?:(\d+)\n/, 'file:///text:$1\n'));
      resolve(new PluginError(file.name, place ?? { line: 1, column: 1 }, problem));
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(file.text);
  });
}

/** Where an export is declared or named. */
export function exportOffset(text: string, exportName: string): number {
  if (exportName === 'default') return text.search(/\bexport\s+default\b|\bas\s+default\b/);
  const found = new RegExp(`\\b(?:const|let|var|function|class|as)\\s+(${exportName.replaceAll('$', '\\$')})\\b`).exec(
    text,
  );
  return found === null ? text.indexOf(exportName) : found.index + found[0].length - exportName.length;
}

function specifierOffset(text: string, { specifier }: { specifier: string }): number {
  return Math.max(text.indexOf(`'${specifier}'`), text.indexOf(`"${specifier}"`));
}
