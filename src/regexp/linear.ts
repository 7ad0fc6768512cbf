import { setFlagsFromString } from 'node:v8';

/**
 * Backtracks of V8's ordinary engine before it hands a subject over to the linear one. A single backtrack can cost a
 * scan of the subject, so this is also the factor of the worst case: 250 keeps `\s+$` on 8 KiB of spaces near 2 ms
 * and leaves ordinary patterns on ordinary subjects where they are.
 */
const BACKTRACKS_BEFORE_FALLBACK = 250;

let enabled = false;

/**
 * The switch that makes every RegExp of the process fall back to V8's linear engine when it backtracks too much.
 * Call it in the main thread before the first RegExp runs; it is idempotent and holds for all worker threads.
 * Patterns that ran before keep the old engine for as long as V8 caches their source.
 */
export function enableLinearRegexps(): void {
  if (enabled) return;
  enabled = true;
  // The engine's own flag is set last: its presence says that another thread has set them all.
  if (runsLinearly('', '')) return;
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
  setFlagsFromString(`--regexp-backtracks-before-fallback=${BACKTRACKS_BEFORE_FALLBACK}`);
  setFlagsFromString('--enable-experimental-regexp-engine');
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
