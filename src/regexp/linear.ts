import { setFlagsFromString } from 'node:v8';

/**
 * Backtracks of V8's ordinary engine before it hands a subject over to the linear one. A single backtrack can cost a
 * scan of the subject, so this is also the factor of the worst case: 250 keeps `\s+$` on 8 KiB of spaces near 2 ms
 * and leaves ordinary patterns on ordinary subjects where they are.
 */
const BACKTRACKS_BEFORE_FALLBACK = 250;

/** CPU time that tells whether the fallback works: with it the test below takes far less, without it far more. */
const TOLD_APART_US = 20_000;

/**
 * How this process keeps regexps linear: V8's ordinary engine, which hands over to the linear one when it backtracks too
 * much ('on-demand'); the linear engine for each pattern of a route, which is slower ('always'); or, where V8 has none, by
 * refusing patterns that repeat anything ('none').
 */
export type LinearMode = 'on-demand' | 'always' | 'none';

let mode: LinearMode | null = null;

/**
 * The switch that makes every RegExp of the process fall back to V8's linear engine when it backtracks too much, and a look
 * at whether it works. Call it in the main thread before the first RegExp runs; it is idempotent and holds for all worker
 * threads. Patterns that ran before keep the old engine for as long as V8 caches their source.
 */
export function enableLinearRegexps(): LinearMode {
  mode ??= enable();
  return mode;
}

function enable(): LinearMode {
  // The engine's own flag is set last: its presence says that another thread has set them all.
  if (!runsLinearly('', '')) {
    setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
    setFlagsFromString(`--regexp-backtracks-before-fallback=${BACKTRACKS_BEFORE_FALLBACK}`);
    setFlagsFromString('--enable-experimental-regexp-engine');
  }
  if (!runsLinearly('', '')) return 'none';
  return fallsBack() ? 'on-demand' : 'always';
}

/** Says whether a pattern that backtracks without end is handed over. It is one that nobody else writes: V8 caches code. */
function fallsBack(): boolean {
  const before = process.cpuUsage();
  /^(?:(?:)x+x+)+y/.test('x'.repeat(26));
  const { user, system } = process.cpuUsage(before);
  return user + system < TOLD_APART_US;
}

/**
 * True when the linear engine can run the source under the flags: V8's `l` flag refuses every pattern that it cannot.
 * The flags matter: look-behind, for one, is supported only without g and y.
 */
export function runsLinearly(source: string, flags: string): boolean {
  try {
    new RegExp(source, `${flags}l`);
    return true;
  } catch {
    return false;
  }
}
