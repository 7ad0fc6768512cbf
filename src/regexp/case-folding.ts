import { type CodePoints, normalize } from './code-points.ts';

/** Letters whose upper-case form is in another orbit under simple folding: dotless i, dotted I. */
const UNFOLDED = new Set([0x130, 0x131]);

/** No cased letter lies above this one. */
const LAST_CASED = 0x1e943;

let orbits: Map<number, readonly number[]> | undefined;

function join(groups: Map<number, Set<number>>, a: number, b: number): void {
  const left = groups.get(a) ?? new Set([a]);
  for (const x of groups.get(b) ?? [b]) left.add(x);
  for (const x of left) groups.set(x, left);
}

function onlyCodePoint(text: string): number | undefined {
  const c = text.codePointAt(0)!;
  return text.length === (c > 0xffff ? 2 : 1) ? c : undefined;
}

function buildOrbits(): Map<number, readonly number[]> {
  const groups = new Map<number, Set<number>>();
  for (let c = 0x41; c <= LAST_CASED; c++) {
    if (UNFOLDED.has(c) || (c >= 0x2e80 && c < 0xa640) || (c >= 0xac00 && c < 0xf900)) continue;
    const text = String.fromCodePoint(c);
    const lower = text.toLowerCase();
    const upper = text.toUpperCase();
    for (const other of [lower, upper]) {
      const d = other === text ? undefined : onlyCodePoint(other);
      if (d !== undefined) join(groups, c, d);
    }
  }
  return new Map([...groups].map(([c, group]) => [c, [...group].sort((a, b) => a - b)]));
}

/** All code points equal to `c` under Unicode simple case folding, `c` included, in ascending order. */
export function orbitOf(c: number): readonly number[] {
  orbits ??= buildOrbits();
  return orbits.get(c) ?? [c];
}

/** The set closed under Unicode simple case folding. Takes raw pairs. */
export function closeOverCase(raw: readonly number[]): CodePoints {
  const set = normalize(raw);
  orbits ??= buildOrbits();
  const out = [...set];
  for (const [c, orbit] of orbits) {
    if (contains(set, c)) for (const other of orbit) out.push(other, other);
  }
  return normalize(out);
}

function contains(set: CodePoints, c: number): boolean {
  let low = 0;
  let high = set.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (c < set[2 * middle]!) high = middle - 1;
    else if (c > set[2 * middle + 1]!) low = middle + 1;
    else return true;
  }
  return false;
}

/** The text with each letter replaced by the first lower-case form that its orbit agrees on; what `(?i)` compares. */
export function foldCase(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
  let out = '';
  for (const character of text) out += foldCodePoint(character.codePointAt(0)!);
  return out;
}

/** The representative of a letter's orbit: the ASCII lower-case letter when there is one. */
export function foldCodePoint(c: number): string {
  const first = String.fromCodePoint(orbitOf(c)[0]!);
  const lower = first.toLowerCase();
  return onlyCodePoint(lower) === undefined ? first : lower;
}
