/** What comments claim of a route that check refuses. */
export interface RefusalClaim {
  /** The filters refused, in order. */
  readonly filters: readonly string[];
  /** Words of the reason. */
  readonly reason: string;
}

/** By route id, what "// ! filter filter" and "// = words" right above a route claim. */
export function refusalsClaimed(text: string): ReadonlyMap<string, RefusalClaim> {
  const claims = text.matchAll(/^\/\/ ! (.*)\n\/\/ = (.*)\n(\w+):/gm);
  return new Map(
    [...claims].map(([, filters = '', reason = '', id = '']) => [id, { filters: filters.split(' '), reason }]),
  );
}
