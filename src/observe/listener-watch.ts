import type { ProxyError, Request } from '../http/index.ts';
import type { Log, State } from '../plugin/index.ts';
import type { AccessLog } from './access-log.ts';
import { type MetricSnapshot, single } from './metric-snapshot.ts';
import { RepeatedLog } from './repeated-log.ts';

/** What the listeners of a thread hold at the moment, as far as it is shown. */
export interface ListenerState {
  /** Connections of clients, idle ones included. */
  readonly connections: number;
  /** Exchanges under way, tunnels included. */
  readonly activeRequests: number;
  /** Connections that were upgraded. */
  readonly tunnels: number;
}

/** Reasons with a series of their own; there are fewer, unless OpenSSL invents new ones. */
const MAX_REASONS = 100;
const OTHER_REASON = 'other';

/** What there is to tell of a request that nobody served. */
const UNSERVED = {
  id: '',
  routeId: null,
  endpoint: null,
  upstreamMs: 0,
  upstreamStatus: 0,
  lookupMs: 0,
  isFailureLogged: false,
  state: { get: () => undefined, set() {}, delete() {}, named: () => undefined } satisfies State,
} as const;

/**
 * Hears of what never becomes an exchange: requests that a listener refuses by itself, TLS handshakes that fail. Each is
 * counted, a refused request has its line in the access log, and the application log tells the first of each kind in a
 * minute: a flood of them is none of lines. One per data thread.
 */
export class ListenerWatch {
  readonly #accessLog: AccessLog;
  readonly #log: RepeatedLog;
  readonly #refused = new Map<string, { reason: string; code: string; count: number }>();
  readonly #handshakes = new Map<string, number>();

  constructor(accessLog: AccessLog, log: Log) {
    this.#accessLog = accessLog;
    this.#log = new RepeatedLog(log);
  }

  /** A request was answered with `error.status`; `request` is what could be read of it, `bytesSent` the content it got. */
  refused({ code, status }: ProxyError, request: Request, bytesSent: number): void {
    const known = this.#refused.get(code);
    if (known !== undefined) known.count++;
    else this.#refused.set(code, { reason: code, code: String(status), count: 1 });
    this.#log.info(code, 'a request was refused', { reason: code, status, client: request.remoteAddress });
    const exchange = { ...UNSERVED, request, status, bytesSent, startedAt: performance.now(), errorCode: code };
    this.#accessLog.write(exchange, 0);
  }

  /** A client did not come through the TLS handshake. */
  handshakeFailed({ code = OTHER_REASON }: NodeJS.ErrnoException): void {
    const reason = this.#handshakes.has(code) || this.#handshakes.size < MAX_REASONS ? code : OTHER_REASON;
    this.#handshakes.set(reason, (this.#handshakes.get(reason) ?? 0) + 1);
    this.#log.info(reason, 'a TLS handshake failed', { reason });
  }

  /** What stands in the counters now, and what `listeners` hold. */
  snapshot(prefix: string, listeners: readonly ListenerState[]): MetricSnapshot[] {
    const sum = (of: keyof ListenerState): number => listeners.reduce((all, listener) => all + listener[of], 0);
    const gauge = (name: string, help: string, value: number) => single(`${prefix}_${name}`, 'gauge', help, value);
    return [
      {
        name: `${prefix}_refused_requests_total`,
        type: 'counter',
        help: 'Requests that a listener refused by itself, by why and with which status.',
        aggregator: 'sum',
        values: [...this.#refused.values()].map(({ reason, code, count }) => ({
          value: count,
          labels: { reason, code },
        })),
      },
      {
        name: `${prefix}_tls_handshake_errors_total`,
        type: 'counter',
        help: 'TLS handshakes with clients that failed, by why.',
        aggregator: 'sum',
        values: [...this.#handshakes].map(([reason, value]) => ({ value, labels: { reason } })),
      },
      gauge('connections', 'Connections of clients that are open.', sum('connections')),
      gauge('requests_in_flight', 'Requests that are being answered.', sum('activeRequests') - sum('tunnels')),
      gauge('upgraded_connections', 'Connections that were upgraded, as for WebSocket.', sum('tunnels')),
    ];
  }
}
