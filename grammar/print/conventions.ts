/** How predicates are written by custom. The language knows no names, so its printer is told. */
export interface PredicateConventions {
  /** Predicates that come first, in this order, each with the index of the argument that is written as a regexp, if any. */
  readonly leading: ReadonlyMap<string, number | null>;
  /** Predicates that are sorted by their text among their like. */
  readonly sorted: ReadonlySet<string>;
  /** Predicates that ask for nothing when their one argument is empty. */
  readonly voidWhenEmpty: ReadonlySet<string>;
}

/** No custom: predicates are written in the order in which they stand. */
export const NO_CONVENTIONS: PredicateConventions = {
  leading: new Map(),
  sorted: new Set(),
  voidWhenEmpty: new Set(),
};
