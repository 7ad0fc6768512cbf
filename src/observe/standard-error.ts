import { constants, fstatSync, openSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const STDERR = 2;
const { O_WRONLY, O_APPEND, O_NONBLOCK, O_NOCTTY } = constants;

/**
 * A descriptor of standard error that says "not now" where a pipe is full or a terminal was stopped: writes that wait for a
 * reader would each hold a thread of the pool that all file and name lookups of the process share.
 */
export function unblockedStandardError(): number {
  try {
    const facts = fstatSync(STDERR);
    if (facts.isFile()) return STDERR;
    // Opened anew: the flags of an open file belong to all programs that share it, and this one is ours alone.
    if (!facts.isSocket()) return openSync('/proc/self/fd/2', O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
  } catch {
    // Not Linux, a pipe of another user, or closed from the start.
  }
  // Node does not block on the pipes and sockets it has as streams. The main thread has it first, so it holds for all threads.
  if (isMainThread) void process.stderr;
  return STDERR;
}
