import { type Arg, type ArgValue, arg, parseDuration } from '../../src/plugin/index.ts';

/** Resolves after `ms`, or at once when `signal` is aborted; no timer outlives either. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

/** The longest time span a Node timer can wait; beyond, it would fire at once. */
const MAX_MS = 0x7fffffff;

/** An argument that is a time span of zero or more, in ms: a duration such as "120ms", or a number of milliseconds. */
export function delayArg(name: string, doc: string): Arg<number> {
  return arg.custom(name, 'duration', readDelay, { doc: `${doc}: a duration such as "120ms", or milliseconds` });
}

function readDelay(value: ArgValue): number {
  const ms = typeof value === 'number' ? value : parseDuration(value);
  if (!(ms >= 0 && ms <= MAX_MS)) throw new Error(`expected a duration from 0 to ${MAX_MS}ms, found ${value}`);
  return ms;
}
