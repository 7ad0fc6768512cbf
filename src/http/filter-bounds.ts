/** What filters may take in time and memory, by default. One for each thread; set by whoever composes it. */
export interface FilterBounds {
  /** How long a hook, or a step of a body's transform, may stay pending, in ms; 0: for ever. Default 30 s. */
  timeoutMs: number;
  /** How much of a body is read whole where the filter names no bound of its own, in bytes. Default 1 MiB. */
  maxBodyBytes: number;
}

/** The bounds of this thread. */
export const filterBounds: FilterBounds = { timeoutMs: 30_000, maxBodyBytes: 1_048_576 };
