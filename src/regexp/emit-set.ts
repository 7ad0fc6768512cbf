import { type CodePoints, clip, complement, onlyMember } from './code-points.ts';

const HIGH = '[\\ud800-\\udbff]';
const LOW_FIRST = 0xdc00;
const LOW_LAST = 0xdfff;

/**
 * The ECMAScript source (no `u` flag) that matches one code point of the set, self-contained for a quantifier.
 * The linear engine knows no `u` flag, so code points above U+FFFF are spelled as surrogate pairs. A lone surrogate
 * is in no set.
 */
export function emitSet(set: CodePoints): string {
  const basic = emitBasic(set);
  const pairs = emitPairs(clip(set, 0x10000, 0x10ffff));
  if (pairs.length === 0) return basic ?? '[]';
  return `(?:${[...(basic === undefined ? [] : [basic]), ...pairs].join('|')})`;
}

/** The part below U+10000 as a class, the shorter of itself and its complement; undefined when empty. */
function emitBasic(set: CodePoints): string | undefined {
  const inside = [...clip(set, 0, 0xd7ff), ...clip(set, 0xe000, 0xffff)];
  if (inside.length === 0) return undefined;
  const only = onlyMember(inside);
  if (only !== undefined) return escapeLiteral(only);
  const outside = clip(complement(inside), 0, 0xffff);
  return outside.length < inside.length ? `[^${emitRanges(outside)}]` : `[${emitRanges(inside)}]`;
}

/** Alternatives over surrogate pairs; pairs whose second half is free share one alternative. */
function emitPairs(set: CodePoints): string[] {
  if (set.length === 2 && set[0] === 0x10000 && set[1] === 0x10ffff) return [`${HIGH}[\\udc00-\\udfff]`];
  const highsByLows = new Map<string, number[]>();
  const add = (high: number, lastHigh: number, lows: string): void => {
    const highs = highsByLows.get(lows) ?? [];
    highs.push(high, lastHigh);
    highsByLows.set(lows, highs);
  };
  for (const [high, lows] of lowsByHigh(set, add)) add(high, high, `[${emitRanges(lows)}]`);
  return [...highsByLows].map(([lows, highs]) => `[${emitRanges(highs)}]${lows}`);
}

/** Hands whole rows of 1024 code points to `addFull`, and returns the rows of which only parts are in the set. */
function lowsByHigh(
  set: CodePoints,
  addFull: (high: number, last: number, lows: string) => void,
): Map<number, number[]> {
  const partial = new Map<number, number[]>();
  for (let i = 0; i < set.length; i += 2) {
    let lo = set[i]!;
    const hi = set[i + 1]!;
    while (lo <= hi) {
      const high = highOf(lo);
      const end = Math.min(hi, lo | 0x3ff);
      const lastFull = (hi & 0x3ff) === 0x3ff ? highOf(hi) : highOf(hi) - 1;
      if ((lo & 0x3ff) === 0 && lastFull >= high) {
        addFull(high, lastFull, `[${emitRanges([LOW_FIRST, LOW_LAST])}]`);
        lo += (lastFull - high + 1) * 0x400;
        continue;
      }
      const lows = partial.get(high) ?? [];
      lows.push(LOW_FIRST + (lo & 0x3ff), LOW_FIRST + (end & 0x3ff));
      partial.set(high, lows);
      lo = end + 1;
    }
  }
  return partial;
}

function highOf(c: number): number {
  return 0xd800 + ((c - 0x10000) >> 10);
}

function emitRanges(ranges: readonly number[]): string {
  let out = '';
  for (let i = 0; i < ranges.length; i += 2) {
    const lo = ranges[i]!;
    const hi = ranges[i + 1]!;
    out += escapeUnit(lo);
    if (hi > lo + 1) out += '-';
    if (hi > lo) out += escapeUnit(hi);
  }
  return out;
}

function escapeUnit(unit: number): string {
  const character = String.fromCharCode(unit);
  if (/[0-9A-Za-z_]/.test(character)) return character;
  return unit < 0x100 ? `\\x${unit.toString(16).padStart(2, '0')}` : `\\u${unit.toString(16).padStart(4, '0')}`;
}

/** The source of one literal below U+10000, readable where it can be. */
function escapeLiteral(unit: number): string {
  const character = String.fromCharCode(unit);
  if (/[ !"#%&',:;<=>@`~-]/.test(character)) return character;
  return /[$()*+./?[\\\]^{|}]/.test(character) ? `\\${character}` : escapeUnit(unit);
}
