import { type Downstream, ProxyError, type Request, type RequestHandler, Response } from '../http/index.ts';
import type { Match, RoutingTable } from '../routing/index.ts';
import type { Upstream } from '../upstream/index.ts';
import { plainResponse } from './error-response.ts';
import { Exchange, type ExchangeObserver } from './exchange.ts';
import { addVia } from './forwarding.ts';
import { Pass, type ResponseTaker } from './pass.ts';
import { PathGuard, type PathNormalization } from './path-guard.ts';
import { Reception, type ReceptionInit } from './reception.ts';
import type { RouteBackend } from './route-backend.ts';

/** What a proxy is made of and how it behaves. */
export interface ProxyInit {
  table: RoutingTable<RouteBackend>;
  upstream: Upstream;
  observer: ExchangeObserver;
  /** How many loopbacks one request may take; default 9. */
  maxLoopbacks?: number;
  /** The status when no route matches; default 404. */
  defaultStatus?: number;
  /** What is done to requests before they are routed; default: nothing. */
  reception?: ReceptionInit;
  /** Default "refuse". */
  pathNormalization?: PathNormalization;
  /** The name in Via; default "sluice". */
  viaName?: string;
}

/** Answers requests: finds the route, runs its filters around its backend. One per data thread; owns nothing it got. */
export class ReverseProxy {
  readonly table: RoutingTable<RouteBackend>;
  readonly upstream: Upstream;
  readonly observer: ExchangeObserver;
  readonly paths: PathGuard<RouteBackend>;
  readonly viaName: string;
  readonly #reception: Reception | null;
  readonly #maxLoopbacks: number;
  readonly #defaultStatus: number;
  /** Of each thread another one, so that ids of one process differ. */
  readonly #idPrefix = Math.floor(Math.random() * 36 ** 5)
    .toString(36)
    .padStart(5, '0');
  #exchanges = 0;

  constructor(init: ProxyInit) {
    this.table = init.table;
    this.upstream = init.upstream;
    this.observer = init.observer;
    this.paths = new PathGuard(init.table, init.pathNormalization ?? 'refuse');
    this.#reception = init.reception === undefined ? null : new Reception(init.reception);
    this.viaName = init.viaName ?? 'sluice';
    this.#maxLoopbacks = init.maxLoopbacks ?? 9;
    this.#defaultStatus = init.defaultStatus ?? 404;
  }

  /** What answers the requests of a listener; `name` is what the Listener predicate calls it. */
  handlerOf(name: string): RequestHandler {
    return (request, downstream) => {
      request.listener = name;
      this.#reception?.receive(request);
      this.handle(request, downstream);
    };
  }

  /** Answers one request that was received. */
  readonly handle = (request: Request, downstream: Downstream): void => {
    const exchange = new Exchange(this, request, downstream);
    downstream.observer = exchange;
    if (request.path === '*') {
      // OPTIONS * asks about the server as a whole, which for the client is this one (RFC 9110 §9.3.7).
      exchange.take(new Response({ status: 204 }));
      return;
    }
    this.#route(exchange, exchange, null);
  };

  /** A short name for one more exchange. */
  nextId(): string {
    return this.#idPrefix + (this.#exchanges++).toString(36);
  }

  /** Routes the request anew, inside `outer`; `taker` gets the response. */
  enter(exchange: Exchange, taker: ResponseTaker, outer: Pass): void {
    if (++exchange.loopbacks > this.#maxLoopbacks) {
      const message = `more than ${this.#maxLoopbacks} loopbacks`;
      taker.take(
        exchange.failure(new ProxyError({ code: 'too-many-loopbacks', status: 500, source: 'internal', message }))
          .response,
      );
      return;
    }
    this.#route(exchange, taker, outer);
  }

  #route(exchange: Exchange, taker: ResponseTaker, outer: Pass | null): void {
    const match = this.#lookup(exchange, taker);
    if (outer === null) exchange.lookupMs = performance.now() - exchange.startedAt;
    if (match === undefined) return;
    if (match === null) {
      taker.take(plainResponse(this.#defaultStatus));
      return;
    }
    if (outer === null) exchange.routeId = match.route.id;
    new Pass(exchange, match, taker, outer).run();
  }

  /** The route of the request, or null; undefined when its path or a predicate was in the way: `taker` has the error response then. */
  #lookup(exchange: Exchange, taker: ResponseTaker): Match<RouteBackend> | null | undefined {
    const { request, generation } = exchange;
    try {
      if (!request.isPlainPath) this.paths.admit(request, generation);
      exchange.admittedPath = request.path;
      return this.table.lookup(request, generation);
    } catch (error) {
      taker.take(exchange.failure(error).response);
      return undefined;
    }
  }

  /** Gives a response the fields that every answer of this proxy bears. */
  decorate(response: Response): void {
    addVia(response.headers.raw, '1.1', this.viaName);
  }
}
