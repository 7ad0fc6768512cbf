import type { LiveEndpoint } from '../balance/index.ts';
import type { BalanceRequest, Balancer, Endpoint } from '../plugin/index.ts';
import type { ConnectionPool, PoolLease } from './connection-pool.ts';

/** One place to send requests to: an endpoint and the connections to it. */
export interface Target {
  readonly endpoint: LiveEndpoint;
  /** Whether a route names it; else it is that of a `<dynamic>` backend. */
  readonly isNamed: boolean;
  readonly lease: PoolLease;
  readonly pool: ConnectionPool;
}

const NOTHING: readonly Endpoint[] = [];

/** The network or balanced backend of one route, ready to be called. Closed with its route. */
export class Backend {
  readonly routeId: string;
  readonly #balancer: Balancer | null;
  readonly #first: Target;
  readonly #byEndpoint: ReadonlyMap<Endpoint, Target>;
  readonly #targets: readonly Target[];
  readonly #giveBack: (target: Target) => void;
  #isClosed = false;

  /** `balancer` is null for a network backend, which has one target. `giveBack` gets each target in the end. */
  constructor(
    routeId: string,
    targets: readonly Target[],
    balancer: Balancer | null,
    giveBack: (target: Target) => void,
  ) {
    this.routeId = routeId;
    this.#targets = targets;
    this.#first = targets[0] as Target;
    this.#balancer = balancer;
    this.#giveBack = giveBack;
    this.#byEndpoint = new Map(targets.map((target) => [target.endpoint, target]));
  }

  /** The target to try, none of `tried` again; null when there is none left. */
  pick(request: BalanceRequest, tried: readonly Endpoint[] = NOTHING): Target | null {
    if (this.#balancer === null) return tried.length === 0 ? this.#first : null;
    const endpoint = this.#balancer.pick(request, tried);
    return endpoint === null ? null : (this.#byEndpoint.get(endpoint) ?? null);
  }

  /** The target whose connections are those of `pool`; null: none is. */
  targetOf(pool: unknown): Target | null {
    return this.#targets.find((target) => target.pool === pool) ?? null;
  }

  /** Gives up the endpoints; calls under way end in peace. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const target of this.#targets) this.#giveBack(target);
  }
}
