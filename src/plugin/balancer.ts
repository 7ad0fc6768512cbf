/** One endpoint of a balanced backend, shared by all routes of a thread that name it; outlives table generations. */
export interface Endpoint {
  /** Scheme and authority, such as "http://a:8080". */
  readonly origin: string;
  /** Requests under way now, over all routes of this thread. */
  inFlight: number;
}

/** An endpoint as one route names it, with the attributes of that route. */
export interface WeightedEndpoint {
  readonly endpoint: Endpoint;
  /** Share of the traffic relative to the others; default 1. From the endpoint's query, "?weight=3". */
  readonly weight: number;
}

/** What a balancer may know of the request. */
export interface BalanceRequest {
  /** `consistentHashKey`, else the client's address. */
  readonly hashKey: string;
}

/** Chooses endpoints for one route. Synchronous; keeps its own position. */
export interface Balancer {
  /** The endpoint to try next: none of `tried` while there are others; null when all were tried. */
  pick(request: BalanceRequest, tried: readonly Endpoint[]): Endpoint | null;
}

/** A factory of balancers: the algorithm named in `<name, "ep", …>`. */
export interface BalancerSpec {
  /** Tells a drop-in's balancers from its filters; set by `defineBalancer`. */
  readonly kind?: 'balancer';
  readonly name: string;
  /** One sentence: how it chooses. */
  readonly summary: string;
  readonly details?: string;
  readonly source?: string;
  create(endpoints: readonly WeightedEndpoint[]): Balancer;
}

/** Declares a balancer. */
export function defineBalancer(spec: BalancerSpec): BalancerSpec {
  return { ...spec, kind: 'balancer' };
}
