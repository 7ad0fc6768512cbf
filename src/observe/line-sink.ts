import sonicBoom from 'sonic-boom';
import { Deadline, threadTimers } from '../http/index.ts';
import { logDestination } from './log-descriptor.ts';

/** Where the lines of a log go. */
export interface LineSinkOptions {
  /** A file, pipe or device; empty: standard error. */
  path: string;
  /** Told once when lines begin to be lost or kept back: the disk is full, or nobody reads. */
  failed?(reason: string): void;
  /** Told when all that waited is written again; `dropped` lines are lost. */
  mended?(dropped: number): void;
}

/** Beyond so much that cannot be written, new lines are dropped. */
const MAX_WAITING_BYTES = 4 * 2 ** 20;
/** A pipe takes as much in one piece (Linux: PIPE_BUF), so that lines of several threads do not mix. */
const PIECE_BYTES = 4096;
const FILE_PIECE_BYTES = 2 ** 16;
/** After this it is tried anew, in ms: where a reader was slow, and where something is wrong. */
const SOON_MS = 50;
const LATER_MS = 1000;
/** How long an end waits for what cannot be written, in ms. */
const PATIENCE_MS = 1000;
const LINE_BREAK = 10;

/**
 * Writes the lines of one log of one thread without ever waiting: what cannot be written now is kept, up to 4 MiB, and what
 * comes beyond that is dropped and counted.
 */
export class LineSink {
  readonly #destination: sonicBoom.SonicBoom;
  readonly #options: LineSinkOptions;
  /** Whether it is a file, which can be opened anew, and not a pipe or a terminal. */
  readonly #isFile: boolean;
  readonly #retry = new Deadline(threadTimers, () => this.#tryAgain());
  #dropped = 0;
  #droppedBefore = 0;
  #inTrouble = false;
  #closing: Promise<void> | null = null;

  constructor(options: LineSinkOptions) {
    this.#options = options;
    const dest = logDestination(options.path);
    this.#isFile = typeof dest === 'string';
    this.#destination = new sonicBoom.SonicBoom({
      dest,
      append: true,
      sync: false,
      minLength: 0,
      maxLength: MAX_WAITING_BYTES,
      maxWrite: this.#isFile ? FILE_PIECE_BYTES : PIECE_BYTES,
      // Its own way to try again would keep the process alive.
      retryEAGAIN: () => false,
    });
    this.#destination.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    this.#destination.on('drop', (lines: string) => this.#drop(lines));
    this.#destination.on('drain', () => this.#written());
  }

  /** How many lines were lost up to now. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Writes whole lines. */
  write(lines: string): void {
    if (this.#closing !== null || lines === '') return;
    if (this.#isFile) this.#destination.write(lines);
    else for (const piece of pieces(lines)) this.#destination.write(piece);
  }

  /** Opens the file anew, by its name: what a rotation moved away is let go. Says whether there is a file. */
  reopen(): boolean {
    if (!this.#isFile) return false;
    if (this.#closing === null) this.#destination.reopen();
    return true;
  }

  /** Writes what can be written now, before the process ends by itself. */
  flushSync(): void {
    try {
      this.#destination.flushSync();
    } catch {
      // Full, not open yet, or closed: there is nobody left to tell.
    }
  }

  /** Writes what is left, at most for a second, and lets the file go. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#destination.once('close', resolve));
    this.#destination.end();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
    await Promise.race([closed, late]);
    clearTimeout(timer);
    this.#retry.dispose();
    this.#destination.destroy();
  }

  #failed(error: NodeJS.ErrnoException): void {
    const isSlow = error.code === 'EAGAIN';
    this.#retry.set(isSlow ? SOON_MS : LATER_MS);
    if (!isSlow) this.#trouble(error.message);
  }

  #drop(lines: string): void {
    this.#trouble('nobody reads them');
    for (let at = 0; at < lines.length; at++) if (lines.charCodeAt(at) === LINE_BREAK) this.#dropped++;
  }

  #trouble(reason: string): void {
    if (this.#inTrouble) return;
    this.#inTrouble = true;
    this.#droppedBefore = this.#dropped;
    this.#options.failed?.(reason);
  }

  #written(): void {
    if (!this.#inTrouble) return;
    this.#inTrouble = false;
    this.#options.mended?.(this.#dropped - this.#droppedBefore);
  }

  #tryAgain(): void {
    // Nothing new, but what failed is written first.
    this.#destination.write('');
  }
}

/** Cuts between lines, so that no piece but a single long line is longer than a pipe takes at once. */
function* pieces(lines: string): Generator<string> {
  let start = 0;
  while (lines.length - start > PIECE_BYTES) {
    const last = lines.lastIndexOf('\n', start + PIECE_BYTES - 1);
    const end = last < start ? lines.indexOf('\n', start) + 1 : last + 1;
    if (end <= start) break;
    yield lines.slice(start, end);
    start = end;
  }
  if (start < lines.length) yield lines.slice(start);
}
