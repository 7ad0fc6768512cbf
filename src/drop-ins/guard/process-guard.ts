import { threadId } from 'node:worker_threads';

/** Thrown where a drop-in would end, or change, the whole process. */
export class ProcessGuardError extends Error {
  override readonly name = 'ProcessGuardError';
}

/**
 * Keeps code in this thread from ending it or the process by mistake: `process.exit`, `abort` and `kill` of ourselves
 * throw a ProcessGuardError. Node itself refuses `chdir`, `setuid` and their like outside the main thread. A guard against
 * faults: who means to, finds a way around it. @throws Error in the main thread, which has to be able to exit
 */
export function guardProcess(): void {
  if (threadId === 0) throw new Error('the main thread has to be able to exit');
  const refuse = (call: string): never => {
    throw new ProcessGuardError(`${call} was called: a drop-in cannot end the gateway`);
  };
  const kill = process.kill;
  const guarded: Partial<Record<string, (...args: never[]) => unknown>> = {
    exit: (code?: unknown) => refuse(`process.exit(${code ?? ''})`),
    reallyExit: (code?: unknown) => refuse(`process.reallyExit(${code ?? ''})`),
    abort: () => refuse('process.abort()'),
    kill: (pid: number, signal?: string | number) => {
      // Signal 0 only asks whether it is there; negative numbers are groups, and ours may be among them.
      if (signal !== 0 && (pid === process.pid || pid <= 0)) refuse(`process.kill(${pid})`);
      return kill.call(process, pid, signal);
    },
  };
  for (const [name, value] of Object.entries(guarded)) {
    Object.defineProperty(process, name, { value, configurable: true, writable: true });
  }
}
