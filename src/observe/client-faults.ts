import type { ProxyError } from '../http/index.ts';
import type { MetricSnapshot } from './metric-snapshot.ts';

/** Reasons with a series of their own: drop-ins may give any. */
const MAX_REASONS = 100;
const OTHER_REASON = '_other_';

/** Counts the requests that were answered with an error which is the client's doing, by reason. One per data thread. */
export class ClientFaults {
  readonly #counts = new Map<string, number>();

  count({ code }: ProxyError): void {
    const reason = this.#counts.has(code) || this.#counts.size < MAX_REASONS ? code : OTHER_REASON;
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  /** What stands in the counters now. */
  snapshot(prefix: string): MetricSnapshot[] {
    return [
      {
        name: `${prefix}_client_fault_total`,
        type: 'counter',
        help: 'Requests whose answer is an error of their clients, by reason.',
        aggregator: 'sum',
        values: [...this.#counts].map(([reason, value]) => ({ value, labels: { reason } })),
      },
    ];
  }
}
