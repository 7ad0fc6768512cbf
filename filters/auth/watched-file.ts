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

  close(): void {
    watched.delete(this);
    if (watched.size > 0 || poller === null) return;
    clearInterval(poller);
    poller = null;
  }
}

/** Opens the file that the argument at `argIndex` names. @throws ArgError when it cannot be read or understood. */
export function watchFile<T>(path: string, parse: (content: Buffer) => T, log: Log, argIndex: number): WatchedFile<T> {
  try {
    return new WatchedFile(path, parse, log);
  } catch (error) {
    throw new ArgError((error as Error).message, argIndex);
  }
}

const watched = new Set<WatchedFile<unknown>>();
let poller: NodeJS.Timeout | null = null;

function pollAll(): void {
  for (const file of watched) void file.look();
}
