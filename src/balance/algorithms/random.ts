import {
  type BalanceRequest,
  type Balancer,
  defineBalancer,
  type Endpoint,
  type WeightedEndpoint,
} from '../../plugin/index.ts';
import { untried } from '../untried.ts';

class WeightedRandom implements Balancer {
  readonly #endpoints: readonly WeightedEndpoint[];
  readonly #total: number;

  constructor(endpoints: readonly WeightedEndpoint[]) {
    this.#endpoints = endpoints;
    this.#total = totalWeight(endpoints);
  }

  pick(_request: BalanceRequest, tried: readonly Endpoint[]): Endpoint | null {
    if (tried.length === 0) return draw(this.#endpoints, this.#total);
    const left = untried(this.#endpoints, tried);
    return draw(left, totalWeight(left));
  }
}

function draw(endpoints: readonly WeightedEndpoint[], total: number): Endpoint | null {
  let at = Math.random() * total;
  for (const { endpoint, weight } of endpoints) {
    at -= weight;
    if (at < 0) return endpoint;
  }
  // Rounding may leave a crumb behind the last one.
  return endpoints.at(-1)?.endpoint ?? null;
}

function totalWeight(endpoints: readonly WeightedEndpoint[]): number {
  return endpoints.reduce((sum, { weight }) => sum + weight, 0);
}

/** Any endpoint, by chance. */
export const random = defineBalancer({
  name: 'random',
  summary: 'Takes an endpoint by chance, each in proportion to its weight.',
  source: 'Skipper; weights are ours',
  create: (endpoints) => new WeightedRandom(endpoints),
});
