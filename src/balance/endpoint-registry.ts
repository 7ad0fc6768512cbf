import type { Endpoint } from '../plugin/index.ts';

/**
 * The endpoints of one thread, one object per origin however many routes name it. Outlives table generations: an origin
 * that stays in use over a reload keeps its counters.
 */
export class EndpointRegistry {
  readonly #entries = new Map<string, { readonly endpoint: Endpoint; references: number }>();

  /** Number of origins in use. */
  get size(): number {
    return this.#entries.size;
  }

  /** The endpoint of `origin`, such as "http://a:8080", held until `release`. */
  retain(origin: string): Endpoint {
    let entry = this.#entries.get(origin);
    if (entry === undefined) {
      entry = { endpoint: { origin, inFlight: 0 }, references: 0 };
      this.#entries.set(origin, entry);
    }
    entry.references++;
    return entry.endpoint;
  }

  /** Gives back what one `retain` gave; the last one makes the registry forget the endpoint. */
  release(endpoint: Endpoint): void {
    const entry = this.#entries.get(endpoint.origin);
    if (entry?.endpoint !== endpoint) return;
    if (--entry.references === 0) this.#entries.delete(endpoint.origin);
  }

  /** The endpoints in use, for metrics. */
  endpoints(): IterableIterator<Endpoint> {
    return this.#entries.values().map(({ endpoint }) => endpoint);
  }
}
