import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** What tells, without reading it, whether a file is the one seen before. Times in ms since the epoch. */
export interface FileStamp {
  readonly device: number;
  readonly inode: number;
  readonly size: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
}

/** Why an entry cannot be taken now. */
export interface ScanFault {
  readonly name: string;
  readonly message: string;
  /** Where in the file, both from 1, when it is a matter of its content. */
  readonly line?: number;
  readonly column?: number;
}

/** The files found below some paths at one moment, by name, in no particular order. */
export interface Scan {
  readonly files: Map<string, FileStamp>;
  readonly faults: ScanFault[];
  /** Paths of which nothing is known now: they could not be read, are not trusted, or, of the roots, are gone. */
  readonly unknown: string[];
  /** The folders seen, each with what tells it from another one of its name. */
  readonly folders: string[];
}

/** Whether two stamps are of the same file with the same content. */
export function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return (
    a.modifiedMs === b.modifiedMs &&
    a.changedMs === b.changedMs &&
    a.size === b.size &&
    a.inode === b.inode &&
    a.device === b.device
  );
}

/** Whether an entry of a directory is never looked into. Kubernetes' `..data` is reached by the links beside it. */
export function isHidden(entry: string): boolean {
  return entry.startsWith('.') || entry === 'node_modules';
}

/** What a stat says of an entry. */
export interface EntryFacts extends FileStamp {
  readonly directory: boolean;
  readonly regular: boolean;
  /** Permission bits. */
  readonly mode: number;
  readonly owner: number;
  readonly group: number;
}

/** Stats a file, following links. @throws Error with a `code`. */
export async function stampOf(name: string): Promise<EntryFacts> {
  const facts = await stat(name);
  return {
    device: facts.dev,
    inode: facts.ino,
    size: facts.size,
    modifiedMs: facts.mtimeMs,
    changedMs: facts.ctimeMs,
    directory: facts.isDirectory(),
    regular: facts.isFile(),
    mode: facts.mode & 0o7777,
    owner: facts.uid,
    group: facts.gid,
  };
}

/** Which files of a directory count. */
export interface Selection {
  /** By base name. */
  accept(fileName: string): boolean;
  /** Whether the directories below it are looked into too. */
  readonly deep: boolean;
  /** Why an entry is not to be taken, whatever stands in it; null: it is. Default: all are. */
  distrust?(name: string, facts: EntryFacts): Promise<string | null>;
}

/** Paths without those that another one brings along: no file is to be seen under two names. */
export function withoutTwins(paths: readonly string[], { accept, deep }: Selection): string[] {
  const spelled = new Map(paths.map((given) => [path.resolve(given), path.normalize(given)]));
  const places = [...spelled.keys()];
  const brings = (directory: string, place: string): boolean =>
    deep ? place.startsWith(directory + path.sep) : path.dirname(place) === directory && accept(path.basename(place));
  return places
    .filter((place) => !places.some((other) => other !== place && brings(other, place)))
    .map((place) => spelled.get(place) as string);
}

/** Lists `roots`: a root that is a file by whatever name, of a directory the files that are selected. */
export async function scan(roots: readonly string[], selection: Selection): Promise<Scan> {
  const found: Scan = { files: new Map(), faults: [], unknown: [], folders: [] };
  await Promise.all(roots.map((root) => visit(root, { selection, found, isRoot: true })));
  found.folders.sort();
  return found;
}

interface Visit {
  readonly selection: Selection;
  readonly found: Scan;
  readonly isRoot: boolean;
}

async function visit(name: string, how: Visit): Promise<void> {
  const { selection, found, isRoot } = how;
  try {
    const facts = await stampOf(name);
    if (facts.directory) found.folders.push(`${name}\0${facts.device}:${facts.inode}`);
    const takes = facts.directory
      ? isRoot || selection.deep
      : facts.regular && (isRoot || selection.accept(path.basename(name)));
    const reason = takes ? ((await selection.distrust?.(name, facts)) ?? null) : null;
    if (reason !== null) refuse(name, reason, found);
    else if (facts.directory) takes && (await visitDirectory(name, how));
    else if (takes) found.files.set(name, facts);
    else if (isRoot) refuse(name, 'it is neither a file nor a folder', found);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // An entry that vanished between listing and stat, or a dangling link, is simply not there.
    if (code === 'ENOENT' && !isRoot) return;
    refuse(name, code === 'ENOENT' ? 'no such file or directory' : message, found);
  }
}

function refuse(name: string, message: string, { faults, unknown }: Scan): void {
  faults.push({ name, message });
  unknown.push(name);
}

async function visitDirectory(directory: string, { selection, found }: Visit): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true });
  const worthwhile = entries.filter(
    (entry) => !isHidden(entry.name) && (!entry.isFile() || selection.accept(entry.name)),
  );
  const how = { selection, found, isRoot: false };
  await Promise.all(worthwhile.map((entry) => visit(path.join(directory, entry.name), how)));
}
