import { OUT_OF_DESCRIPTORS, type ProxyError, withoutSecrets } from '../http/index.ts';
import { type Log, logAbout } from '../plugin/index.ts';
import type { ExchangeObserver, ExchangeRecord } from '../proxy/index.ts';
import type { AccessLog } from './access-log.ts';
import { ClientFaults } from './client-faults.ts';
import type { RequestMetrics } from './request-metrics.ts';

/** Statuses below this are the client's doing and not worth a line in the application log. */
const FIRST_LOGGED_STATUS = 500;

/** Turns what the proxy tells of exchanges into metrics and log lines. One per data thread. */
export class RequestObserver implements ExchangeObserver {
  readonly clientFaults = new ClientFaults();
  readonly #metrics: RequestMetrics;
  readonly #accessLog: AccessLog;
  readonly #log: Log;

  constructor(metrics: RequestMetrics, accessLog: AccessLog, log: Log) {
    this.#metrics = metrics;
    this.#accessLog = accessLog;
    this.#log = log;
  }

  failed(exchange: ExchangeRecord, error: ProxyError): boolean {
    if (error.source === 'upstream') this.#metrics.backendFailed(exchange.routeId);
    if (error.source === 'downstream' && error.status !== 499) this.clientFaults.count(error);
    if (error.status < FIRST_LOGGED_STATUS) {
      if (error.told !== null) this.#log.debug(error.message, { code: error.code, ...facts(exchange) });
      return false;
    }
    // Told once for all, by whoever keeps the descriptors.
    if (error.code === OUT_OF_DESCRIPTORS) return false;
    this.#log.error(error.message, {
      id: exchange.id,
      code: error.code,
      status: error.status,
      ...(error.filter === null ? {} : { filter: error.filter }),
      ...facts(exchange),
      ...(exchange.endpoint === null ? {} : { endpoint: exchange.endpoint }),
      // Its head had gone out, and so much of its content.
      ...(exchange.status === 0 ? {} : { sent: exchange.status, bytes: exchange.bytesSent }),
      ...causeOf(error),
    });
    return true;
  }

  finished(exchange: ExchangeRecord, error: Error | null): void {
    const { routeId, request, status, upstreamMs } = exchange;
    const durationMs = performance.now() - exchange.startedAt;
    this.#metrics.lookedUp(exchange.lookupMs);
    if (upstreamMs > 0) this.#metrics.backendResponded(routeId, exchange.upstreamStatus, upstreamMs);
    // A copy answers no client: it is not counted among the responses.
    if (request.shadowLabel !== null) return;
    const { method, host } = request;
    this.#metrics.responded({ routeId, method, host, status, bytes: exchange.bytesSent, durationMs, upstreamMs });
    if (error !== null && status !== 499) this.#metrics.streamFailed(routeId);
    this.#accessLog.write(exchange, durationMs);
  }

  log(exchange: ExchangeRecord): Log {
    return logAbout(this.#log, facts(exchange));
  }
}

function facts({ request, routeId, id }: ExchangeRecord): Record<string, unknown> {
  return {
    id,
    route: routeId,
    method: request.method,
    target: withoutSecrets(request.originalTarget),
    host: request.host,
  };
}

/** What a reader of the log needs of the cause: the system's code, and the place of a fault in a filter. */
function causeOf(error: ProxyError): Record<string, unknown> {
  const { cause } = error;
  if (!(cause instanceof Error)) return {};
  const code = (cause as NodeJS.ErrnoException).code;
  return error.source === 'internal' ? { stack: cause.stack } : code === undefined ? {} : { cause: code };
}
