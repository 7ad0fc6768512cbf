import { ArgError } from '../../src/plugin/index.ts';
import { type ContentCoding, contentCoding } from '../lib/content-coding.ts';
import { readOptions } from '../lib/options.ts';

/** What `static` is told besides the folder. */
export interface StaticOptions {
  /** The files that stand for their folder, the first that is there. */
  readonly indexes: readonly string[];
  /** Cache-Control of files, or null. */
  readonly cacheControl: string | null;
  /** The codings of which files may lie beside the plain ones, the one to prefer first. */
  readonly precompressed: readonly Precompressed[];
  /** Whether files and folders are served whose name begins with a dot. */
  readonly dotfiles: boolean;
}

/** A coding in which files may lie beside the plain ones. */
export interface Precompressed extends ContentCoding {
  /** How their names end, such as ".br". */
  readonly suffix: string;
}

const SUFFIXES: Readonly<Record<string, string>> = { br: '.br', gzip: '.gz', zstd: '.zst' };

/** Reads the options; `at` is the number of arguments before them. @throws ArgError */
export function readStaticOptions(values: readonly string[], at: number): StaticOptions {
  const read = readOptions(values, ['index', 'cacheControl', 'precompressed', 'dotfiles'], at);
  // The place of the last value with that name, which is the one in force.
  const place = (name: string): number => at + values.findLastIndex((value) => value.startsWith(`${name}=`));
  const [dotfiles = 'ignore'] = read.dotfiles.slice(-1);
  if (dotfiles !== 'ignore' && dotfiles !== 'serve')
    throw new ArgError(
      `expected "dotfiles=ignore" or "dotfiles=serve", found "dotfiles=${dotfiles}"`,
      place('dotfiles'),
    );
  return {
    indexes: read.index.length === 0 ? ['index.html'] : indexesOf(read.index, place('index')),
    cacheControl: read.cacheControl.at(-1) ?? null,
    precompressed: listOf(read.precompressed).map((name) => precompressedOf(name, place('precompressed'))),
    dotfiles: dotfiles === 'serve',
  };
}

function listOf(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).map((each) => each.trim());
}

function indexesOf(values: readonly string[], index: number): string[] {
  const names = listOf(values);
  for (const name of names) {
    if (name === '' || name.includes('/'))
      throw new ArgError(`expected names of files such as "index=index.html,index.htm", found "${name}"`, index);
  }
  return names;
}

function precompressedOf(name: string, index: number): Precompressed {
  const suffix = SUFFIXES[name];
  const coding = contentCoding(name);
  if (suffix === undefined || coding === null) {
    const known = Object.keys(SUFFIXES).join(', ');
    throw new ArgError(`expected codings among ${known} such as "precompressed=br,gzip", found "${name}"`, index);
  }
  return { ...coding, suffix };
}
