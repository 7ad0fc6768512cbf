import type { Load } from './load.ts';

/** What a proxy is to do in a workload. */
export type Setup = 'bare' | 'five' | 'filters' | 'shunt';

/** One row of the benchmark: a configuration of the proxies and a load. */
export interface Workload {
  name: string;
  setup: Setup;
  load: Omit<Load, 'url' | 'seconds'> & { path: string };
  /** Connections that are open beside the load and say nothing. */
  idleConnections?: number;
}

/** The workloads of the comparison. */
export const WORKLOADS: readonly Workload[] = [
  { name: 'small GET', setup: 'bare', load: { path: '/small', connections: 64 } },
  { name: '5 filters', setup: 'five', load: { path: '/small', connections: 64 } },
  { name: '10 filters, 1 000 routes', setup: 'filters', load: { path: '/app500/small', connections: 64 } },
  { name: 'POST 1 KiB', setup: 'bare', load: { path: '/post', connections: 64, method: 'POST', bodyBytes: 1024 } },
  { name: '64 KiB response', setup: 'bare', load: { path: '/64k', connections: 64 } },
  { name: '10 MiB response', setup: 'bare', load: { path: '/10m', connections: 8 } },
  {
    name: 'new connection each',
    setup: 'bare',
    load: { path: '/small', connections: 64, headers: { Connection: 'close' } },
  },
  { name: '1 000 idle + 64 active', setup: 'bare', load: { path: '/small', connections: 64 }, idleConnections: 1000 },
  { name: 'shunt', setup: 'shunt', load: { path: '/shunt', connections: 64 } },
];
