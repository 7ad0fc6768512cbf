import type { FilterMetrics } from '../plugin/index.ts';
import type { MetricSnapshot } from './metric-snapshot.ts';

/** Keys with a counter of their own; they may be made of what clients send, and memory must not grow with that. */
const MAX_KEYS = 10_000;
const MAX_KEY_LENGTH = 512;
const OTHER_KEY = '_other_';

/** What the filters of one data thread count. Source of the metric's name: Skipper. */
export class FilterCounters implements FilterMetrics {
  readonly #counts = new Map<string, number>();

  count(key: string, by = 1): void {
    if (typeof key !== 'string') throw new TypeError('expected the key of a counter to be a string');
    if (!(by >= 0 && by < Number.POSITIVE_INFINITY))
      throw new RangeError(`expected a number from 0 on to count by, found ${by}`);
    const known = this.#counts.get(key);
    if (known !== undefined) this.#counts.set(key, known + by);
    else if (this.#counts.size < MAX_KEYS && key.length <= MAX_KEY_LENGTH) this.#counts.set(key, by);
    else this.#counts.set(OTHER_KEY, (this.#counts.get(OTHER_KEY) ?? 0) + by);
  }

  /** What stands in the counters now. */
  snapshot(prefix: string): MetricSnapshot {
    return {
      name: `${prefix}_custom_total`,
      help: 'What filters count, by key.',
      type: 'counter',
      aggregator: 'sum',
      values: [...this.#counts].map(([key, value]) => ({ value, labels: { key } })),
    };
  }
}
