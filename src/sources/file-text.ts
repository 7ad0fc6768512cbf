import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { type FileStamp, sameStamp, stampOf } from './scan-folder.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** How often, and how far apart in ms, a moment is looked for in which nobody writes a file. */
const ATTEMPTS = 40;
const APART_MS = 3;

/** A file as it was at one moment. */
export interface ReadFile {
  readonly bytes: Buffer;
  /** What a stat behind the reading said. */
  readonly after: FileStamp;
  /** Whether nothing changed in between. */
  readonly isWhole: boolean;
}

/** Reads a file, and says whether it was written meanwhile. @throws Error with a `code` */
export async function readOnce(name: string, before: FileStamp): Promise<ReadFile> {
  const bytes = await readFile(name);
  const after = await stampOf(name);
  return { bytes, after, isWhole: sameStamp(before, after) && bytes.length === after.size };
}

/**
 * Reads a file that is written again and again, at a moment between two writes; null when there was none. One that is
 * empty is taken to be under way.
 */
export async function readBetweenWrites(name: string): Promise<ReadFile | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const read = await readOnce(name, await stampOf(name));
    if (read.isWhole && read.bytes.length > 0) return read;
    await setTimeout(APART_MS, undefined, { ref: false });
  }
  return null;
}

/** Thrown for a text that is no UTF-8, with the place where it is not, both from 1. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
  readonly line: number;
  readonly column: number;

  constructor(place: { line: number; column: number }, problem: string) {
    super(`the file is no UTF-8: ${problem}; save it as UTF-8`);
    this.line = place.line;
    this.column = place.column;
  }
}

/** Where the content of a file is wrong, for its fault; nothing when the file itself is. */
export function placeOfFault(error: unknown): { line: number; column: number } | Record<string, never> {
  return error instanceof EncodingError ? { line: error.line, column: error.column } : {};
}

/** The text of a file. @throws EncodingError when it is not UTF-8 */
export function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    const at = firstInvalid(bytes);
    const before = bytes.subarray(0, at);
    const line = before.toString('latin1').split('\n').length;
    const column = before.subarray(before.lastIndexOf(10) + 1).toString('utf8').length + 1;
    const octet = (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0');
    const isWide = /^(?:fffe|feff)/.test(bytes.toString('hex', 0, 2));
    throw new EncodingError({ line, column }, isWide ? 'it seems to be UTF-16' : `found the byte 0x${octet}`);
  }
}

/** Where the first octet stands that is no UTF-8. */
function firstInvalid(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length + 1;
  while (good + 1 < bad) {
    const middle = (good + bad) >> 1;
    if (isUtf8(bytes, middle, true)) good = middle;
    else bad = middle;
  }
  // What fails there may have begun some octets before.
  while (!isUtf8(bytes, good, false)) good--;
  return good;
}

/** Says whether the first octets are UTF-8; where `canGoOn`, a character may be cut at their end. */
function isUtf8(bytes: Buffer, count: number, canGoOn: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, count), { stream: canGoOn });
    return true;
  } catch {
    return false;
  }
}
