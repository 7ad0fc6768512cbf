import { trimTrailingSlash } from '../../http/index.ts';
import type { Request } from '../../plugin/index.ts';
import type { Route } from '../route/route.ts';
import { Generation, Generations } from './generation.ts';
import { ExplainedLookup, type Explanation, LotLookup, type Match, PathMatch, RouteLookup } from './match.ts';
import type { Visitor } from './path-trie.ts';
import { Places } from './places.ts';
import { WideMap } from './wide-map.ts';

/** How many routes one call of `collectGarbage` takes out of the table. */
const GARBAGE_ROUTES = 64;

/** How many routes that draw lots are told apart before the one that does not. */
const MAX_LOTS = 16;

/** Options of a routing table. */
export interface RoutingTableOptions {
  /** Whether `/a` and `/a/` are one path for Path and PathSubtree. Default false. */
  readonly ignoreTrailingSlash?: boolean;
  /** Told of a predicate that threw while the request went to another route. Default: nobody. */
  predicateFailed?(routeId: string, error: Error): void;
}

/** A change of the table. */
export interface TableChange<B> {
  /** New routes, and new versions of routes with the same id. The table owns them from then on. */
  readonly put?: readonly Route<B>[];
  /** Routes to be had at another place among all definitions; what is not there is left out. */
  readonly move?: readonly { readonly id: string; readonly order: number }[];
  /** Ids of routes to remove. */
  readonly remove?: readonly string[];
}

/**
 * The routes of one thread, by path, host and other hints; in generations.
 *
 * There is one structure for all generations: each route says from which generation on it is seen, and up to which.
 * `prepare` adds and ends routes for a generation to come, in as many slices as one likes, `commit` makes it the current
 * one by storing a number, `collectGarbage` takes out what no generation sees any more. So a change costs what it changes.
 *
 * A route that was replaced is retired once no lookup can find it: not the current generation, and none that is pinned.
 */
export class RoutingTable<B> {
  readonly #ignoreTrailingSlash: boolean;
  /** The routes that are asked before the others; see `Predicate.isFirst`. */
  readonly #first: Places<B>;
  readonly #others: Places<B>;
  readonly #predicateFailed: NonNullable<RoutingTableOptions['predicateFailed']>;
  /** The youngest version of each route; older ones hang on `Route.previous`. */
  readonly #byId = new WideMap<Route<B>>();
  readonly #generations = new Generations<B>(new Generation(0));
  #size = 0;
  #staged: StagedChange<B> | null = null;

  constructor(options: RoutingTableOptions = {}) {
    this.#ignoreTrailingSlash = options.ignoreTrailingSlash ?? false;
    this.#first = new Places(this.#ignoreTrailingSlash);
    this.#others = new Places(this.#ignoreTrailingSlash);
    this.#predicateFailed = options.predicateFailed ?? (() => {});
  }

  /** Number of routes now. */
  get size(): number {
    return this.#size;
  }

  /** Whether nothing is left in it, of any generation. */
  get isEmpty(): boolean {
    return this.#byId.size === 0 && this.#first.isEmpty && this.#others.isEmpty;
  }

  /** Number of the current generation; 0 is the empty table. */
  get generation(): number {
    return this.#generations.current.number;
  }

  /**
   * The route that `request` leads to, in the current generation or the pinned one; null when there is none.
   *
   * A route with a predicate that throws is passed over, so that it harms no other. @throws what the predicate threw when
   * no route is left; ProxyError at once.
   */
  lookup(request: Request, pin: Generation<B> = this.#generations.current): Match<B> | null {
    const path = this.#pathOf(request);
    const lookup = new RouteLookup<B>(request, pin.number);
    const route = this.#search(path, lookup);
    if (lookup.failure !== null) this.#passedOver(lookup.failure, route);
    return route === null ? null : new PathMatch(route, path);
  }

  /**
   * The routes that `request` may lead to, as lots fall: those that draw lots in the order in which they are asked, and
   * the first one that does not.
   */
  possible(request: Request, pin: Generation<B> = this.#generations.current): readonly Route<B>[] {
    const path = this.#pathOf(request);
    const lookup = new LotLookup<B>(request, pin.number);
    const routes: Route<B>[] = [];
    while (routes.length < MAX_LOTS) {
      const route = this.#search(path, lookup);
      if (route === null) break;
      routes.push(route);
      if (!route.drawsLots) break;
      lookup.pass(route);
    }
    return routes;
  }

  /** As `lookup`, with the routes it considered and why they were refused. Not for the path of requests. */
  explain(request: Request, pin: Generation<B> = this.#generations.current): Explanation<B> {
    const path = this.#pathOf(request);
    const lookup = new ExplainedLookup<B>(request, pin.number);
    const route = this.#search(path, lookup);
    return { match: route === null ? null : new PathMatch(route, path), candidates: lookup.candidates };
  }

  /** Holds the current generation: lookups with it give the same as now until `unpin`. */
  pin(): Generation<B> {
    return this.#generations.pin();
  }

  /** Lets go what `pin` gave; once for each `pin`. */
  unpin(generation: Generation<B>): void {
    this.#generations.unpin(generation);
  }

  /**
   * Stages a part of the change that leads to `generation`: a number above the current one, the same for all parts.
   * No lookup sees it before `commit`.
   */
  prepare(generation: number, change: TableChange<B>): void {
    const staged = this.#stagedFor(generation);
    for (const id of change.remove ?? []) {
      this.#end(id, staged);
    }
    for (const { id, order } of change.move ?? []) {
      const head = this.#byId.get(id);
      if (head?.visibleAt(generation)) this.#put(head.moved(order), staged);
    }
    for (const route of change.put ?? []) this.#put(route, staged);
  }

  /** Makes what was prepared visible, all at once. @throws Error when another generation is being prepared. */
  commit(generation: number): void {
    const staged = this.#stagedFor(generation);
    this.#staged = null;
    this.#size = staged.size;
    this.#generations.advance(new Generation(generation), staged.ended);
  }

  /** Forgets what was prepared; the routes it brought are retired. */
  abort(generation: number): void {
    const staged = this.#stagedFor(generation);
    this.#staged = null;
    for (const route of staged.ended) route.clearEnd();
    const unseen = staged.put.filter((route) => route.visibleAt(generation));
    for (const route of unseen) route.until = route.since;
    this.#generations.release(unseen);
  }

  /**
   * Takes some of the routes out that commits and aborts left behind, and retires them.
   * @returns whether there is more to do; call it again when there is time.
   */
  collectGarbage(): boolean {
    for (let count = 0; count < GARBAGE_ROUTES; count++) {
      const route = this.#generations.takeReleased();
      if (route === null) return false;
      this.#takeOut(route);
      route.retire();
    }
    return this.#generations.hasReleased;
  }

  /** The current routes, in no particular order. */
  *routes(): Generator<Route<B>> {
    for (const head of this.#byId.values()) {
      const route = versionAt(head, this.generation);
      if (route !== null) yield route;
    }
  }

  /** The current route with this id, or null. */
  route(id: string): Route<B> | null {
    return versionAt(this.#byId.get(id), this.generation);
  }

  /** Retires all routes, of all generations: for the end of the thread, when no lookup follows. */
  close(): void {
    for (const head of this.#byId.values()) {
      for (let route: Route<B> | null = head; route !== null; route = route.previous) route.retire();
    }
  }

  #search(path: string, visitor: Visitor<B>): Route<B> | null {
    const found = this.#first.size === 0 ? null : this.#first.search(path, visitor);
    return found ?? this.#others.search(path, visitor);
  }

  #passedOver({ routeId, error }: { routeId: string; error: Error }, route: Route<B> | null): void {
    if (route === null) throw error;
    this.#predicateFailed(routeId, error);
  }

  #pathOf(request: Request): string {
    return this.#ignoreTrailingSlash ? trimTrailingSlash(request.matchPath) : request.matchPath;
  }

  #stagedFor(generation: number): StagedChange<B> {
    if (this.#staged === null) {
      if (generation <= this.generation) throw new Error(`generation ${generation} is past; now is ${this.generation}`);
      this.#staged = { generation, size: this.#size, put: [], ended: [] };
    }
    const { generation: expected } = this.#staged;
    if (generation !== expected) throw new Error(`generation ${expected} is being prepared, not ${generation}`);
    return this.#staged;
  }

  #put(route: Route<B>, staged: StagedChange<B>): void {
    this.#end(route.id, staged);
    route.activateFrom(staged.generation);
    route.previous = this.#byId.get(route.id) ?? null;
    this.#byId.set(route.id, route);
    this.#placesFor(route).add(route);
    staged.put.push(route);
    staged.size++;
  }

  /** Ends the version of this id that the generation to come would see, if there is one. */
  #end(id: string, staged: StagedChange<B>): void {
    const route = versionAt(this.#byId.get(id), staged.generation);
    if (route === null) return;
    route.until = staged.generation;
    staged.size--;
    if (route.since < staged.generation) staged.ended.push(route);
    else this.#generations.release([route]);
  }

  #placesFor(route: Route<B>): Places<B> {
    return route.isFirst ? this.#first : this.#others;
  }

  #takeOut(route: Route<B>): void {
    this.#placesFor(route).remove(route);
    this.#forget(route);
  }

  /** Takes a version out of those of its id. */
  #forget(route: Route<B>): void {
    const head = this.#byId.get(route.id);
    if (head === route) {
      if (route.previous === null) this.#byId.delete(route.id);
      else this.#byId.set(route.id, route.previous);
      return;
    }
    for (let each = head ?? null; each !== null; each = each.previous) {
      if (each.previous === route) each.previous = route.previous;
    }
  }
}

/** What is prepared for a generation to come. */
interface StagedChange<B> {
  readonly generation: number;
  /** Number of routes there will be. */
  size: number;
  readonly put: Route<B>[];
  /** Routes that the current generation sees and the one to come does not. */
  readonly ended: Route<B>[];
}

function versionAt<B>(head: Route<B> | undefined, generation: number): Route<B> | null {
  for (let route = head ?? null; route !== null; route = route.previous) if (route.visibleAt(generation)) return route;
  return null;
}
