import { FilterCounters } from './filter-counters.ts';
import { addHistogram, DURATION_BUCKETS, Histogram, histogramMetric, metric } from './histogram.ts';
import { HostMetrics } from './host-metrics.ts';
import { type MetricSnapshot, single } from './metric-snapshot.ts';
import { ResponseSeries } from './response-series.ts';

/** Routes with labels of their own; beyond, they share one, so that memory is bounded. */
const MAX_ROUTES = 10_000;
const OTHER_ROUTE = '_other_';
const NO_ROUTE = '_unknownroute_';

/** What is counted, and under which labels. Source of the options: Skipper's flags of these names. */
export interface RequestMetricsOptions {
  /** Upper bounds of the duration buckets in seconds, ascending. Default: Prometheus' own. */
  buckets?: readonly number[];
  /** serve_route_duration_seconds and serve_route_count. Default: the first. */
  serveRoutes?: boolean;
  serveRouteCounts?: boolean;
  /** serve_host_duration_seconds and serve_host_count, and with either response_size_bytes. Default: neither. */
  serveHosts?: boolean;
  serveHostCounts?: boolean;
  /** Whether the serve_… metrics have these labels. Default true. */
  methodLabel?: boolean;
  codeLabel?: boolean;
}

/** One finished exchange, as far as it is counted; durations in milliseconds. */
export interface CountedResponse {
  /** Null when no route matched. */
  readonly routeId: string | null;
  readonly method: string;
  readonly host: string;
  readonly status: number;
  readonly bytes: number;
  readonly durationMs: number;
  /** Time that was spent waiting for backends. */
  readonly upstreamMs: number;
}

/** The series of one route: response durations by status and method, backend durations, failures. */
class RouteSeries {
  readonly responses = new ResponseSeries();
  readonly backend: Histogram;
  backendErrors = 0;
  streamErrors = 0;

  constructor(buckets: readonly number[]) {
    this.backend = new Histogram(buckets);
  }
}

/**
 * Counters of one data thread, kept as plain numbers; read as a snapshot and added up over threads by the exposition.
 * Names after the prefix are Skipper's (metrics/prometheus.go).
 */
export class RequestMetrics {
  /** What filters count. */
  readonly filters = new FilterCounters();
  readonly #options: Required<RequestMetricsOptions>;
  readonly #routes = new Map<string, RouteSeries>();
  readonly #hosts: HostMetrics | null;
  readonly #lookups: Histogram;
  readonly #backends: Histogram;
  readonly #backends5xx: Histogram;
  readonly #ownTime: Histogram;
  #unrouted = 0;

  constructor(options: RequestMetricsOptions = {}) {
    this.#options = {
      ...{ buckets: DURATION_BUCKETS, serveRoutes: true, serveRouteCounts: false },
      ...{ serveHosts: false, serveHostCounts: false, methodLabel: true, codeLabel: true },
      ...options,
    };
    const { buckets, serveHosts, serveHostCounts } = this.#options;
    this.#hosts = serveHosts || serveHostCounts ? new HostMetrics(buckets) : null;
    this.#lookups = new Histogram(buckets);
    this.#backends = new Histogram(buckets);
    this.#backends5xx = new Histogram(buckets);
    this.#ownTime = new Histogram(buckets);
  }

  /** Counts a response to the client. */
  responded(response: CountedResponse): void {
    const { routeId, method, host, status, bytes, durationMs, upstreamMs } = response;
    const seconds = durationMs / 1000;
    if (routeId === null) this.#unrouted++;
    this.#series(routeId).responses.observe(method, status, seconds, this.#options.buckets);
    this.#ownTime.observe(seconds - upstreamMs / 1000);
    this.#hosts?.responded(host, method, status, seconds, bytes);
  }

  /** Counts a search for the route of a request. */
  lookedUp(durationMs: number): void {
    this.#lookups.observe(durationMs / 1000);
  }

  /** Counts the answer of a backend, `status` 0 when it gave none. */
  backendResponded(routeId: string | null, status: number, durationMs: number): void {
    const seconds = durationMs / 1000;
    this.#series(routeId).backend.observe(seconds);
    this.#backends.observe(seconds);
    if (status >= 500) this.#backends5xx.observe(seconds);
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
    return [
      ...this.#ofRoutes(prefix),
      single(`${prefix}_route_error_total`, 'counter', 'Requests that no route matched.', this.#unrouted),
      histogramMetric(`${prefix}_route_lookup_duration_seconds`, 'Time to find the route of a request.', this.#lookups),
      histogramMetric(
        `${prefix}_backend_combined_duration_seconds`,
        'Backend durations of all routes.',
        this.#backends,
      ),
      histogramMetric(
        `${prefix}_backend_5xx_duration_seconds`,
        'Backend durations of all routes, of answers with a 5xx status.',
        this.#backends5xx,
      ),
      histogramMetric(
        `${prefix}_proxy_total_duration_seconds`,
        'Time of whole requests without the wait for backends.',
        this.#ownTime,
      ),
      ...this.#ofHosts(prefix),
      this.filters.snapshot(prefix),
    ];
  }

  #ofRoutes(prefix: string): MetricSnapshot[] {
    const { serveRoutes, serveRouteCounts } = this.#options;
    const took = 'Time from the request head to the end of the response';
    const responses = metric(`${prefix}_response_duration_seconds`, 'histogram', `${took}.`);
    const served = metric(`${prefix}_serve_route_duration_seconds`, 'histogram', `${took}, by route.`);
    const servedCount = metric(`${prefix}_serve_route_count`, 'counter', 'Responses by route.');
    const backends = metric(`${prefix}_backend_duration_seconds`, 'histogram', BACKEND_HELP);
    const backendErrors = metric(`${prefix}_backend_error_total`, 'counter', 'Backend calls that failed.');
    const streamErrors = metric(`${prefix}_streaming_error_total`, 'counter', 'Responses cut off after their head.');
    const labels = this.#labels;
    for (const [route, series] of this.#routes) {
      series.responses.addDurations(responses, { route });
      if (serveRoutes) series.responses.addDurations(served, { route }, labels);
      if (serveRouteCounts) series.responses.addCounts(servedCount, { route }, labels);
      if (series.backend.count > 0) addHistogram(backends, series.backend, { route });
      if (series.backendErrors > 0) backendErrors.values.push({ value: series.backendErrors, labels: { route } });
      if (series.streamErrors > 0) streamErrors.values.push({ value: series.streamErrors, labels: { route } });
    }
    const asked = [...(serveRoutes ? [served] : []), ...(serveRouteCounts ? [servedCount] : [])];
    return [responses, ...asked, backends, backendErrors, streamErrors];
  }

  #ofHosts(prefix: string): MetricSnapshot[] {
    const { serveHosts, serveHostCounts } = this.#options;
    return this.#hosts?.snapshot(prefix, this.#labels, { durations: serveHosts, counts: serveHostCounts }) ?? [];
  }

  get #labels() {
    return { method: this.#options.methodLabel, code: this.#options.codeLabel };
  }

  #series(routeId: string | null): RouteSeries {
    const known = this.#routes.get(routeId ?? NO_ROUTE);
    if (known !== undefined) return known;
    const label = routeId === null ? NO_ROUTE : this.#routes.size < MAX_ROUTES ? routeId : OTHER_ROUTE;
    let series = this.#routes.get(label);
    if (series === undefined) this.#routes.set(label, (series = new RouteSeries(this.#options.buckets)));
    return series;
  }
}

const BACKEND_HELP = 'Time from sending upstream to the response head.';
