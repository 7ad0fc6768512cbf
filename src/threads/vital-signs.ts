/**
 * Cells that a data thread shares with the main thread, which can read them also when the thread does not answer any
 * more, or is gone.
 */
export type VitalSigns = Int32Array<SharedArrayBuffer>;

/** Counts up while the thread's loop turns. */
const BEAT = 0;
/** The version of the drop-in whose code runs; 0 for none. */
const RUNNING = 1;
/** How many versions of modules it has imported that nothing uses any more. */
const OLD_VERSIONS = 2;
const CELLS = 3;

/** How often the loop shows that it turns, within the time it may stand still. */
const BEATS = 10;
const [SHORTEST_BEAT_MS, LONGEST_BEAT_MS] = [10, 500];

/** The vital signs of a thread that is to be started. */
export function newVitalSigns(): VitalSigns {
  return new Int32Array(new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT));
}

/** How often a thread beats that may stand still for `stallMs`, in ms. */
export function beatInterval(stallMs: number): number {
  return Math.min(LONGEST_BEAT_MS, Math.max(SHORTEST_BEAT_MS, stallMs / BEATS));
}

/** Has this thread beat from now on. It costs a timer, and nothing per request. */
export function startBeating(signs: VitalSigns, stallMs: number): void {
  setInterval(() => Atomics.add(signs, BEAT, 1), beatInterval(stallMs)).unref();
}

/** How often the thread has beaten. */
export function beatsOf(signs: VitalSigns): number {
  return Atomics.load(signs, BEAT);
}

/** The version of the drop-in whose code runs, or ran when the thread ended; 0 for none. */
export function runningIn(signs: VitalSigns): number {
  return Atomics.load(signs, RUNNING);
}

/** Notes whose code runs from now on; returns whose it was. Plain, not atomic: it stands around each hook of a drop-in. */
export function setRunning(signs: VitalSigns, version: number): number {
  const before = signs[RUNNING] as number;
  signs[RUNNING] = version;
  return before;
}

/** How many old versions the thread holds. */
export function oldVersionsIn(signs: VitalSigns): number {
  return Atomics.load(signs, OLD_VERSIONS);
}

/** Notes how many old versions this thread holds. */
export function setOldVersions(signs: VitalSigns, count: number): void {
  Atomics.store(signs, OLD_VERSIONS, count);
}
