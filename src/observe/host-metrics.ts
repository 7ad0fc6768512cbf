import { addHistogram, Histogram, metric, SIZE_BUCKETS } from './histogram.ts';
import type { MetricSnapshot } from './metric-snapshot.ts';
import { type ResponseLabels, ResponseSeries } from './response-series.ts';

/** Hosts with labels of their own: clients choose them, and memory must not grow with that. */
const MAX_HOSTS = 1000;
const OTHER_HOST = '_other_';

class HostSeries {
  readonly responses = new ResponseSeries();
  readonly sizes = new Histogram(SIZE_BUCKETS);
}

/** What is counted by the host that clients asked for. Names: Skipper; hosts stand in the label as they are. */
export class HostMetrics {
  readonly #hosts = new Map<string, HostSeries>();
  readonly #buckets: readonly number[];

  /** `buckets`: upper bounds of the durations, in seconds. */
  constructor(buckets: readonly number[]) {
    this.#buckets = buckets;
  }

  /** Counts a response to a request for `host`. */
  responded(host: string, method: string, status: number, seconds: number, bytes: number): void {
    const series = this.#series(host.toLowerCase());
    series.responses.observe(method, status, seconds, this.#buckets);
    series.sizes.observe(bytes);
  }

  /** What stands in the counters now; the durations and the counts where they are asked for. */
  snapshot(prefix: string, labels: ResponseLabels, wants: { durations: boolean; counts: boolean }): MetricSnapshot[] {
    const durations = metric(
      `${prefix}_serve_host_duration_seconds`,
      'histogram',
      'Time from the request head to the end of the response, by host.',
    );
    const counts = metric(`${prefix}_serve_host_count`, 'counter', 'Responses by host.');
    const sizes = metric(`${prefix}_response_size_bytes`, 'histogram', 'Bytes of content sent, by host.');
    for (const [host, series] of this.#hosts) {
      if (wants.durations) series.responses.addDurations(durations, { host }, labels);
      if (wants.counts) series.responses.addCounts(counts, { host }, labels);
      addHistogram(sizes, series.sizes, { host });
    }
    return [...(wants.durations ? [durations] : []), ...(wants.counts ? [counts] : []), sizes];
  }

  #series(host: string): HostSeries {
    const known = this.#hosts.get(host);
    if (known !== undefined) return known;
    const label = this.#hosts.size < MAX_HOSTS ? host : OTHER_HOST;
    let series = this.#hosts.get(label);
    if (series === undefined) this.#hosts.set(label, (series = new HostSeries()));
    return series;
  }
}
