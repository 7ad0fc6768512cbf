import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';
import type { MetricSnapshot } from './metric-snapshot.ts';

/** The page of /metrics: snapshots of all threads added up, and the process' own metrics. One per process. */
export class Exposition {
  readonly #process = new Registry();

  constructor(prefix: string) {
    collectDefaultMetrics({ register: this.#process, prefix: `${prefix}_` });
  }

  /** The Content-Type of the page. */
  get contentType(): string {
    return this.#process.contentType;
  }

  /** The page in Prometheus' text format. */
  async page(threads: readonly (readonly MetricSnapshot[])[]): Promise<string> {
    // prom-client's types call its own JSON form "object".
    const merged = AggregatorRegistry.aggregate(threads.map((metrics) => [...metrics]));
    return `${await merged.metrics()}\n${await this.#process.metrics()}`;
  }
}
