import { hash } from 'node:crypto';
import path from 'node:path';
import { placeOfFault, type ReadFile, readBetweenWrites, readOnce, textOf } from './file-text.ts';
import { RootWatch } from './root-watch.ts';
import {
  type FileStamp,
  type Scan,
  type ScanFault,
  type Selection,
  sameStamp,
  scan,
  withoutTwins,
} from './scan-folder.ts';
import type { Deliver, Source, SourceChange, SourceFault, SourceFile } from './source.ts';

/** Which files are watched. Paths may be missing and appear later. */
export interface WatchedFilesOptions extends Selection {
  /** Files and directories, in the spelling that findings are to show. */
  readonly paths: readonly string[];
}

/** A file that was not written for this long is complete, in ms. */
const QUIET_MS = 50;
/** After the first hint a look is taken at the latest after this, however busy the directory is, in ms. */
const LONGEST_WAIT_MS = 250;
/** A file that is gone, or empty, must stay so for this long before it is believed, in ms. */
const GRACE_MS = 200;
/** A file that is written on and on is read between two writes after this, in ms. */
const LONGEST_UNREST_MS = 500;

interface KnownFile {
  /** Null when it was read too soon after a write for the stamp to prove anything. */
  stamp: FileStamp | null;
  digest: string;
  /** When it was first missed, by performance.now; null while it is there. */
  missingSince: number | null;
}

/** What is to be believed of a scan: files to read, of which some are written on and on, and files that are gone. */
interface Belief {
  readonly settled: string[];
  readonly restless: string[];
  readonly missing: string[];
  /** How long it takes until more is to be believed, in ms. */
  readonly againInMs: number;
}

/**
 * Watched files. What a watcher reports is taken as a hint only: the directories are listed anew and compared with what
 * is known, so that every way to change a file (write, rename over, delete and re-create, swapped links) is one. A root that
 * is gone is a fault, not a change: nobody takes all routes away by moving a folder.
 */
export class WatchedFiles implements Source {
  readonly #roots: readonly string[];
  readonly #selection: Selection;
  readonly #watch: RootWatch;
  readonly #known = new Map<string, KnownFile>();
  /** Roots that were there once. */
  readonly #seenRoots = new Set<string>();
  /** By file: since when it is written on and on, by performance.now. */
  readonly #unrest = new Map<string, number>();
  #watchFault: SourceFault[] = [];
  #toldFaults = '';
  #deliver: Deliver | null = null;
  #timer: NodeJS.Timeout | null = null;
  #firstHintAt: number | null = null;
  /** Since when something incomplete holds a change back, by performance.now. */
  #heldSince: number | null = null;
  #looking: Promise<void> | null = null;

  constructor({ paths, ...selection }: WatchedFilesOptions) {
    this.#roots = withoutTwins(paths, selection);
    this.#selection = selection;
    this.#watch = new RootWatch(this.#roots, {
      hint: () => this.#hinted(),
      trouble: (message) => {
        const fault = { name: this.#roots.join(', '), wasGood: true, severity: 'warning' } as const;
        this.#watchFault = message === null ? [] : [{ ...fault, message }];
        this.#hinted();
      },
    });
  }

  async start(deliver: Deliver): Promise<void> {
    this.#deliver = deliver;
    // Watching begins first: what changes during the first look is then hinted at.
    await this.#watch.start();
    await this.#look(true);
  }

  async close(): Promise<void> {
    this.#deliver = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#watch.close();
    await this.#looking;
  }

  #hinted(): void {
    const now = performance.now();
    this.#firstHintAt ??= now;
    if (this.#timer === null || now - this.#firstHintAt < LONGEST_WAIT_MS - QUIET_MS) this.#lookIn(QUIET_MS);
  }

  #lookIn(delayMs: number): void {
    if (this.#deliver === null) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#firstHintAt = null;
      void this.#look(false);
    }, delayMs);
    // The watchers decide whether the process lives on, and they do not hold it either.
    this.#timer.unref();
  }

  /** One look at a time: a second one follows the first. */
  #look(first: boolean): Promise<void> {
    const look = (this.#looking ?? Promise.resolve()).then(() => this.#compare(first));
    this.#looking = look;
    return look;
  }

  async #compare(first: boolean): Promise<void> {
    const before = process.threadCpuUsage();
    const found = await scan(this.#roots, this.#selection);
    const { user, system } = process.threadCpuUsage(before);
    this.#watch.looked((user + system) / 1000, found.folders.join('\n'));
    const { settled, restless, missing, againInMs } = this.#believe(found, first);
    if (againInMs < Number.POSITIVE_INFINITY) {
      this.#heldSince ??= performance.now();
      this.#lookIn(Math.max(1, Math.ceil(againInMs)));
      // Held back together: files of one change (a rename is a removal and an addition) are delivered as one.
      if (performance.now() - this.#heldSince < LONGEST_WAIT_MS) return;
    }
    this.#heldSince = null;
    const put: SourceFile[] = [];
    for (const name of settled) {
      const file = await this.#readSettled(name, found.files.get(name) as FileStamp, found.faults);
      if (file !== null) put.push(file);
    }
    for (const name of restless) {
      const file = await this.#readRestless(name, found.faults);
      if (file !== null) put.push(file);
    }
    for (const name of missing) this.#known.delete(name);
    this.#tell({ put, remove: missing, faults: [...this.#faultsOf(found), ...this.#watchFault] }, first);
  }

  /** What is to be believed, and what not yet. */
  #believe({ files, unknown }: Scan, first: boolean): Belief {
    const now = performance.now();
    const belief = { settled: [] as string[], restless: [] as string[], missing: [] as string[] };
    let againInMs = Number.POSITIVE_INFINITY;
    for (const [name, stamp] of files) {
      const waitMs = first ? 0 : this.#unsettledMs(name, stamp);
      if (waitMs <= 0) belief.settled.push(name);
      if (waitMs <= 0) this.#unrest.delete(name);
      if (waitMs <= 0) continue;
      const since = this.#unrest.get(name) ?? now;
      this.#unrest.set(name, since);
      if (now - since >= LONGEST_UNREST_MS) belief.restless.push(name);
      else againInMs = Math.min(againInMs, waitMs);
    }
    for (const [name, known] of this.#known) {
      if (files.has(name) || unknown.some((place) => name === place || name.startsWith(place + path.sep))) continue;
      known.missingSince ??= now;
      const leftMs = known.missingSince + GRACE_MS - now;
      if (leftMs <= 0) belief.missing.push(name);
      else againInMs = Math.min(againInMs, leftMs);
    }
    return { ...belief, againInMs };
  }

  #tell(change: SourceChange, first: boolean): void {
    const told = JSON.stringify(change.faults);
    const same = told === this.#toldFaults;
    this.#toldFaults = told;
    if (first || change.put.length > 0 || change.remove.length > 0 || !same) this.#deliver?.(change);
  }

  /** The faults of a scan, and which of them concern what was good once. */
  #faultsOf({ faults, unknown }: Scan): SourceFault[] {
    const isGone = new Set(unknown);
    for (const root of this.#roots) if (!isGone.has(root)) this.#seenRoots.add(root);
    return faults.map(({ name, message, ...place }) => {
      const isFile = this.#known.has(name);
      const wasGood = isFile || this.#seenRoots.has(name) || this.#hasBelow(name);
      const stays = wasGood ? `${message}; what was loaded from it stays in use` : message;
      return { name, message: stays, wasGood, severity: 'error', ...place };
    });
  }

  #hasBelow(folder: string): boolean {
    return [...this.#known.keys()].some((name) => name.startsWith(folder + path.sep));
  }

  /** How long to wait until the file can be taken as complete, in ms. */
  #unsettledMs(name: string, stamp: FileStamp): number {
    const known = this.#known.get(name);
    if (known?.stamp != null && sameStamp(known.stamp, stamp)) return 0;
    const ageMs = Date.now() - stamp.modifiedMs;
    const neededMs = stamp.size === 0 ? GRACE_MS : QUIET_MS;
    // A clock that is ahead elsewhere (network file systems) must not hold a file back for ever.
    return ageMs < 0 ? 0 : neededMs - ageMs;
  }

  /** Reads a file if it is not the one known; null when there is nothing new in it. */
  #readSettled(name: string, stamp: FileStamp, faults: ScanFault[]): Promise<SourceFile | null> {
    const known = this.#known.get(name);
    if (known !== undefined) known.missingSince = null;
    if (known?.stamp != null && sameStamp(known.stamp, stamp)) return Promise.resolve(null);
    return this.#read(name, faults, () => readOnce(name, stamp));
  }

  /** Reads a file that nobody leaves alone; null also when no moment was found in which it is whole. */
  #readRestless(name: string, faults: ScanFault[]): Promise<SourceFile | null> {
    return this.#read(name, faults, async () => {
      const read = await readBetweenWrites(name);
      if (read !== null) this.#unrest.delete(name);
      return read;
    });
  }

  async #read(name: string, faults: ScanFault[], read: () => Promise<ReadFile | null>): Promise<SourceFile | null> {
    try {
      const found = await read();
      if (found === null) return null;
      const { bytes, after, isWhole } = found;
      const settled = isWhole && Date.now() - after.modifiedMs >= QUIET_MS;
      if (!settled) this.#hinted();
      const text = textOf(bytes);
      const digest = hash('sha1', bytes);
      const isNew = this.#known.get(name)?.digest !== digest;
      this.#known.set(name, { stamp: settled ? after : null, digest, missingSince: null });
      return isNew ? { name, text } : null;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') faults.push({ name, message, ...placeOfFault(error) });
      return null;
    }
  }
}
