import assert from 'node:assert/strict';
import { parseRoutes, type RouteDef } from '../../grammar/index.ts';
import { EndpointRegistry } from '../../src/balance/index.ts';
import { type Log, NO_METRICS, type ProxyError } from '../../src/plugin/index.ts';
import { type ExchangeRecord, type ProxyInit, ReverseProxy, routeBackend } from '../../src/proxy/index.ts';
import { type Registry, recordOf } from '../../src/routes/index.ts';
import { provisionRoute, RoutingTable } from '../../src/routing/index.ts';
import { type Listener, type ListenerOptions, listen } from '../../src/server/index.ts';
import { Upstream, type UpstreamOptions } from '../../src/upstream/index.ts';
import { builtinRegistry } from '../../src/vocabulary/index.ts';

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** How a test's proxy is made. */
export interface TestProxyOptions {
  registry?: Registry;
  upstream?: UpstreamOptions;
  listener?: Partial<ListenerOptions>;
  draining?: () => boolean;
  /** What else the proxy is told. */
  proxy?: Partial<ProxyInit>;
}

/** A proxy in this thread, on a real socket, with routes that a test can replace. Closed by the test. */
export interface TestProxy {
  readonly port: number;
  readonly listener: Listener;
  readonly upstream: Upstream;
  /** Failures that became error responses, oldest first. */
  readonly failures: ProxyError[];
  /** Exchanges that are over, oldest first. */
  readonly finished: { exchange: ExchangeRecord; error: Error | null }[];
  /** Puts these routes in the place of all that there are; `init` is what the proxy is told from then on. */
  route(text: string | readonly RouteDef[], init?: Partial<ProxyInit>): void;
  close(): Promise<void>;
}

/** Starts a proxy on a free port. @throws AssertionError when the routes have errors. */
export async function startTestProxy(routes: string, options: TestProxyOptions = {}): Promise<TestProxy> {
  const registry = options.registry ?? builtinRegistry();
  const upstream = new Upstream(options.upstream ?? {}, new EndpointRegistry(), registry);
  let table: RoutingTable<ReturnType<typeof routeBackend>> = new RoutingTable();
  const failures: ProxyError[] = [];
  const finished: TestProxy['finished'] = [];
  const observer = {
    failed(_exchange: ExchangeRecord, error: ProxyError) {
      failures.push(error);
      return true;
    },
    finished: (exchange: ExchangeRecord, error: Error | null) => void finished.push({ exchange, error }),
    log: () => SILENT,
  };
  let proxy = new ReverseProxy({ table, upstream, observer, ...options.proxy });
  const route = (text: string | readonly RouteDef[], init = options.proxy): void => {
    const defs = typeof text === 'string' ? definitions(text) : text;
    table = new RoutingTable();
    const put = defs.map((def, order) =>
      provisionRoute(recordOf(def.id === '' ? { ...def, id: 'anonymous' } : def, order), {
        registry,
        predicateEnv: { draining: options.draining ?? (() => false) },
        filterEnv: (routeId) => ({ routeId, log: SILENT, metrics: NO_METRICS }),
        makeBackend: (record, routeId) => routeBackend(record, routeId, upstream),
      }),
    );
    table.prepare(1, { put });
    table.commit(1);
    proxy = new ReverseProxy({ table, upstream, observer, ...init });
  };
  route(routes);
  const listener = await listen((request, downstream) => proxy.handlerOf('address')(request, downstream), {
    host: '127.0.0.1',
    port: 0,
    ...options.listener,
  });
  return {
    port: listener.port,
    listener,
    upstream,
    failures,
    finished,
    route,
    async close() {
      await listener.close();
      await upstream.close();
    },
  };
}

/** The definitions of a text that must be right. */
export function definitions(text: string): RouteDef[] {
  const { value, errors } = parseRoutes(text);
  assert.deepEqual(errors, [], text);
  return value;
}
