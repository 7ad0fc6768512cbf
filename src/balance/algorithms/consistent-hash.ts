import {
  type BalanceRequest,
  type Balancer,
  defineBalancer,
  type Endpoint,
  type WeightedEndpoint,
} from '../../plugin/index.ts';
import { hash32 } from '../hash.ts';

/** Points of an endpoint of weight 1 on the ring, as in Skipper. */
const POINTS_PER_WEIGHT = 100;

/** A ring of hashes: a key belongs to the endpoint of the first point at or behind the key's own hash. */
class HashRing implements Balancer {
  /** Positions in ascending order. */
  readonly #positions: Uint32Array;
  /** The endpoint of each position. */
  readonly #owners: readonly Endpoint[];

  constructor(endpoints: readonly WeightedEndpoint[]) {
    // A point depends on its own endpoint only: whoever comes or goes moves no key between the others.
    const points = endpoints.flatMap(({ endpoint, weight }) =>
      Array.from({ length: Math.max(1, Math.round(POINTS_PER_WEIGHT * weight)) }, (_, point) => ({
        endpoint,
        position: hash32(`${endpoint.origin}-${point}`),
      })),
    );
    points.sort((a, b) => a.position - b.position || (a.endpoint.origin < b.endpoint.origin ? -1 : 1));
    this.#positions = Uint32Array.from(points, ({ position }) => position);
    this.#owners = points.map(({ endpoint }) => endpoint);
  }

  pick(request: BalanceRequest, tried: readonly Endpoint[]): Endpoint | null {
    const owners = this.#owners;
    const start = this.#firstAtOrBehind(hash32(request.hashKey));
    for (let step = 0; step < owners.length; step++) {
      const owner = owners[(start + step) % owners.length] as Endpoint;
      if (tried.length === 0 || !tried.includes(owner)) return owner;
    }
    return null;
  }

  #firstAtOrBehind(position: number): number {
    const positions = this.#positions;
    let low = 0;
    let high = positions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((positions[middle] as number) < position) low = middle + 1;
      else high = middle;
    }
    return low === positions.length ? 0 : low;
  }
}

/** The same endpoint for the same key. */
export const consistentHash = defineBalancer({
  name: 'consistentHash',
  summary: 'Takes the same endpoint for the same key: the one set by consistentHashKey, else the client address.',
  details:
    'A ring of 100 points per endpoint and weight. When an endpoint leaves, only its own keys move; when it fails, its keys go to the next one on the ring.',
  source: 'Skipper (which hashes with xxhash: keys land on other endpoints than there)',
  create: (endpoints) => new HashRing(endpoints),
});
