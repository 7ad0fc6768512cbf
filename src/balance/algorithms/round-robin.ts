import {
  type BalanceRequest,
  type Balancer,
  defineBalancer,
  type Endpoint,
  type WeightedEndpoint,
} from '../../plugin/index.ts';

/**
 * Smooth weighted round robin, as nginx does it: every endpoint gains its weight per pick, the richest is chosen and pays
 * the total. With equal weights it is a strict cycle; an endpoint of weight 3 among 1 and 1 gets a b a c a.
 */
class SmoothRoundRobin implements Balancer {
  readonly #endpoints: readonly WeightedEndpoint[];
  readonly #credits: Float64Array;

  constructor(endpoints: readonly WeightedEndpoint[]) {
    this.#endpoints = endpoints;
    this.#credits = new Float64Array(endpoints.length);
    // Routes and threads that start together must not all begin with the same endpoint.
    for (let picks = Math.floor(Math.random() * endpoints.length); picks > 0; picks--) this.#next(NOTHING);
  }

  pick(_request: BalanceRequest, tried: readonly Endpoint[]): Endpoint | null {
    return this.#next(tried);
  }

  #next(tried: readonly Endpoint[]): Endpoint | null {
    const credits = this.#credits;
    let chosen: WeightedEndpoint | null = null;
    let chosenAt = 0;
    let total = 0;
    for (let at = 0; at < credits.length; at++) {
      const candidate = this.#endpoints[at] as WeightedEndpoint;
      if (tried.length > 0 && tried.includes(candidate.endpoint)) continue;
      const credit = (credits[at] as number) + candidate.weight;
      credits[at] = credit;
      total += candidate.weight;
      if (chosen === null || credit > (credits[chosenAt] as number)) {
        chosen = candidate;
        chosenAt = at;
      }
    }
    if (chosen === null) return null;
    credits[chosenAt] = (credits[chosenAt] as number) - total;
    return chosen.endpoint;
  }
}

const NOTHING: readonly Endpoint[] = [];

/** One endpoint after the other, in the order of the route. */
export const roundRobin = defineBalancer({
  name: 'roundRobin',
  summary: 'Takes the endpoints in turn, each in proportion to its weight.',
  details:
    'Smooth weighted round robin: with equal weights a strict cycle from a random start; `?weight=3` on an endpoint gives it three turns for one of the others, spread evenly. The default when a backend names no algorithm.',
  source: 'Skipper; static weights as in nginx',
  create: (endpoints) => new SmoothRoundRobin(endpoints),
});

/** The same algorithm under the name that says what it does. */
export const weightedRoundRobin = defineBalancer({
  name: 'weightedRoundRobin',
  summary: 'Takes the endpoints in turn, each in proportion to its weight: the same as roundRobin.',
  details:
    "Skipper's weights follow the success ratio of passive health checks; here they stand in the route (`?weight=3`).",
  source: 'Skipper; static weights as in nginx',
  create: (endpoints) => new SmoothRoundRobin(endpoints),
});
