import type { PathPattern } from '../../http/index.ts';
import type { Predicate, Request } from '../../plugin/index.ts';
import type { CallRecord } from '../../routes/index.ts';
import type { CandidateHint } from '../table/index-keys.ts';
import type { FilterChain } from './chain.ts';
import type { Conditions } from './conditions.ts';

/** A filter or predicate that a route owns and closes after its last request. */
export interface Closeable {
  close?(): void | Promise<void>;
}

/** How routes end; one for all routes of a thread. */
export interface RouteEnd<B> {
  /** Closes a backend. Default: nothing is done. */
  closeBackend?(backend: B): void | Promise<void>;
  /** Told when something of a route could not be closed; the rest is closed all the same. Default: nobody. */
  closeFailed?(routeId: string, error: unknown): void;
}

/** What a route is made of. */
export interface RouteParts<B> {
  readonly id: string;
  readonly order: number;
  readonly pattern: PathPattern | null;
  readonly conditions: Conditions;
  readonly chain: FilterChain;
  readonly backend: B;
  /** See `Route.work`. */
  readonly work: string;
  /** The filters and predicates that are to be closed. */
  readonly owned: readonly Closeable[];
  readonly end: RouteEnd<B>;
}

/** The generation that never comes. The largest small integer, so that comparisons stay integer comparisons. */
const NEVER = 0x3fffffff;

/**
 * A live route: predicate and filter instances and a backend, shared by all its requests.
 *
 * Whoever serves a request with it holds it (`retain`, `release`); the table retires it when no lookup can find it any
 * more. What it owns is closed once, when it is retired and nobody holds it.
 */
export class Route<B> {
  // What each lookup reads comes first: it then shares a cache line.
  /** First generation that sees the route. The table's. */
  since = 0;
  /** First generation that does not see it any more. The table's. */
  until = NEVER;
  readonly #conditions: Conditions;
  readonly pattern: PathPattern | null;
  readonly chain: FilterChain;
  readonly backend: B;
  /** The same for routes that do the same with a request: equal filters in equal order, equal backends. */
  readonly work: string;
  readonly id: string;
  /** Place among all definitions; see `RouteRecord.order`. */
  readonly order: number;
  /** The version of the same id before this one. The table's. */
  previous: Route<B> | null = null;
  readonly #owned: readonly Closeable[];
  readonly #end: RouteEnd<B>;
  /** How many routes own the same, when there was a move; null: this one alone. */
  #owners: { count: number } | null = null;
  #inFlight = 0;
  #retired = false;

  constructor(parts: RouteParts<B>) {
    this.#conditions = parts.conditions;
    this.pattern = parts.pattern;
    this.chain = parts.chain;
    this.backend = parts.backend;
    this.work = parts.work;
    this.id = parts.id;
    this.order = parts.order;
    this.#owned = parts.owned;
    this.#end = parts.end;
  }

  /** Candidates at one place are asked in falling rank: the sum of their predicates' weights. */
  get rank(): number {
    return this.#conditions.rank;
  }

  /** By what its candidates are told apart; see `candidateHints`. */
  get hints(): readonly CandidateHint[] {
    return this.#conditions.hints;
  }

  /** Says whether the generation of this number sees the route. */
  visibleAt(generation: number): boolean {
    return this.since <= generation && generation < this.until;
  }

  /** Makes the route visible from `generation` on. */
  activateFrom(generation: number): void {
    this.since = generation;
    this.until = NEVER;
  }

  /** Takes back an end that was never committed. */
  clearEnd(): void {
    this.until = NEVER;
  }

  /** Says whether all predicates match. @throws what a predicate throws. */
  accepts(request: Request): boolean {
    const { predicates } = this.#conditions;
    for (let at = 0; at < predicates.length; at++) {
      const answer: unknown = (predicates[at] as Predicate).match(request);
      if (answer === true) continue;
      if (answer instanceof Promise) throw asynchronous(answer);
      if (!answer) return false;
    }
    return true;
  }

  /** Whether its predicates draw lots: it may match or not, for the same request. */
  get drawsLots(): boolean {
    return this.#conditions.drawsLots;
  }

  /** Whether it is asked before all that are not, whatever their paths. */
  get isFirst(): boolean {
    return this.#conditions.isFirst;
  }

  /** Says whether all predicates match, but for those that draw lots, which might. @throws what a predicate throws. */
  mayAccept(request: Request): boolean {
    return this.#conditions.predicates.every((each) => each.drawsLots === true || each.match(request));
  }

  /** The first predicate, in definition order, that does not match; null when all do. */
  refusal(request: Request): CallRecord | null {
    const { predicates, calls } = this.#conditions;
    const at = predicates.findIndex((predicate) => !predicate.match(request));
    return at < 0 ? null : (calls[at] as CallRecord);
  }

  /** Requests that hold the route now. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** A request begins to use the route. */
  retain(): void {
    this.#inFlight++;
  }

  /** A request is done with the route. */
  release(): void {
    this.#inFlight--;
    if (this.#retired && this.#inFlight === 0) this.#close();
  }

  /** No lookup finds the route from now on: closes what it owns, after the last request. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    if (this.#inFlight === 0) this.#close();
  }

  /** This route at another place among all definitions. The two own the same; it is closed when both are done. */
  moved(order: number): Route<B> {
    const successor = new Route({
      id: this.id,
      order,
      pattern: this.pattern,
      conditions: this.#conditions,
      chain: this.chain,
      backend: this.backend,
      work: this.work,
      owned: this.#owned,
      end: this.#end,
    });
    this.#owners ??= { count: 1 };
    this.#owners.count++;
    successor.#owners = this.#owners;
    return successor;
  }

  #close(): void {
    if (this.#owners !== null && --this.#owners.count > 0) return;
    closeAll(this.#owned, this.id, this.#end);
    const { backend } = this;
    closing(() => this.#end.closeBackend?.(backend), this.id, this.#end);
  }
}

/** A promise is no answer: taken for true, it would let everything pass. */
function asynchronous(answer: Promise<unknown>): Error {
  answer.catch(() => {});
  return new TypeError('match of a predicate must answer at once; it returned a promise');
}

/** Closes each of `owned`, whatever becomes of the others. */
export function closeAll<B>(owned: readonly Closeable[], routeId: string, end: RouteEnd<B>): void {
  for (const each of owned) closing(() => each.close?.(), routeId, end);
}

function closing<B>(close: () => unknown, routeId: string, end: RouteEnd<B>): void {
  try {
    // A drop-in's arrow function gives whatever its expression does.
    const closed = close();
    if (typeof closed !== 'object' || closed === null) return;
    Promise.resolve(closed).catch((error: unknown) => end.closeFailed?.(routeId, error));
  } catch (error) {
    end.closeFailed?.(routeId, error);
  }
}

/** Orders the candidates of one place: higher rank first, then definition order, then id. */
export function compareRoutes<B>(a: Route<B>, b: Route<B>): number {
  if (a.rank !== b.rank) return b.rank - a.rank;
  if (a.order !== b.order) return a.order - b.order;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}
