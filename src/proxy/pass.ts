import type { Duplex } from 'node:stream';
import {
  type DownstreamBounds,
  type HeaderList,
  type ProxyError,
  type Request,
  Response,
  type ResponseInit,
} from '../http/index.ts';
import type { Log, RouteFacts, ShadowTarget, Span, State, UpstreamCall } from '../plugin/index.ts';
import type { ChainContext, Match, Route } from '../routing/index.ts';
import type { UpstreamObserver } from '../upstream/index.ts';
import { callBackend } from './backend-call.ts';
import type { Exchange } from './exchange.ts';
import type { RouteBackend } from './route-backend.ts';
import { sendShadow } from './shadow.ts';

/** Whoever gets the response of a pass: the exchange, or the pass around a loopback. */
export interface ResponseTaker {
  take(response: Response): void;
}

/** What request filters ask of the upstream call, when none asks anything. */
const ASKS_NOTHING: UpstreamCall = Object.freeze({
  host: null,
  preserveHost: null,
  timeoutMs: null,
  hashKey: null,
  dynamicUrl: null,
  dynamicScheme: null,
  dynamicHost: null,
  viaProxy: false,
});

/**
 * One way of a request through the table: its route's request filters, its backend, its response filters. This is what
 * filters see as their context.
 */
export class Pass implements ChainContext, UpstreamObserver, ResponseTaker {
  /** The pass entered before this one in the same exchange. Kept by the exchange. */
  previous: Pass | null = null;
  reached = 0;
  served = false;
  error: ProxyError | null = null;
  readonly exchange: Exchange;
  readonly #match: Match<RouteBackend>;
  readonly #outer: Pass | null;
  readonly #taker: ResponseTaker;
  #response: Response | null = null;
  #upstream: UpstreamCall | null = null;
  #params: Readonly<Record<string, string>> | null = null;
  #unwinding = false;

  /** A pass inside `outer` (a loopback) sees the path parameters of the outer one too. */
  constructor(exchange: Exchange, match: Match<RouteBackend>, taker: ResponseTaker, outer: Pass | null) {
    this.exchange = exchange;
    this.#match = match;
    this.#taker = taker;
    this.#outer = outer;
    match.route.retain();
    exchange.enter(this);
  }

  get route(): RouteFacts & Route<RouteBackend> {
    return this.#match.route;
  }

  get request(): Request {
    return this.exchange.request;
  }

  get params(): Readonly<Record<string, string>> {
    this.#params ??= this.#outer === null ? this.#match.params : { ...this.#outer.params, ...this.#match.params };
    return this.#params;
  }

  get state(): State {
    return this.exchange;
  }

  get log(): Log {
    return this.exchange.log;
  }

  get span(): Span {
    return this.exchange.span;
  }

  get signal(): AbortSignal {
    return this.exchange.signal;
  }

  get startedAt(): number {
    return this.exchange.startedAt;
  }

  get upstream(): UpstreamCall {
    this.#upstream ??= { ...ASKS_NOTHING };
    return this.#upstream;
  }

  /** What the request filters asked of the upstream call; not to be changed. */
  get asked(): Readonly<UpstreamCall> {
    return this.#upstream ?? ASKS_NOTHING;
  }

  get response(): Response {
    if (this.#response === null) throw new Error('there is no response in the request phase');
    return this.#response;
  }

  set response(response: Response) {
    const previous = this.#response;
    if (previous !== null && previous !== response) previous.body?.discard(new Error('the response was replaced'));
    this.#response = response;
  }

  serve(response: Response | ResponseInit): void {
    if (this.#response !== null) throw new Error('serve() is for the request phase');
    this.served = true;
    this.#response = response instanceof Response ? response : new Response(response);
  }

  loopback(): Promise<Response> {
    return new Promise((resolve) => {
      this.exchange.proxy.enter(this.exchange, { take: resolve }, this);
    });
  }

  shadow(copy: Request, to: ShadowTarget): Promise<Response> {
    this.exchange.isShadowed = true;
    return sendShadow(this.exchange.proxy, copy, to);
  }

  boundClient(bounds: DownstreamBounds): void {
    this.exchange.bound(bounds);
  }

  /** Starts the pass. */
  run(): void {
    try {
      const step = this.route.chain.runRequest(this);
      if (step === undefined) this.#forward();
      else
        step.then(
          () => this.#forward(),
          (error) => this.failed(error),
        );
    } catch (error) {
      this.failed(error);
    }
  }

  informed(status: number, headers: HeaderList): void {
    this.exchange.inform(status, headers);
  }

  responded(response: Response): void {
    this.exchange.calling(null);
    this.exchange.upstreamStatus = response.status;
    this.take(response);
  }

  upgraded(response: Response, socket: Duplex): void {
    this.exchange.upgradeSocket = socket;
    this.responded(response);
  }

  /** The backend failed, or a request filter threw: the error response goes back through the filters reached. */
  failed(thrown: unknown): void {
    this.exchange.calling(null);
    const { error, response } = this.exchange.failure(thrown);
    this.error = error;
    this.take(response);
  }

  hookFailed(thrown: unknown): void {
    const { error, response } = this.exchange.failure(thrown);
    this.error = error;
    this.response = response;
  }

  /** Takes the response of the backend and sends it back through the response filters. */
  take(response: Response): void {
    if (this.#unwinding) {
      response.body?.discard(new Error('the exchange was answered already'));
      return;
    }
    this.#unwinding = true;
    this.response = response;
    const step = this.route.chain.runResponse(this);
    if (step === undefined) this.#taker.take(this.response);
    else step.then(() => this.#taker.take(this.response));
  }

  /** Lets the route go; called by the exchange at its end. */
  release(): void {
    this.#match.route.release();
  }

  #forward(): void {
    const { gone } = this.exchange;
    if (gone !== null) this.failed(gone);
    else if (this.served) this.take(this.response);
    else this.#callBackend();
  }

  #callBackend(): void {
    try {
      callBackend(this);
    } catch (error) {
      this.failed(error);
    }
  }
}
