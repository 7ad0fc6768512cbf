import { balancers, type EndpointRegistry } from '../balance/index.ts';
import { ProxyError, TimerWheel } from '../http/index.ts';
import { type BalancerSpec, balancerFault, type Log, NO_LOG } from '../plugin/index.ts';
import type { BackendRecord } from '../routes/index.ts';
import { Backend, type Target } from './backend.ts';
import { BackendNames } from './backend-names.ts';
import { Call } from './call.ts';
import { ConnectionPool, PoolLease } from './connection-pool.ts';
import { settingsOf, type UpstreamOptions, type UpstreamSettings } from './options.ts';
import { BackendError, type Origin, parseEndpoint, parseOrigin, type WeightedOrigin } from './origin.ts';
import type { UpstreamObserver, UpstreamRequest } from './upstream-request.ts';

/** Fine enough for a backendTimeout of some tens of milliseconds. */
const TICK_MS = 20;

/** Where the algorithms that routes name are looked up, such as the registry's namespace of balancers. */
export interface BalancerNames {
  get(name: string): BalancerSpec | undefined;
}

/** What an upstream may be given besides its options. */
export interface UpstreamParts {
  /** Default: the built-in ones. */
  readonly balancers?: BalancerNames;
  /** Told what no request is to blame for. Default: nobody. */
  readonly log?: Log;
}

const BUILT_IN: BalancerNames = new Map(balancers.map((spec) => [spec.name, spec]));

/** The way to all origins of one thread: its connections, and the calls on them. */
export class Upstream {
  readonly settings: UpstreamSettings;
  readonly #timers = new TimerWheel({ tickMs: TICK_MS, slots: 4096 });
  readonly #endpoints: EndpointRegistry;
  readonly #balancers: BalancerNames;
  readonly #names: BackendNames | null;
  readonly #leases = new Map<string, PoolLease>();
  /** Backends of `<dynamic>` routes by base URL, the one used last at the end. */
  readonly #dynamic = new Map<string, Backend>();

  /** `endpoints` is shared with whoever reads the counters. */
  constructor(
    options: UpstreamOptions,
    endpoints: EndpointRegistry,
    { balancers = BUILT_IN, log = NO_LOG }: UpstreamParts = {},
  ) {
    this.settings = settingsOf(options);
    this.#endpoints = endpoints;
    this.#balancers = balancers;
    const { dnsRefreshMs: refreshMs, lookup } = this.settings;
    this.#names = refreshMs === 0 ? null : new BackendNames({ refreshMs, lookup, log });
  }

  /**
   * The backend of a route, to be closed with it; null where nothing goes upstream (or, of `<dynamic>`, nowhere known yet).
   * Connections are shared by all backends with the same origin.
   * @throws BackendError when a URL or the algorithm is wrong.
   */
  makeBackend(record: BackendRecord, routeId: string): Backend | null {
    switch (record.kind) {
      case 'network':
        // An empty URL is legal: the filters of such a route answer. Source: Skipper.
        return record.url === ''
          ? null
          : new Backend(routeId, [this.#target(parseOrigin(record.url), true)], null, this.#drop);
      case 'balanced':
        return this.#balanced(record.algorithm ?? 'roundRobin', record.endpoints, routeId);
      default:
        return null;
    }
  }

  /**
   * The backend for the base URL that filters gave to a `<dynamic>` route; kept by the upstream, for a while.
   * @throws ProxyError when it is no http or https URL.
   */
  dynamicBackend(baseUrl: string): Backend {
    const known = this.#dynamic.get(baseUrl);
    if (known !== undefined) {
      this.#dynamic.delete(baseUrl);
      this.#dynamic.set(baseUrl, known);
      return known;
    }
    const backend = this.#newDynamic(baseUrl);
    this.#dynamic.set(baseUrl, backend);
    if (this.#dynamic.size > this.settings.maxDynamicOrigins) {
      const [oldest, stale] = this.#dynamic.entries().next().value as [string, Backend];
      this.#dynamic.delete(oldest);
      stale.close();
    }
    return backend;
  }

  /** Sends a request; the observer may be told of a failure before this returns. The call is for aborting it. */
  send(request: UpstreamRequest, observer: UpstreamObserver): Call {
    const call = new Call(request, observer, this.settings);
    call.begin();
    return call;
  }

  /** Number of connections, in use or not, over all origins. */
  get connections(): number {
    let count = 0;
    for (const { pool } of this.#leases.values()) count += pool.size;
    return count;
  }

  /** Ends all connections, each as soon as its call is over; resolves when the last is gone. */
  async close(): Promise<void> {
    const leases = [...this.#leases.values()];
    this.#leases.clear();
    this.#dynamic.clear();
    await Promise.all(
      leases.map((lease) => {
        lease.dispose();
        return lease.pool.close();
      }),
    );
  }

  #balanced(algorithm: string, urls: readonly string[], routeId: string): Backend {
    const spec = this.#balancers.get(algorithm);
    if (spec === undefined) throw new BackendError(`unknown balancing algorithm ${JSON.stringify(algorithm)}`);
    if (urls.length === 0) throw new BackendError('a balanced backend needs an endpoint');
    const origins = urls.map(parseEndpointAt);
    const targets = origins.map(({ origin }) => this.#target(origin, true));
    const weighted = targets.map(({ endpoint }, at) => ({ endpoint, weight: (origins[at] as WeightedOrigin).weight }));
    try {
      const balancer = spec.create(weighted);
      const wrong = balancerFault(balancer);
      if (wrong !== null) throw new BackendError(`${algorithm}: ${wrong}`);
      return new Backend(routeId, targets, balancer, this.#drop);
    } catch (error) {
      targets.forEach(this.#drop);
      throw error;
    }
  }

  #newDynamic(baseUrl: string): Backend {
    try {
      return new Backend('dynamic', [this.#target(parseOrigin(baseUrl), false)], null, this.#drop);
    } catch (cause) {
      const { message } = cause as Error;
      throw new ProxyError({ code: 'bad-dynamic-url', status: 502, source: 'internal', message, cause });
    }
  }

  #target(origin: Origin, isNamed: boolean): Target {
    let lease = this.#leases.get(origin.url);
    if (lease === undefined) {
      const pool = new ConnectionPool(origin, { settings: this.settings, timers: this.#timers, names: this.#names });
      lease = new PoolLease(pool, () => {
        this.#leases.delete(origin.url);
        void pool.close();
      });
      this.#leases.set(origin.url, lease);
    }
    lease.retain();
    return { endpoint: this.#endpoints.retain(origin.url, isNamed), isNamed, lease, pool: lease.pool };
  }

  readonly #drop = ({ endpoint, isNamed, lease }: Target): void => {
    this.#endpoints.release(endpoint, isNamed);
    lease.release();
  };
}

function parseEndpointAt(url: string, index: number): WeightedOrigin {
  try {
    return parseEndpoint(url);
  } catch (error) {
    throw new BackendError((error as Error).message, index);
  }
}
