import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { RootWatch } from './root-watch.ts';
import { type FileStamp, type Selection, sameStamp, scan, stampOf } from './scan.ts';
import type { Deliver, Source, SourceChange, SourceFault, SourceFile } from './source.ts';

/** Which files are watched. Paths may be missing and appear later. */
export interface WatchedFilesOptions extends Selection {
  /** Files and directories, in the spelling that diagnostics are to show. */
  readonly paths: readonly string[];
}

/** A file that was not written for this long is complete, in ms. */
const QUIET_MS = 50;
/** After the first hint a look is taken at the latest after this, however busy the directory is, in ms. */
const LONGEST_WAIT_MS = 250;
/** A file that is gone, or empty, must stay so for this long before it is believed, in ms. */
const GRACE_MS = 200;

interface KnownFile {
  /** Null when it was read too soon after a write for the stamp to prove anything. */
  stamp: FileStamp | null;
  digest: string;
  /** When it was first missed, by performance.now; null while it is there. */
  missingSince: number | null;
}

/**
 * Watched files. What a watcher reports is taken as a hint only: the directories are listed anew and compared with what
 * is known, so that every way to change a file (write, rename over, delete and re-create, swapped links) is one.
 */
export class WatchedFiles implements Source {
  readonly #roots: readonly string[];
  readonly #selection: Selection;
  readonly #watch: RootWatch;
  readonly #known = new Map<string, KnownFile>();
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
    this.#watch = new RootWatch(
      this.#roots,
      () => this.#hinted(),
      (message) => {
        this.#watchFault = [{ name: this.#roots.join(', '), message }];
        this.#hinted();
      },
    );
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
    const { files, faults, unlisted } = await scan(this.#roots, this.#selection);
    const { unsettled, missing, againInMs } = this.#pending(files, unlisted, first);
    if (againInMs < Number.POSITIVE_INFINITY) {
      this.#heldSince ??= performance.now();
      this.#lookIn(Math.max(1, Math.ceil(againInMs)));
      // Held back together: files of one change (a rename is a removal and an addition) are delivered as one.
      if (performance.now() - this.#heldSince < LONGEST_WAIT_MS) return;
    }
    this.#heldSince = null;
    const put: SourceFile[] = [];
    for (const [name, stamp] of files) {
      const file = unsettled.has(name) ? null : await this.#read(name, stamp, faults);
      if (file !== null) put.push(file);
    }
    for (const name of missing) this.#known.delete(name);
    this.#tell({ put, remove: missing, faults: [...faults, ...this.#watchFault] }, first);
  }

  /** What is not yet to be believed, and how long it takes until some of it is; and what is gone for good. */
  #pending(files: ReadonlyMap<string, FileStamp>, unlisted: readonly string[], first: boolean) {
    const now = performance.now();
    const unsettled = new Set<string>();
    const missing: string[] = [];
    let againInMs = Number.POSITIVE_INFINITY;
    for (const [name, stamp] of files) {
      const waitMs = first ? 0 : this.#unsettledMs(name, stamp);
      if (waitMs <= 0) continue;
      unsettled.add(name);
      againInMs = Math.min(againInMs, waitMs);
    }
    for (const [name, known] of this.#known) {
      if (files.has(name) || unlisted.some((place) => name === place || name.startsWith(place + path.sep))) continue;
      known.missingSince ??= now;
      const leftMs = known.missingSince + GRACE_MS - now;
      if (leftMs <= 0) missing.push(name);
      else againInMs = Math.min(againInMs, leftMs);
    }
    return { unsettled, missing, againInMs };
  }

  #tell(change: SourceChange, first: boolean): void {
    const told = JSON.stringify(change.faults);
    const same = told === this.#toldFaults;
    this.#toldFaults = told;
    if (first || change.put.length > 0 || change.remove.length > 0 || !same) this.#deliver?.(change);
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
  async #read(name: string, stamp: FileStamp, faults: SourceFault[]): Promise<SourceFile | null> {
    const known = this.#known.get(name);
    if (known !== undefined) known.missingSince = null;
    if (known?.stamp != null && sameStamp(known.stamp, stamp)) return null;
    try {
      const bytes = await readFile(name);
      const after = await stampOf(name);
      const settled = sameStamp(stamp, after) && Date.now() - after.modifiedMs >= QUIET_MS;
      const digest = hash('sha1', bytes);
      this.#known.set(name, { stamp: settled ? stamp : null, digest, missingSince: null });
      if (!settled) this.#hinted();
      return known?.digest === digest ? null : { name, text: bytes.toString('utf8') };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') faults.push({ name, message: (error as Error).message });
      return null;
    }
  }
}

/** Paths without those that another one brings along: no file is to be seen under two names. */
function withoutTwins(paths: readonly string[], { accept, deep }: Selection): string[] {
  const spelled = new Map(paths.map((given) => [path.resolve(given), path.normalize(given)]));
  const places = [...spelled.keys()];
  const brings = (directory: string, place: string): boolean =>
    deep ? place.startsWith(directory + path.sep) : path.dirname(place) === directory && accept(path.basename(place));
  return places
    .filter((place) => !places.some((other) => other !== place && brings(other, place)))
    .map((place) => spelled.get(place) as string);
}
