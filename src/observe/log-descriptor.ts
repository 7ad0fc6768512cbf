import { constants, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const STDERR = 2;
const { O_RDWR, O_WRONLY, O_APPEND, O_NONBLOCK, O_NOCTTY } = constants;
const NOT_WAITING = O_APPEND | O_NONBLOCK | O_NOCTTY;

/**
 * Where a log is written: the path of a file, or a descriptor that says "not now" where a pipe is full or a terminal was stopped.
 * Writes that wait for a reader would each hold a thread of the pool that all file and name lookups of the process share.
 * `path` empty is standard error. @throws Error when a pipe or device cannot be opened
 */
export function logDestination(path: string): string | number {
  if (path === '') return standardError();
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts !== undefined && canKeepWaiting(facts) ? openNow(path, facts) : path;
}

function standardError(): number {
  try {
    const facts = fstatSync(STDERR);
    if (facts.isFile()) return STDERR;
    // Opened anew: the flags of an open file belong to all programs that share it, and this one is ours alone.
    if (canKeepWaiting(facts)) return openNow('/proc/self/fd/2', facts);
  } catch {
    // Not Linux, a pipe of another user, or closed from the start.
  }
  // Node does not block on the pipes and sockets it has as streams. The main thread has it first, so it holds for all threads.
  if (isMainThread) void process.stderr;
  return STDERR;
}

function canKeepWaiting(facts: Stats): boolean {
  return facts.isFIFO() || facts.isCharacterDevice();
}

function openNow(path: string, facts: Stats): number {
  try {
    return openSync(path, O_WRONLY | NOT_WAITING);
  } catch (error) {
    // A named pipe that nobody reads yet. Linux opens it for both directions without waiting.
    if (!facts.isFIFO() || (error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    return openSync(path, O_RDWR | NOT_WAITING);
  }
}
