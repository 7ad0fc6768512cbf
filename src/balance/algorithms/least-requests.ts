import {
  type BalanceRequest,
  type Balancer,
  defineBalancer,
  type Endpoint,
  type WeightedEndpoint,
} from '../../plugin/index.ts';

class LeastRequests implements Balancer {
  readonly #endpoints: readonly WeightedEndpoint[];
  /** Where the next search begins: among equals each has its turn. */
  #from = 0;

  constructor(endpoints: readonly WeightedEndpoint[]) {
    this.#endpoints = endpoints;
  }

  pick(_request: BalanceRequest, tried: readonly Endpoint[]): Endpoint | null {
    const endpoints = this.#endpoints;
    const count = endpoints.length;
    let found = -1;
    let leastLoad = Number.POSITIVE_INFINITY;
    for (let step = 0; step < count; step++) {
      const at = (this.#from + step) % count;
      const { endpoint, weight } = endpoints[at] as WeightedEndpoint;
      const load = endpoint.inFlight / weight;
      if (load < leastLoad && !tried.includes(endpoint)) {
        leastLoad = load;
        found = at;
      }
    }
    if (found < 0) return null;
    this.#from = (found + 1) % count;
    return (endpoints[found] as WeightedEndpoint).endpoint;
  }
}

/** The least busy of all. */
export const leastRequests = defineBalancer({
  name: 'leastRequests',
  summary: 'Takes the endpoint with the fewest requests in flight for its weight; among equals, each in turn.',
  details:
    'Requests in flight are those of this thread, over all routes. It looks at every endpoint for each request; with hundreds of them powerOfRandomNChoices does nearly as well at less cost.',
  source: 'Skipper',
  create: (endpoints) => new LeastRequests(endpoints),
});
