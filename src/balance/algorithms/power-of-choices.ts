import {
  type BalanceRequest,
  type Balancer,
  defineBalancer,
  type Endpoint,
  type WeightedEndpoint,
} from '../../plugin/index.ts';
import { untried } from '../untried.ts';

class PowerOfTwoChoices implements Balancer {
  readonly #endpoints: readonly WeightedEndpoint[];

  constructor(endpoints: readonly WeightedEndpoint[]) {
    this.#endpoints = endpoints;
  }

  pick(_request: BalanceRequest, tried: readonly Endpoint[]): Endpoint | null {
    const candidates = tried.length === 0 ? this.#endpoints : untried(this.#endpoints, tried);
    const count = candidates.length;
    if (count < 2) return candidates[0]?.endpoint ?? null;
    const firstAt = Math.floor(Math.random() * count);
    const otherAt = Math.floor(Math.random() * (count - 1));
    const first = candidates[firstAt] as WeightedEndpoint;
    const second = candidates[otherAt < firstAt ? otherAt : otherAt + 1] as WeightedEndpoint;
    return load(second) < load(first) ? second.endpoint : first.endpoint;
  }
}

function load({ endpoint, weight }: WeightedEndpoint): number {
  return endpoint.inFlight / weight;
}

/** The less busy of two. */
export const powerOfRandomNChoices = defineBalancer({
  name: 'powerOfRandomNChoices',
  summary: 'Takes, of two different endpoints drawn by chance, the one with fewer requests in flight for its weight.',
  details: 'Requests in flight are those of this thread, over all routes. Skipper may draw the same endpoint twice.',
  source: 'Skipper',
  create: (endpoints) => new PowerOfTwoChoices(endpoints),
});
