import type { MetricSnapshot } from './metric-snapshot.ts';

/**
 * What data threads counted that are gone, added up: counters must not fall because a thread was replaced. Gauges went with
 * their thread.
 */
export class RetiredMetrics {
  readonly #metrics = new Map<string, { metric: MetricSnapshot; byLabels: Map<string, MetricSnapshot['values'][0]> }>();

  /** Adds the last metrics of a thread. */
  add(metrics: readonly MetricSnapshot[]): void {
    for (const metric of metrics) if (metric.type !== 'gauge') this.#addOne(metric);
  }

  /** What they counted, as if by one thread. */
  snapshot(): MetricSnapshot[] {
    return [...this.#metrics.values()].map(({ metric, byLabels }) => ({ ...metric, values: [...byLabels.values()] }));
  }

  #addOne(metric: MetricSnapshot): void {
    let sum = this.#metrics.get(metric.name);
    if (sum === undefined) this.#metrics.set(metric.name, (sum = { metric, byLabels: new Map() }));
    for (const one of metric.values) {
      const key = JSON.stringify([one.metricName, one.labels]);
      const known = sum.byLabels.get(key);
      if (known === undefined) sum.byLabels.set(key, { ...one });
      else known.value += one.value;
    }
  }
}
