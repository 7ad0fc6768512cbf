import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SourceFault } from './source.ts';

/** What tells, without reading it, whether a file is the one seen before. Times in ms since the epoch. */
export interface FileStamp {
  readonly device: number;
  readonly inode: number;
  readonly size: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
}

/** The files found below some paths at one moment, by name, in no particular order. */
export interface Scan {
  readonly files: Map<string, FileStamp>;
  readonly faults: SourceFault[];
  /** Directories that exist but could not be listed: of the files in them nothing is known. */
  readonly unlisted: string[];
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

/** Stats a file, following links. @throws Error with a `code`. */
export async function stampOf(name: string): Promise<FileStamp & { directory: boolean; regular: boolean }> {
  const facts = await stat(name);
  return {
    device: facts.dev,
    inode: facts.ino,
    size: facts.size,
    modifiedMs: facts.mtimeMs,
    changedMs: facts.ctimeMs,
    directory: facts.isDirectory(),
    regular: facts.isFile(),
  };
}

/** Which files of a directory count. */
export interface Selection {
  /** By base name. */
  accept(fileName: string): boolean;
  /** Whether the directories below it are looked into too. */
  readonly deep: boolean;
}

/** Lists `roots`: a root that is a file by whatever name, of a directory the files that are selected. */
export async function scan(roots: readonly string[], { accept, deep }: Selection): Promise<Scan> {
  const found: Scan = { files: new Map(), faults: [], unlisted: [] };
  await Promise.all(roots.map((root) => visit(root, () => true, found, true)));
  return found;

  async function visit(name: string, takes: (fileName: string) => boolean, into: Scan, root: boolean): Promise<void> {
    try {
      const stamp = await stampOf(name);
      if (stamp.directory) {
        if (root || deep) await visitDirectory(name, into);
      } else if (stamp.regular && takes(path.basename(name))) into.files.set(name, stamp);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // An entry that vanished between listing and stat, or a dangling link, is simply not there.
      if (code === 'ENOENT' && !root) return;
      into.faults.push({ name, message: code === 'ENOENT' ? 'no such file or directory' : message });
      if (code !== 'ENOENT') into.unlisted.push(name);
    }
  }

  async function visitDirectory(directory: string, into: Scan): Promise<void> {
    const entries = await readdir(directory, { withFileTypes: true });
    const worthwhile = entries.filter((entry) => !isHidden(entry.name) && (!entry.isFile() || accept(entry.name)));
    await Promise.all(worthwhile.map((entry) => visit(path.join(directory, entry.name), accept, into, false)));
  }
}
