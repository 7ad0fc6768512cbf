/** Counters of the filters' own, on the page of /metrics as `sluice_custom_total{key="…"}`. Threads are added up. */
export interface FilterMetrics {
  /**
   * Adds `by` (default 1) to the counter `key`. Counters are shared by all filters, so a key begins with the name of its
   * filter: "quota.refused". There is room for 10 000 keys of up to 512 characters; what is beyond counts as "_other_".
   * @throws RangeError when `by` is not a finite number from 0 on: counters only grow.
   */
  count(key: string, by?: number): void;
}

/** Counts nothing: for filters that are made without being run. */
export const NO_METRICS: FilterMetrics = Object.freeze({ count() {} });
