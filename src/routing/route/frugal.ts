/** The empty list that all share: routes are many. */
export const NOTHING: readonly never[] = [];

/** A list of just the length it needs; for an empty one, `NOTHING`. */
export function frugal<T>(list: readonly T[]): readonly T[] {
  return list.length > 0 ? list.slice() : NOTHING;
}
