import { FilterCounters } from './filter-counters.ts';
import type { MetricSnapshot } from './metric-snapshot.ts';

/** Upper bounds of the duration buckets in seconds: Prometheus' defaults. */
const BUCKETS_SECONDS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
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
/** Routes with labels of their own; beyond, they share one, so that memory is bounded. */
const MAX_ROUTES = 10_000;
const OTHER_ROUTE = '_other_';
const NO_ROUTE = '_unknownroute_';

/** Counts of one label set. */
class Histogram {
  readonly counts = new Float64Array(BUCKETS_SECONDS.length + 1);
  sum = 0;
  count = 0;

  observe(seconds: number): void {
    this.sum += seconds;
    this.count++;
    let bucket = 0;
    while (bucket < BUCKETS_SECONDS.length && seconds > (BUCKETS_SECONDS[bucket] as number)) bucket++;
    (this.counts[bucket] as number)++;
  }
}

/** The series of one route: response durations by status and method, backend durations, failures. */
class RouteSeries {
  readonly responses = new Map<string, Map<number, Histogram>>();
  readonly backend = new Histogram();
  backendErrors = 0;
  streamErrors = 0;

  response(method: string, status: number): Histogram {
    let byStatus = this.responses.get(method);
    if (byStatus === undefined) this.responses.set(method, (byStatus = new Map()));
    let histogram = byStatus.get(status);
    if (histogram === undefined) byStatus.set(status, (histogram = new Histogram()));
    return histogram;
  }
}

/**
 * Counters of one data thread, kept as plain numbers; read as a snapshot and added up over threads by the exposition.
 * Names after the prefix are Skipper's (metrics/prometheus.go), so that its dashboards work.
 */
export class RequestMetrics {
  /** What filters count. */
  readonly filters = new FilterCounters();
  readonly #routes = new Map<string, RouteSeries>();
  #unrouted = 0;

  /** Counts a response to the client; durations in milliseconds. */
  responded(routeId: string | null, method: string, status: number, durationMs: number): void {
    if (routeId === null) this.#unrouted++;
    const label = METHODS.has(method) ? method : '_unknownmethod_';
    this.#series(routeId)
      .response(label, status)
      .observe(durationMs / 1000);
  }

  backendResponded(routeId: string | null, durationMs: number): void {
    this.#series(routeId).backend.observe(durationMs / 1000);
  }

  backendFailed(routeId: string | null): void {
    this.#series(routeId).backendErrors++;
  }

  streamFailed(routeId: string | null): void {
    this.#series(routeId).streamErrors++;
  }

  /** Forgets the series of routes that are gone. */
  keepOnly(exists: (routeId: string) => boolean): void {
    for (const routeId of this.#routes.keys()) {
      if (routeId !== OTHER_ROUTE && routeId !== NO_ROUTE && !exists(routeId)) this.#routes.delete(routeId);
    }
  }

  /** What stands in the counters now. */
  snapshot(prefix: string): MetricSnapshot[] {
    const responses = metric(
      `${prefix}_response_duration_seconds`,
      'histogram',
      'Time from the request head to the end of the response.',
    );
    const backends = metric(
      `${prefix}_backend_duration_seconds`,
      'histogram',
      'Time from sending upstream to the response head.',
    );
    const backendErrors = metric(`${prefix}_backend_error_total`, 'counter', 'Backend calls that failed.');
    const streamErrors = metric(
      `${prefix}_streaming_error_total`,
      'counter',
      'Responses cut after their head was sent.',
    );
    const unrouted = metric(`${prefix}_route_error_total`, 'counter', 'Requests that no route matched.');
    unrouted.values.push({ value: this.#unrouted, labels: {} });
    for (const [route, series] of this.#routes) {
      for (const [method, byStatus] of series.responses) {
        for (const [status, histogram] of byStatus)
          addHistogram(responses, histogram, { code: String(status), method, route });
      }
      if (series.backend.count > 0) addHistogram(backends, series.backend, { route });
      if (series.backendErrors > 0) backendErrors.values.push({ value: series.backendErrors, labels: { route } });
      if (series.streamErrors > 0) streamErrors.values.push({ value: series.streamErrors, labels: { route } });
    }
    return [responses, backends, backendErrors, streamErrors, unrouted, this.filters.snapshot(prefix)];
  }

  #series(routeId: string | null): RouteSeries {
    const known = this.#routes.get(routeId ?? NO_ROUTE);
    if (known !== undefined) return known;
    const label = routeId === null ? NO_ROUTE : this.#routes.size < MAX_ROUTES ? routeId : OTHER_ROUTE;
    let series = this.#routes.get(label);
    if (series === undefined) this.#routes.set(label, (series = new RouteSeries()));
    return series;
  }
}

function metric(name: string, type: MetricSnapshot['type'], help: string): MetricSnapshot {
  return { name, help, type, values: [], aggregator: 'sum' };
}

function addHistogram(target: MetricSnapshot, histogram: Histogram, labels: Record<string, string>): void {
  let below = 0;
  histogram.counts.forEach((count, bucket) => {
    below += count;
    const le = bucket < BUCKETS_SECONDS.length ? String(BUCKETS_SECONDS[bucket]) : '+Inf';
    target.values.push({ metricName: `${target.name}_bucket`, labels: { ...labels, le }, value: below });
  });
  target.values.push({ metricName: `${target.name}_sum`, labels, value: histogram.sum });
  target.values.push({ metricName: `${target.name}_count`, labels, value: histogram.count });
}
