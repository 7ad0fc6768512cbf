import { option } from '../option.ts';

/** What is counted. Source of the names: Skipper. */
export const METRICS = {
  'metrics-prefix': option.metricsPrefix('sluice', 'what the names of all metrics begin with'),
  'histogram-metric-buckets': option.numbers(
    'SECONDS',
    "upper bounds of the buckets that durations are counted in, in seconds, ascending. Default: Prometheus' own",
  ),
  'serve-route-metrics': option.boolean(true, 'count the durations of responses as serve_route_duration_seconds'),
  'serve-route-counter': option.boolean(false, 'count responses by route as serve_route_count'),
  'serve-host-metrics': option.boolean(
    false,
    'count the durations of responses by host as serve_host_duration_seconds, and their sizes; at most 1000 hosts',
  ),
  'serve-host-counter': option.boolean(false, 'count responses by host as serve_host_count'),
  'serve-method-metric': option.boolean(true, 'label the serve_… metrics with the method'),
  'serve-status-code-metric': option.boolean(true, 'label the serve_… metrics with the status code'),
} as const;
