import type { MetricSnapshot } from './metric-snapshot.ts';

/** How endpoints fare, as whoever keeps them tells it. */
export interface EndpointLine {
  readonly label: string;
  readonly tally: { readonly connects: number; readonly failures: ReadonlyMap<string, number> };
  readonly inFlight: number;
  readonly failing: number;
}

/** The metrics of the endpoints of one thread; those that no route names any more are gone from them. */
export function endpointMetrics(lines: readonly EndpointLine[], prefix: string): MetricSnapshot[] {
  const connects = metric(`${prefix}_endpoint_connects_total`, 'counter', 'Connections opened to endpoints.');
  const errors = metric(
    `${prefix}_endpoint_errors_total`,
    'counter',
    'Calls that failed by fault of the endpoint, by kind.',
  );
  const inFlight = metric(`${prefix}_endpoint_requests_in_flight`, 'gauge', 'Requests under way to endpoints.');
  const failing = metric(
    `${prefix}_endpoint_failing`,
    'gauge',
    'Data threads whose last call to the endpoint got no answer; 0: it works.',
  );
  for (const { label, tally, ...now } of lines) {
    const labels = { endpoint: label };
    connects.values.push({ value: tally.connects, labels });
    for (const [kind, value] of tally.failures) errors.values.push({ value, labels: { endpoint: label, kind } });
    inFlight.values.push({ value: now.inFlight, labels });
    failing.values.push({ value: now.failing, labels });
  }
  return [connects, errors, inFlight, failing];
}

function metric(name: string, type: MetricSnapshot['type'], help: string): MetricSnapshot {
  return { name, help, type, values: [], aggregator: 'sum' };
}
