import { compareRoutes, type Route } from '../route/route.ts';
import { CandidateIndex, type Lookup } from './candidate-index.ts';

/** Up to this many routes at one place are simply asked one after the other. */
const FEW = 8;

/** Stands for the empty list of all places; never changed. */
const NONE: never[] = [];

/**
 * The routes that stand at one place of the table, of all generations, ordered as `compareRoutes` says.
 *
 * When they are more than a few, those with a hint (host, header, host suffix, path prefix) are kept in buckets by its
 * value, so that a lookup meets only those that may match. A bucket is again a set of candidates, told apart by their
 * next hint.
 */
export class Candidates<B> {
  /** How many hints have been used on the way here. */
  readonly #depth: number;
  /** The first of those kept in order; most places have one only. */
  #first: Route<B> | null = null;
  /** The others in order. While few, all; later those without a further hint. */
  #others: Route<B>[] = NONE;
  #index: CandidateIndex<B> | null = null;

  constructor(depth = 0) {
    this.#depth = depth;
  }

  get empty(): boolean {
    return this.#first === null && (this.#index === null || this.#index.empty);
  }

  add(route: Route<B>): void {
    if (this.#index === null && this.#others.length >= FEW) this.#buildIndex();
    const hint = this.#index === null ? undefined : route.hints[this.#depth];
    if (hint === undefined) this.#addInOrder(route);
    else this.#index?.add(hint, route);
  }

  remove(route: Route<B>): void {
    if (this.#first === route) {
      this.#first = this.#others.shift() ?? null;
      return;
    }
    const others = this.#others;
    for (let at = placeOf(others, route); at < others.length; at++) {
      const each = others[at] as Route<B>;
      if (each === route) {
        others.splice(at, 1);
        return;
      }
      if (compareRoutes(each, route) !== 0) break;
    }
    const hint = route.hints[this.#depth];
    if (hint !== undefined) this.#index?.remove(hint, route);
  }

  /** The first route that matches and comes before `best`, else `best`. */
  find(lookup: Lookup<B>, best: Route<B> | null): Route<B> | null {
    const found = this.#findInOrder(lookup, best);
    return this.#index === null ? found : this.#index.find(lookup, found);
  }

  /** All routes, each once, in order. */
  all(): Route<B>[] {
    const routes = new Set(this.#others);
    if (this.#first !== null) routes.add(this.#first);
    if (this.#index !== null)
      for (const bucket of this.#index.buckets()) for (const each of bucket.all()) routes.add(each);
    return [...routes].sort(compareRoutes);
  }

  #addInOrder(route: Route<B>): void {
    const first = this.#first;
    if (first === null) {
      this.#first = route;
      return;
    }
    if (this.#others === NONE) this.#others = [];
    if (compareRoutes(first, route) > 0) {
      this.#first = route;
      this.#others.unshift(first);
    } else this.#others.splice(placeOf(this.#others, route), 0, route);
  }

  #findInOrder(lookup: Lookup<B>, best: Route<B> | null): Route<B> | null {
    const others = this.#others;
    let route = this.#first ?? undefined;
    for (let at = 0; route !== undefined; at++) {
      if (best !== null && compareRoutes(route, best) >= 0) return best;
      if (route.visibleAt(lookup.generation) && lookup.accepts(route)) return route;
      route = others[at];
    }
    return best;
  }

  #buildIndex(): void {
    const routes = this.all();
    this.#first = null;
    this.#others = NONE;
    this.#index = new CandidateIndex(() => new Candidates<B>(this.#depth + 1));
    for (const route of routes) this.add(route);
  }
}

/** Index of the first route that does not come before `route`. */
function placeOf<B>(routes: readonly Route<B>[], route: Route<B>): number {
  let low = 0;
  let high = routes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareRoutes(routes[middle] as Route<B>, route) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
