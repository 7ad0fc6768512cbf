import type { MetricSnapshot } from './metric-snapshot.ts';

/** Upper bounds of duration buckets in seconds: Prometheus' defaults. */
export const DURATION_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Upper bounds of the buckets of response sizes in bytes. Source: Skipper. */
export const SIZE_BUCKETS: readonly number[] = [1, 512, 2 ** 10, 2 ** 19, 2 ** 20, 2 ** 29, 2 ** 30];

/** How often values fell into the ranges between `bounds`, which ascend; a value equal to a bound is below it. */
export class Histogram {
  readonly bounds: readonly number[];
  readonly counts: Float64Array;
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds } = this;
    this.sum += value;
    this.count++;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
    (this.counts[bucket] as number)++;
  }
}

/** A metric without values. */
export function metric(name: string, type: MetricSnapshot['type'], help: string): MetricSnapshot {
  return { name, help, type, values: [], aggregator: 'sum' };
}

/** Adds what stands in `histogram` to `target` as the series with these labels. */
export function addHistogram(target: MetricSnapshot, histogram: Histogram, labels: Record<string, string>): void {
  let below = 0;
  histogram.counts.forEach((count, bucket) => {
    below += count;
    const le = bucket < histogram.bounds.length ? String(histogram.bounds[bucket]) : '+Inf';
    target.values.push({ metricName: `${target.name}_bucket`, labels: { ...labels, le }, value: below });
  });
  target.values.push({ metricName: `${target.name}_sum`, labels, value: histogram.sum });
  target.values.push({ metricName: `${target.name}_count`, labels, value: histogram.count });
}

/** The metric of one histogram without labels. */
export function histogramMetric(name: string, help: string, histogram: Histogram): MetricSnapshot {
  const target = metric(name, 'histogram', help);
  addHistogram(target, histogram, {});
  return target;
}
