/** One metric of one thread as plain JSON, in prom-client's own form. */
export interface MetricSnapshot {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  aggregator: 'sum';
  values: { value: number; labels: Record<string, string>; metricName?: string }[];
}

/** A gauge or counter of the control plane. */
export function single(name: string, type: 'counter' | 'gauge', help: string, value: number): MetricSnapshot {
  return { name, help, type, aggregator: 'sum', values: [{ value, labels: {} }] };
}

/** A gauge with labels. */
export function labelled(name: string, help: string, values: MetricSnapshot['values']): MetricSnapshot {
  return { name, help, type: 'gauge', aggregator: 'sum', values };
}
