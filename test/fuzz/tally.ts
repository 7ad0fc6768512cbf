/** How much of what was generated was worth it. */
export interface Tally {
  cases: number;
  /** Messages that Sluice took, and cases in which it refused something. */
  accepted: number;
  refused: number;
}
