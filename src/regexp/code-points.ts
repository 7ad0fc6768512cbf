/**
 * A set of code points: a flat list `[lo, hi, lo, hi, …]` of inclusive ranges, sorted, disjoint and not adjacent
 * unless a function says that it takes raw (unsorted) pairs.
 */
export type CodePoints = readonly number[];

export const MAX_CODE_POINT = 0x10ffff;

/** Sorts and merges raw pairs into a canonical set. */
export function normalize(raw: readonly number[]): CodePoints {
  if (raw.length <= 2) return raw;
  const pairs: [number, number][] = [];
  for (let i = 0; i < raw.length; i += 2) pairs.push([raw[i]!, raw[i + 1]!]);
  pairs.sort((a, b) => a[0] - b[0]);
  const out: number[] = [];
  for (const [lo, hi] of pairs) {
    const last = out.length - 1;
    if (last > 0 && lo <= out[last]! + 1) out[last] = Math.max(out[last]!, hi);
    else out.push(lo, hi);
  }
  return out;
}

/** The complement of a canonical set. */
export function complement(set: CodePoints): CodePoints {
  const out: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! > next) out.push(next, set[i]! - 1);
    next = set[i + 1]! + 1;
  }
  if (next <= MAX_CODE_POINT) out.push(next, MAX_CODE_POINT);
  return out;
}

/** The part of a canonical set inside `[lo, hi]`. */
export function clip(set: CodePoints, lo: number, hi: number): CodePoints {
  const out: number[] = [];
  for (let i = 0; i < set.length; i += 2) {
    const from = Math.max(set[i]!, lo);
    const to = Math.min(set[i + 1]!, hi);
    if (from <= to) out.push(from, to);
  }
  return out;
}

/** The only member of a canonical set, or undefined when it has none or several. */
export function onlyMember(set: CodePoints): number | undefined {
  return set.length === 2 && set[0] === set[1] ? set[0] : undefined;
}

export function sameSet(a: CodePoints, b: CodePoints): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
