import type { MetricSnapshot } from './metric-snapshot.ts';

/** The counter of log lines that were lost, by log: each thread gives its part. */
export function logLines(prefix: string, dropped: Readonly<Record<string, number>>): MetricSnapshot {
  return {
    name: `${prefix}_log_lines_dropped_total`,
    help: 'Lines lost because the log could not be written, by log.',
    type: 'counter',
    aggregator: 'sum',
    values: Object.entries(dropped).map(([log, value]) => ({ value, labels: { log } })),
  };
}
