/**
 * The entry of `known` that is most likely meant by the unknown `name`, or null when none comes close. Letter case
 * counts less than other differences; up to a third of the letters may be wrong.
 */
export function suggest(name: string, known: Iterable<string>): string | null {
  const limit = Math.min(name.length - 1, Math.max(1, Math.floor(name.length / 3)));
  let best: string | null = null;
  let bestDistance = limit + 0.5;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const distance = foldedDistance(name, candidate);
    if (distance < bestDistance && candidate !== name) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function foldedDistance(a: string, b: string): number {
  const folded = editDistance(a.toLowerCase(), b.toLowerCase());
  // A difference in case alone must stay above zero, or `a` would tie with itself.
  return folded + (a.startsWith(b.slice(0, 1)) ? 0 : 0.25);
}

/** The number of insertions, deletions, replacements and swaps of neighbours that make `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
