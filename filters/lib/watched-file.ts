import { readFileSync, type Stats, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { ArgError, type Log } from '../../src/plugin/index.ts';

/** How often files are looked at, in ms. */
const POLL_MS = 1000;

/** What a file was when it was read: a change of any of these means new content. */
const identityOf = ({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string => [dev, ino, size, mtimeMs, ctimeMs].join();

/**
 * A small file whose content is at hand at any time and follows the file within about a second. When the file goes, or
 * cannot be read or understood, the last good content stays, and the log says so.
 */
export class WatchedFile<T> {
  readonly path: string;
  /** How many hold it. */
  holders = 1;
  readonly #parse: (content: Buffer) => T;
  readonly #log: Log;
  #identity: string;
  #content: T;
  #complaint = '';

  /** Reads the file. @throws Error when it cannot be read or understood. */
  constructor(path: string, parse: (content: Buffer) => T, log: Log) {
    this.path = path;
    this.#parse = parse;
    this.#log = log;
    // Before the content: a change between the two is then seen as one.
    this.#identity = identityOf(statSync(path));
    this.#content = parse(readFileSync(path));
    watched.add(this);
    poller ??= setInterval(pollAll, POLL_MS).unref();
  }

  /** Says whether this is that file, read in that way. */
  isOf(path: string, parse: (content: Buffer) => unknown): boolean {
    return this.path === path && this.#parse === parse;
  }

  get content(): T {
    return this.#content;
  }

  /** Reads the file anew when it is another one than before. */
  async look(): Promise<void> {
    try {
      const identity = identityOf(await stat(this.path));
      if (identity === this.#identity) return;
      this.#content = this.#parse(await readFile(this.path));
      this.#identity = identity;
      this.#complaint = '';
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#complaint) this.#log.warn('a file keeps its last content', { file: this.path, message });
      this.#complaint = message;
    }
  }

  /** Lets the file go; nobody looks at it any more when the last who held it did so. */
  close(): void {
    if (--this.holders > 0) return;
    watched.delete(this);
    if (watched.size > 0 || poller === null) return;
    clearInterval(poller);
    poller = null;
  }
}

/**
 * Opens the file that the argument at `argIndex` names; routes that read one file by one `parse` hold it together.
 * @throws ArgError when it cannot be read or understood.
 */
export function watchFile<T>(path: string, parse: (content: Buffer) => T, log: Log, argIndex: number): WatchedFile<T> {
  for (const file of watched) {
    if (!file.isOf(path, parse)) continue;
    file.holders++;
    return file as WatchedFile<T>;
  }
  try {
    return new WatchedFile(path, parse, log);
  } catch (error) {
    throw new ArgError(fileFault(path, error as NodeJS.ErrnoException), argIndex);
  }
}

/** What the system says of files that cannot be read, in words. */
const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  ELOOP: 'its links go round in circles',
};

/** What is wrong with a file that a route names. */
export function fileFault(path: string, { code, message }: NodeJS.ErrnoException): string {
  const named = JSON.stringify(path);
  if (code === undefined) return `the file ${named} cannot be used: ${message}`;
  return `expected the path of a file that can be read, found ${named}: ${SYSTEM_WORDS[code] ?? message}`;
}

const watched = new Set<WatchedFile<unknown>>();
let poller: NodeJS.Timeout | null = null;

function pollAll(): void {
  for (const file of watched) void file.look();
}
