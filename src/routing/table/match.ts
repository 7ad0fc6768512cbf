import { pathParams } from '../../http/index.ts';
import { errorOf, ProxyError, type Request } from '../../plugin/index.ts';
import type { CallRecord } from '../../routes/index.ts';
import type { Route } from '../route/route.ts';
import type { Lookup } from './candidate-index.ts';
import type { Candidates } from './candidates.ts';
import type { Visitor } from './path-trie.ts';

/** A route that a request leads to. */
export interface Match<B> {
  readonly route: Route<B>;
  /** The path parameters, decoded once. */
  readonly params: Readonly<Record<string, string>>;
}

/** What a lookup did: each route it considered, in order; the last one is the match, if there is one. */
export interface Explanation<B> {
  readonly match: Match<B> | null;
  readonly candidates: readonly Candidacy[];
}

/** One route that a lookup considered. */
export interface Candidacy {
  readonly routeId: string;
  readonly rank: number;
  /** The predicate that refused it; null when all matched. */
  readonly refusedBy: CallRecord | null;
}

/** A route and the path that led to it; the parameters are taken from the path when somebody asks for them. */
export class PathMatch<B> implements Match<B> {
  readonly route: Route<B>;
  readonly #path: string;
  #params: Readonly<Record<string, string>> | null = null;

  constructor(route: Route<B>, path: string) {
    this.route = route;
    this.#path = path;
  }

  get params(): Readonly<Record<string, string>> {
    this.#params ??= pathParams(this.route.pattern, this.#path);
    return this.#params;
  }
}

/** Asks the candidates of each place for the route of a request. */
export class RouteLookup<B> implements Lookup<B>, Visitor<B> {
  readonly request: Request;
  readonly generation: number;
  /** What a predicate threw, and the route it stands in; the last of several. */
  failure: { readonly routeId: string; readonly error: Error } | null = null;

  constructor(request: Request, generation: number) {
    this.request = request;
    this.generation = generation;
  }

  accepts(route: Route<B>): boolean {
    try {
      return route.accepts(this.request);
    } catch (thrown) {
      const error = errorOf(thrown);
      // What a predicate refuses the request for is an answer; any other fault is of its route alone.
      if (error instanceof ProxyError) throw error;
      this.failure = { routeId: route.id, error };
      return false;
    }
  }

  visit(candidates: Candidates<B>): Route<B> | null {
    return candidates.find(this, null);
  }
}

/** Finds what lots may lead to: a route that draws lots counts as one that matches, until it was `passed`. */
export class LotLookup<B> implements Lookup<B>, Visitor<B> {
  readonly request: Request;
  readonly generation: number;
  readonly #passed = new Set<Route<B>>();

  constructor(request: Request, generation: number) {
    this.request = request;
    this.generation = generation;
  }

  /** Goes on as if the lots had been against `route`. */
  pass(route: Route<B>): void {
    this.#passed.add(route);
  }

  accepts(route: Route<B>): boolean {
    if (this.#passed.has(route)) return false;
    try {
      return route.mayAccept(this.request);
    } catch {
      // The lookup that counts tells of it.
      return false;
    }
  }

  visit(candidates: Candidates<B>): Route<B> | null {
    return candidates.find(this, null);
  }
}

/** Asks all candidates one by one, in order, and notes the answers. */
export class ExplainedLookup<B> implements Visitor<B> {
  readonly candidates: Candidacy[] = [];
  readonly #request: Request;
  readonly #generation: number;

  constructor(request: Request, generation: number) {
    this.#request = request;
    this.#generation = generation;
  }

  visit(candidates: Candidates<B>): Route<B> | null {
    for (const route of candidates.all()) {
      if (!route.visibleAt(this.#generation)) continue;
      const refusedBy = route.refusal(this.#request);
      this.candidates.push({ routeId: route.id, rank: route.rank, refusedBy });
      if (refusedBy === null) return route;
    }
    return null;
  }
}
