/** Distance of neighbours that have room, in a file and between files. */
const STEP = 2 ** 16;
const FILE_GAP = 2 ** 40;

/** Where in a gap too large for them new keys are put: next to its lower or upper end, or in its middle. */
export type Lean = 'low' | 'high' | 'middle';

/**
 * `count` ascending keys between `low` and `high`, both exclusive and possibly infinite; null when numbers run out there.
 */
export function keysBetween(low: number, high: number, count: number, lean: Lean): number[] | null {
  const step = Math.min(STEP, (high - low) / (count + 1));
  const first = firstKey(low, high, (count - 1) * step, lean);
  const keys = Array.from({ length: count }, (_, at) => first(step) + at * step);
  const ascends = keys.every((key, at) => key > (at === 0 ? low : (keys[at - 1] as number)));
  return ascends && (keys[count - 1] ?? Number.NEGATIVE_INFINITY) < high ? keys : null;
}

function firstKey(low: number, high: number, width: number, lean: Lean): (step: number) => number {
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) return () => 0;
  if (high === Number.POSITIVE_INFINITY) return (step) => low + (lean === 'middle' ? FILE_GAP : step);
  if (low === Number.NEGATIVE_INFINITY) return (step) => high - width - (lean === 'middle' ? FILE_GAP : step);
  if (lean === 'low') return (step) => low + step;
  if (lean === 'high') return (step) => high - step - width;
  return () => low + (high - low - width) / 2;
}

/** A version of a file and its place among the others. */
export interface Sequence {
  /** Keys of the version before. */
  readonly before: readonly number[];
  /** For each definition of this version its index in the one before; -1 when it is new. */
  readonly from: Int32Array;
  /** The last key of the files before it and the first key of those behind it; infinite when there are none. */
  readonly low: number;
  readonly high: number;
}

/**
 * Keys for a version of a file: ascending, between its neighbours, and for as many definitions as can be those they
 * had. Null when numbers run out, and everything must be numbered anew.
 */
export function orderKeys({ before, from, low, high }: Sequence): number[] | null {
  const kept = longestAscent(from);
  const keys: number[] = [];
  let start = 0;
  while (start < from.length || keys.length < from.length) {
    let end = start;
    while (end < from.length && kept[end] === 0) end++;
    const after = end < from.length ? (before[from[end] as number] as number) : high;
    const lower = start === 0 ? low : (keys[keys.length - 1] as number);
    if (end > start) {
      const lean = start > 0 ? 'low' : end < from.length ? 'high' : 'middle';
      const run = keysBetween(lower, after, end - start, lean);
      if (run === null) return null;
      for (const key of run) keys.push(key);
    }
    if (end < from.length) keys.push(after);
    start = end + 1;
  }
  // A neighbour may have moved in between since.
  const fits = keys.length === 0 || ((keys[0] as number) > low && (keys[keys.length - 1] as number) < high);
  return fits ? keys : null;
}

/** Marks with 1 the members of a longest ascending subsequence, leaving out those that are -1. */
export function longestAscent(values: Int32Array): Uint8Array {
  const marks = new Uint8Array(values.length);
  if (ascends(values)) return marks.map((_, at) => ((values[at] as number) < 0 ? 0 : 1));
  const tails: number[] = [];
  const previous = new Int32Array(values.length).fill(-1);
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number;
    if (value < 0) continue;
    const length = firstNotBelow(tails, values, value);
    previous[at] = length > 0 ? (tails[length - 1] as number) : -1;
    tails[length] = at;
  }
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] as number) marks[at] = 1;
  return marks;
}

function ascends(values: Int32Array): boolean {
  let last = -1;
  for (const value of values) {
    if (value < 0) continue;
    if (value <= last) return false;
    last = value;
  }
  return true;
}

function firstNotBelow(tails: readonly number[], values: Int32Array, value: number): number {
  let low = 0;
  let high = tails.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[tails[middle] as number] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
