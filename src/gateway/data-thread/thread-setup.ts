import type { Config } from '../../config/index.ts';
import { described } from '../../http/index.ts';
import type { Log } from '../../plugin/index.ts';
import type { TlsFiles } from '../tls-files.ts';

/** What a data thread is started with. */
export interface ThreadSetup {
  config: Config;
  tls: TlsFiles;
  flags: ProcessFlags;
  /** How many file descriptors the process may have; 0: nobody knows. */
  descriptorLimit: number;
}

/**
 * Cells that all threads share: the first is not 0 once the process was asked to stop, that of `SHORTAGE_FLAG` while there are
 * too few file descriptors.
 */
export type ProcessFlags = Int32Array<SharedArrayBuffer>;

/** A line for the application log, on its way from a data thread. */
export interface ThreadWord {
  level: keyof Log;
  message: string;
  fields: Readonly<Record<string, unknown>> | undefined;
}

/** The cell that says when a connection was turned away last for want of descriptors, in monotonic seconds; 0: all is well. */
export const SHORTAGE_FLAG = 1;
const FLAGS = 2;

/** The flags of a new process. */
export function newFlags(): ProcessFlags {
  return new Int32Array(new SharedArrayBuffer(FLAGS * Int32Array.BYTES_PER_ELEMENT));
}

/** Says to all threads that the process was asked to stop: the Shutdown predicate is true from now on. */
export function startDraining(flags: ProcessFlags): void {
  Atomics.store(flags, 0, 1);
}

/** Says whether the process was asked to stop. */
export function isDraining(flags: ProcessFlags): boolean {
  return Atomics.load(flags, 0) !== 0;
}

/** A line whose message or fields cannot be sent to another thread (functions, symbols, requests), with words for them. */
export function sendable({ level, message, fields = {} }: ThreadWord): ThreadWord {
  const words = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : described(value),
  ]);
  return {
    level,
    message: typeof message === 'string' ? message : described(message),
    fields: Object.fromEntries(words),
  };
}
