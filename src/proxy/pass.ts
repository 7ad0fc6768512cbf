import type { Duplex } from 'node:stream';
import {
  type Body,
  type DownstreamBounds,
  described,
  filterBounds,
  type HeaderList,
  type ProxyError,
  type Request,
  Response,
  type ResponseInit,
} from '../http/index.ts';
import type { Log, RouteFacts, ShadowTarget, Span, State, UpstreamCall } from '../plugin/index.ts';
import type { ChainContext, HookOwner, Match, Route } from '../routing/index.ts';
import type { UpstreamObserver } from '../upstream/index.ts';
import { callBackend } from './backend-call.ts';
import type { Exchange } from './exchange.ts';
import { lostContent, type Side } from './lost-content.ts';
import { boundedHook } from './pending-hook.ts';
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
  #phase: 'request' | 'calling' | 'response' | 'over' = 'request';
  /** Loopbacks that filters wait for. */
  #loopbacks = 0;
  /** The content that a filter took, and which filter. */
  #taken: Body | null = null;
  #takenBy: string | null = null;

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

  set response(response: Response | ResponseInit) {
    if (this.#phase === 'request' || this.#phase === 'calling')
      throw new Error('there is no response in the request phase: to answer, call serve()');
    if (this.#phase === 'over') throw new Error('the response has left already');
    if (typeof response !== 'object' || response === null)
      throw new TypeError(`expected a Response, or what one is made of, found ${described(response)}`);
    const next = response instanceof Response ? response : new Response(response);
    const previous = this.#response;
    // The new one may be made of the content of the old one.
    if (previous !== null && previous !== next && previous.body !== next.body) previous.body?.giveWayTo(next.body);
    this.#response = next;
  }

  serve(response: Response | ResponseInit): void {
    if (this.served) throw new Error('serve() was called already');
    if (this.#phase !== 'request') throw new Error('serve() is for the request phase, which is over');
    this.#response = response instanceof Response ? response : new Response(response);
    this.served = true;
  }

  async loopback(): Promise<Response> {
    if (this.exchange.isAnswered) throw new Error('the request is over: there is nothing to route again');
    this.#loopbacks++;
    const { promise, resolve } = Promise.withResolvers<Response>();
    this.exchange.proxy.enter(this.exchange, { take: resolve }, this);
    const response = await promise;
    this.#loopbacks--;
    this.exchange.lend(response);
    return response;
  }

  shadow(copy: Request, to: ShadowTarget): Promise<Response> {
    this.exchange.isShadowed = true;
    return sendShadow(this.exchange.proxy, copy, to);
  }

  boundClient(bounds: DownstreamBounds): void {
    this.exchange.bound(bounds);
  }

  /** Starts the pass. Never throws. */
  run(): void {
    try {
      const step = this.route.chain.runRequest(this);
      if (step === undefined) this.#forward();
      else this.#afterwards(step, () => this.#forward());
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

  /** The backend failed, or a request filter threw: the error response goes back through the filters reached. Never throws. */
  failed(thrown: unknown): void {
    this.exchange.calling(null);
    const hook = this.#phase === 'request' && this.reached > 0 ? this.route.chain.ownerOf(this.reached) : null;
    const { error, response } = this.exchange.failure(thrown, hook?.name);
    this.error = error;
    this.take(response);
  }

  hookFailed(thrown: unknown, { name }: Pick<HookOwner, 'name'>): void {
    const { error, response } = this.exchange.failure(thrown, name);
    this.error = error;
    this.#respondWith(response);
  }

  bounded(step: Promise<void>, { name, untimed }: HookOwner): Promise<void> {
    if (untimed === true || filterBounds.timeoutMs === 0) return Promise.resolve(step);
    return boundedHook(step, name, () => this.#isAwaitingOthers);
  }

  requestDone({ name }: HookOwner): Promise<void> | undefined {
    const { body } = this.exchange.request;
    return body === null ? undefined : this.#noteReader(body, name);
  }

  responseDone({ name }: HookOwner): Promise<void> | undefined {
    const { body } = this.#response as Response;
    return body === null ? undefined : this.#noteReader(body, name);
  }

  /** Takes the response of the backend and sends it back through the response filters. Never throws. */
  take(response: Response): void {
    if (this.#phase === 'response' || this.#phase === 'over') {
      response.body?.discard(new Error('the exchange was answered already'));
      return;
    }
    this.#phase = 'response';
    this.#respondWith(response);
    const step = this.route.chain.runResponse(this);
    if (step === undefined) this.#conclude();
    else this.#afterwards(step, () => this.#conclude());
  }

  /** Lets the route go, and content that nobody has read; called by the exchange at its end. */
  release(reason: Error): void {
    this.#response?.body?.abandon(reason);
    this.#match.route.release();
  }

  /** Says whether a hook may be pending for something that is bounded elsewhere. */
  get #isAwaitingOthers(): boolean {
    return (
      this.#loopbacks > 0 || this.exchange.request.body?.isAwaited === true || this.#response?.body?.isAwaited === true
    );
  }

  /** Goes on with `next` when `step` is done; a failure of either is the request's, and nobody else's. */
  #afterwards(step: Promise<unknown>, next: () => void): void {
    step.then(next).catch((error: unknown) => {
      if (this.#phase === 'request') this.failed(error);
      else this.exchange.broke(error);
    });
  }

  #forward(): void {
    const { gone } = this.exchange;
    if (gone !== null) this.failed(gone);
    else if (this.served) this.take(this.response);
    else if (this.route.backend.kind === 'upstream' || this.route.backend.kind === 'dynamic') this.#withContent();
    else this.#callBackend();
  }

  /** Calls the backend, if the content of the request is there to be sent. */
  #withContent(): void {
    const { body } = this.request;
    if (body === null) this.#callBackend();
    else if (body.used) this.failed(this.#lost(body, 'request'));
    else this.#callBackend();
  }

  #callBackend(): void {
    try {
      this.#phase = 'calling';
      callBackend(this);
    } catch (error) {
      this.failed(error);
    }
  }

  /** Passes the response on, if its content is there to be sent. */
  #conclude(): void {
    const response = this.#response as Response;
    const { body } = response;
    if (body?.used === true) {
      const { error, response: instead } = this.exchange.failure(this.#lost(body, 'response'));
      this.error = error;
      this.#respondWith(instead);
    }
    this.#phase = 'over';
    this.#taker.take(this.#response as Response);
  }

  /** Puts a response in the place of one that is over, in whatever hands its content is. */
  #respondWith(response: Response): void {
    const previous = this.#response;
    if (previous !== null && previous !== response) previous.body?.abandon(new Error('the response was replaced'));
    this.#response = response;
  }

  /** Notes who took the content. The end of a reading that nobody waited for: what comes next has to find the whole. */
  #noteReader(body: Body, name: string): Promise<void> | undefined {
    const reading = body.settled;
    if ((body.used || reading !== null) && this.#taken !== body) {
      this.#taken = body;
      this.#takenBy = name;
    }
    return reading ?? undefined;
  }

  #lost(body: Body, side: Side): ProxyError {
    return lostContent(body, { filter: this.#taken === body ? this.#takenBy : null, side });
  }
}
