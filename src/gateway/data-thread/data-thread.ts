// A data thread: the composition root of what serves requests. The main thread starts it and tells it what to serve.
import { threadId, workerData } from 'node:worker_threads';
import { EndpointRegistry } from '../../balance/index.ts';
import { errorOf, filterBounds } from '../../http/index.ts';
import {
  AccessLog,
  endpointMetrics,
  ListenerWatch,
  logLines,
  RequestMetrics,
  RequestObserver,
  ThreadMetrics,
} from '../../observe/index.ts';
import { type Log, logAbout, type PredicateEnv } from '../../plugin/index.ts';
import { closeRouteBackend, ReverseProxy, type RouteBackend, routeBackend } from '../../proxy/index.ts';
import { type ProvisionEnv, provisionRoute, RoutingTable } from '../../routing/index.ts';
import {
  type Listener,
  type ListenerObserver,
  listen,
  listenError,
  offerCiphers,
  type UnderWay,
} from '../../server/index.ts';
import { guardThread, serveThread, type ThreadParts, takeSeat } from '../../threads/index.ts';
import { Upstream } from '../../upstream/index.ts';
import { builtinRegistry } from '../../vocabulary/index.ts';
import { DescriptorReserve } from './descriptor-reserve.ts';
import { toldUnderWay } from './draining.ts';
import {
  accessLogFormat,
  listenerOptions,
  metricsOptions,
  receptionOptions,
  upstreamOptions,
} from './thread-options.ts';
import { isDraining, sendable, type ThreadSetup, type ThreadWord } from './thread-setup.ts';

const { config, tls, flags, descriptorLimit } = workerData as ThreadSetup;
const seat = takeSeat(workerData);
guardThread(seat);
offerCiphers(tls.offeredCiphers);

/** Writes to the application log, which the main thread keeps. */
const log: Log = {
  debug: (message, fields) => tell({ level: 'debug', message, fields }),
  info: (message, fields) => tell({ level: 'info', message, fields }),
  warn: (message, fields) => tell({ level: 'warn', message, fields }),
  error: (message, fields) => tell({ level: 'error', message, fields }),
};

const descriptors = new DescriptorReserve(descriptorLimit, flags, log);
filterBounds.timeoutMs = config['filter-timeout'];
filterBounds.maxBodyBytes = config['filter-body-limit'];
const builtins = builtinRegistry();
let balancers = builtins.balancers;
/** Says whether a connection to an origin may be opened. */
function hasRoom(): boolean {
  if (!descriptors.isShort()) return true;
  descriptors.turnAway('upstream');
  return false;
}

/** What concerns no request: each thread sees it for itself. */
const threadLog = logAbout(log, { thread: threadId });
const endpoints = new EndpointRegistry({ log: threadLog });
const upstream = new Upstream({ ...upstreamOptions(config, tls), hasRoom }, endpoints, {
  balancers: { get: (name) => balancers.get(name) },
  log: threadLog,
});
const table = new RoutingTable<RouteBackend>({
  ignoreTrailingSlash: config['ignore-trailing-slash'],
  predicateFailed: (route, error) =>
    log.error('a predicate failed: its route was passed over', { route, error: error.message }),
});
const metrics = new RequestMetrics(metricsOptions(config));
const threadMetrics = new ThreadMetrics(threadId);
const accessLog = new AccessLog({
  path: config['access-log'],
  format: accessLogFormat(config),
  stripQuery: config['access-log-strip-query'],
  offByDefault: config['access-log-disabled'],
  failed: (reason) => log.error('the access log cannot be written', { reason }),
  mended: (dropped) => log.warn('the access log is written again', { dropped }),
});
const exchanges = new RequestObserver(metrics, accessLog, log);
const proxy = new ReverseProxy({
  table,
  upstream,
  observer: exchanges,
  reception: receptionOptions(config),
  pathNormalization: config['path-normalization'],
  maxLoopbacks: config['max-loopbacks'],
  defaultStatus: config['default-http-status'],
});
const watch = new ListenerWatch(accessLog, log);
const observer: ListenerObserver = {
  refused: (error, request, bytesSent) => watch.refused(error, request, bytesSent),
  handshakeFailed: (error) => watch.handshakeFailed(error),
  failed: (error) => log.error('serving failed', { error: String(error) }),
};
const predicateEnv: PredicateEnv = { draining: () => isDraining(flags) };
let listeners: Listener[] = [];

const parts: ThreadParts<RouteBackend> = {
  table,
  builtins,
  loadTimeoutMs: config['drop-in-load-timeout'],
  stallMs: config['thread-stall-timeout'],
  provisioner(registry) {
    balancers = registry.balancers;
    // One for all routes: what equal predicates share hangs on it.
    const env: ProvisionEnv<RouteBackend> = {
      registry,
      predicateEnv,
      filterEnv: (routeId) => ({ routeId, log, metrics: metrics.filters }),
      makeBackend: (backend, routeId) => routeBackend(backend, routeId, upstream),
      closeBackend: closeRouteBackend,
      closeFailed: (route, error) => log.error('closing a filter failed', { route, error: errorOf(error).message }),
    };
    return (record) => provisionRoute(record, env);
  },
  async listen(ports) {
    const opening = listenerOptions(config, tls).map(async ({ name, ...options }, at) => {
      const place = { ...options, port: ports[at] ?? options.port };
      try {
        return await listen(proxy.handlerOf(name), { ...place, observer, room: descriptors });
      } catch (error) {
        throw listenError(error as Error, place);
      }
    });
    listeners = await Promise.all(opening);
    return listeners.map(({ port }) => port);
  },
  async drain(timeoutMs, idleMs) {
    const cut = await Promise.all(listeners.map((listener) => listener.drain(timeoutMs, idleMs)));
    const sum = (of: keyof UnderWay): number => cut.reduce((all, each) => all + each[of], 0);
    const told = toldUnderWay({ requests: sum('requests'), tunnels: sum('tunnels') });
    if (told !== null) log.warn(`cut, as there is no more time: ${told}`);
    await Promise.all([upstream.close(), accessLog.close()]);
  },
  metrics() {
    metrics.keepOnly((id) => table.route(id) !== null);
    const prefix = config['metrics-prefix'];
    return [
      ...metrics.snapshot(prefix),
      ...endpointMetrics(endpoints.facts(), prefix),
      ...threadMetrics.snapshot(prefix),
      ...exchanges.clientFaults.snapshot(prefix),
      ...watch.snapshot(prefix, listeners),
      logLines(prefix, { access: accessLog.dropped }),
      descriptors.snapshot(prefix),
    ];
  },
  reopenLogs: () => (accessLog.reopen() ? 1 : 0),
};
const link = serveThread(parts, seat);

function tell(word: ThreadWord): void {
  try {
    link.tell(word);
  } catch {
    // Filters log what they like, and a line must not fail their request.
    link.tell(sendable(word));
  }
}
