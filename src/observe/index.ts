/**
 * What operators see: metrics, access log, application log.
 * May import src/http, src/plugin and src/proxy; the only importer of prom-client, pino and sonic-boom.
 * Invariant: a request costs counters and one string; labels are bound when they are first seen, never per request.
 */
export { accessLine } from './access-line.ts';
export * from './access-log.ts';
export * from './application-log.ts';

import type { Exposition } from './exposition.ts';

export * from './endpoint-metrics.ts';
export { DURATION_BUCKETS, Histogram, histogramMetric } from './histogram.ts';
export * from './listener-watch.ts';
export * from './log-lines.ts';
export * from './metric-snapshot.ts';
export * from './request-metrics.ts';
export * from './request-observer.ts';
export * from './retired-metrics.ts';
export * from './thread-counters.ts';
export { ThreadMetrics } from './thread-metrics.ts';
export type { Exposition };

/** Loads what makes the page of /metrics: prom-client takes longer to load than a thread's share of everything else. */
export async function loadExposition(prefix: string): Promise<Exposition> {
  const { Exposition } = await import('./exposition.ts');
  return new Exposition(prefix);
}
