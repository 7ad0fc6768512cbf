import type { Route } from '../route/route.ts';

/** One state of the routing table, as requests may hold on to it. */
export class Generation<B> {
  readonly number: number;
  /** Requests that hold it. */
  pins = 0;
  /** The routes that no younger generation sees. They go when this one does. */
  ended: Route<B>[] = [];

  constructor(number: number) {
    this.number = number;
  }
}

/** The generations that lookups may still use: the current one and those that are pinned. */
export class Generations<B> {
  /** Ascending; the last is the current one. */
  readonly #alive: Generation<B>[];
  /** Lists of routes of generations gone. */
  readonly #released: Route<B>[][] = [];

  constructor(first: Generation<B>) {
    this.#alive = [first];
  }

  get current(): Generation<B> {
    return this.#alive[this.#alive.length - 1] as Generation<B>;
  }

  pin(): Generation<B> {
    const { current } = this;
    current.pins++;
    return current;
  }

  unpin(generation: Generation<B>): void {
    generation.pins--;
    if (generation.pins === 0 && generation !== this.current) this.#drop(generation);
  }

  /** Makes `next` the current generation; `ended` are the routes that it does not see any more. */
  advance(next: Generation<B>, ended: Route<B>[]): void {
    const { current } = this;
    current.ended = ended;
    this.#alive.push(next);
    if (current.pins === 0) this.#drop(current);
  }

  /** Leaves routes behind that no generation sees, or will. */
  release(routes: Route<B>[]): void {
    if (routes.length > 0) this.#released.push(routes);
  }

  /** Takes one route out of those left behind that no generation alive sees; null when there is none. */
  takeReleased(): Route<B> | null {
    for (let list = this.#released.at(-1); list !== undefined; list = this.#released.at(-1)) {
      const route = list.pop();
      if (list.length === 0) this.#released.pop();
      if (route === undefined) continue;
      const holder = this.#youngestThatSees(route);
      if (holder === null) return route;
      holder.ended.push(route);
    }
    return null;
  }

  get hasReleased(): boolean {
    return this.#released.length > 0;
  }

  #drop(generation: Generation<B>): void {
    this.#alive.splice(this.#alive.indexOf(generation), 1);
    this.release(generation.ended);
  }

  #youngestThatSees(route: Route<B>): Generation<B> | null {
    for (let at = this.#alive.length - 1; at >= 0; at--) {
      const generation = this.#alive[at] as Generation<B>;
      if (generation.number < route.until) return generation.number >= route.since ? generation : null;
    }
    return null;
  }
}
