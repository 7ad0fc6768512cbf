import { addHistogram, Histogram } from './histogram.ts';
import type { MetricSnapshot } from './metric-snapshot.ts';

/** Methods with a label of their own; others share one, so that clients cannot make labels. */
const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
]);

/** Which labels the metrics of responses have besides the route or the host. */
export interface ResponseLabels {
  readonly method: boolean;
  readonly code: boolean;
}

/** The durations of responses by method and status: of one route, or of one host. */
export class ResponseSeries {
  readonly #byMethod = new Map<string, Map<number, Histogram>>();

  /** Counts a response that took `seconds`. */
  observe(method: string, status: number, seconds: number, buckets: readonly number[]): void {
    const label = METHODS.has(method) ? method : '_unknownmethod_';
    let byStatus = this.#byMethod.get(label);
    if (byStatus === undefined) this.#byMethod.set(label, (byStatus = new Map()));
    let histogram = byStatus.get(status);
    if (histogram === undefined) byStatus.set(status, (histogram = new Histogram(buckets)));
    histogram.observe(seconds);
  }

  /** Adds the durations to `target`. Series that differ in a label left out are added up by the exposition. */
  addDurations(target: MetricSnapshot, labels: Record<string, string>, which: ResponseLabels = ALL): void {
    for (const [of, histogram] of this.#labelled(which)) addHistogram(target, histogram, { ...of, ...labels });
  }

  /** Adds how many responses there were to `target`. */
  addCounts(target: MetricSnapshot, labels: Record<string, string>, which: ResponseLabels = ALL): void {
    for (const [of, { count }] of this.#labelled(which))
      target.values.push({ value: count, labels: { ...of, ...labels } });
  }

  *#labelled({ method, code }: ResponseLabels): Generator<[Record<string, string>, Histogram]> {
    for (const [name, byStatus] of this.#byMethod) {
      for (const [status, histogram] of byStatus) {
        yield [{ ...(code ? { code: String(status) } : {}), ...(method ? { method: name } : {}) }, histogram];
      }
    }
  }
}

const ALL: ResponseLabels = { method: true, code: true };
