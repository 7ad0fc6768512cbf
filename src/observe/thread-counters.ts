import { type MetricSnapshot, single } from './metric-snapshot.ts';

/** What happened to data threads, and what drop-ins did to them. Names of drop-ins are those of files: their number is bounded. */
export class ThreadCounters {
  #deaths = 0;
  #stalls = 0;
  #renewals = 0;
  readonly #errors = new Map<string, number>();

  /** A thread ended; `stalled` when its loop stood still. */
  died(stalled: boolean): void {
    this.#deaths++;
    if (stalled) this.#stalls++;
  }

  renewed(): void {
    this.#renewals++;
  }

  /** Errors that nobody caught; `culprit` is the drop-in, or "unknown". */
  stray(culprit: string, count: number): void {
    this.#errors.set(culprit, (this.#errors.get(culprit) ?? 0) + count);
  }

  snapshot(prefix: string): MetricSnapshot[] {
    return [
      single(`${prefix}_thread_deaths_total`, 'counter', 'Data threads that died.', this.#deaths),
      single(`${prefix}_thread_stalls_total`, 'counter', 'Data threads that were ended standing still.', this.#stalls),
      single(
        `${prefix}_thread_renewals_total`,
        'counter',
        'Data threads renewed for their old modules.',
        this.#renewals,
      ),
      {
        name: `${prefix}_drop_in_errors_total`,
        type: 'counter',
        help: 'Errors that nobody caught, by drop-in.',
        aggregator: 'sum',
        values: [...this.#errors].map(([culprit, value]) => ({ value, labels: { drop_in: culprit } })),
      },
    ];
  }
}
