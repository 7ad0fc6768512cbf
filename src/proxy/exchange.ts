import type { Duplex } from 'node:stream';
import {
  type Body,
  type Downstream,
  type DownstreamBounds,
  type DownstreamObserver,
  type HeaderList,
  ProxyError,
  type Request,
  type Response,
} from '../http/index.ts';
import { type Log, NO_SPAN, type Span, type State, type StateKey } from '../plugin/index.ts';
import type { Generation } from '../routing/index.ts';
import type { Call } from '../upstream/index.ts';
import { asProxyError, clientGone, errorResponse, plainResponse } from './error-response.ts';
import type { Pass, ResponseTaker } from './pass.ts';
import type { ReverseProxy } from './reverse-proxy.ts';
import type { RouteBackend } from './route-backend.ts';

/** What is told about a finished exchange: for metrics and the access log. */
export interface ExchangeRecord {
  readonly request: Request;
  /** Names the exchange in logs and on error pages; of one process no two are alike. */
  readonly id: string;
  /** The route that answered the client's request (not those of loopbacks), or null when none matched. */
  readonly routeId: string | null;
  /** The status sent; 0 when the connection was cut before one was. */
  readonly status: number;
  /** Bytes of body sent to the client. */
  readonly bytesSent: number;
  /** Monotonic milliseconds (performance.now) when the request head was complete. */
  readonly startedAt: number;
  /** Milliseconds between sending upstream and the response head, over all tries; 0 when nothing was sent. */
  readonly upstreamMs: number;
  /** The status of the backend's answer to the last call; 0 when there was none. */
  readonly upstreamStatus: number;
  /** Milliseconds that finding the route of the client's request took. */
  readonly lookupMs: number;
  /** The origin that was asked last, such as "http://10.0.0.1:8080"; null when none was. */
  readonly endpoint: string | null;
  /** The code of the failure that became a response, or cut it; null when nothing failed. */
  readonly errorCode: string | null;
  /** Whether the application log has a line with the exchange's id about that failure. */
  readonly isFailureLogged: boolean;
  readonly state: State;
}

/** Hears of exchanges; given by whoever composes the proxy (src/observe). */
export interface ExchangeObserver {
  /** A failure became an error response, or cut one that had begun; says whether it was logged, under the exchange's id. */
  failed(exchange: ExchangeRecord, error: ProxyError): boolean;
  /** The exchange is over; `error` is what cut it short. */
  finished(exchange: ExchangeRecord, error: Error | null): void;
  /** A log for the filters of the exchange. */
  log(exchange: ExchangeRecord): Log;
}

/** Why content is let go at the end. Made once: its stack would say nothing, and cost a microsecond a request. */
const EXCHANGE_OVER = new Error('the exchange is over');

/**
 * One client request and its answer: what all passes through the routing table (the first, and one for each
 * loopback) have in common. Lives from the request head to the last byte of the response.
 */
export class Exchange implements ExchangeRecord, DownstreamObserver, ResponseTaker, State {
  readonly proxy: ReverseProxy;
  readonly request: Request;
  readonly startedAt: number = performance.now();
  readonly generation: Generation<RouteBackend>;
  routeId: string | null = null;
  status = 0;
  bytesSent = 0;
  upstreamMs = 0;
  upstreamStatus = 0;
  lookupMs = 0;
  errorCode: string | null = null;
  isFailureLogged = false;
  /** The upstream's end of an upgraded connection, once there is one. */
  upgradeSocket: Duplex | null = null;
  /** The latest upstream call: it feeds the body of its response after it has answered. */
  call: Call | null = null;
  /** The trace of the exchange. */
  span: Span = NO_SPAN;
  /** Whether copies of the request may wait for what is read of its body. */
  isShadowed = false;
  /** The path that the latest route was looked up by. */
  admittedPath = '';
  /** Responses to loopbacks, whose content a filter may have left lying about. */
  #lent: Response[] | null = null;
  readonly #requestBody: Body | null;
  /** How many loopbacks were taken. */
  loopbacks = 0;
  readonly #downstream: Downstream;
  #lastPass: Pass | null = null;
  /** The pass that waits for the upstream. */
  #waiting: Pass | null = null;
  #calledAt = 0;
  #gone: ProxyError | null = null;
  #answered = false;
  #over = false;
  #isConcluded = false;
  #cutBy: Error | null = null;
  #state: Map<StateKey<unknown>, unknown> | null = null;
  #abort: AbortController | null = null;
  #log: Log | null = null;
  #id: string | null = null;

  constructor(proxy: ReverseProxy, request: Request, downstream: Downstream) {
    this.proxy = proxy;
    this.request = request;
    this.#requestBody = request.body;
    this.#downstream = downstream;
    this.generation = proxy.table.pin();
  }

  get id(): string {
    this.#id ??= this.proxy.nextId();
    return this.#id;
  }

  get endpoint(): string | null {
    return this.call?.origin ?? null;
  }

  get state(): State {
    return this;
  }

  get<T>(key: StateKey<T>): T | undefined {
    return this.#state?.get(key) as T | undefined;
  }

  set<T>(key: StateKey<T>, value: T): void {
    this.#state ??= new Map();
    this.#state.set(key, value);
  }

  delete(key: StateKey<unknown>): void {
    this.#state?.delete(key);
  }

  named(name: string): unknown {
    let found: unknown;
    for (const [key, value] of this.#state ?? []) if (key.name === name) found = value;
    return found;
  }

  get log(): Log {
    this.#log ??= this.proxy.observer.log(this);
    return this.#log;
  }

  get signal(): AbortSignal {
    if (this.#abort === null) {
      this.#abort = new AbortController();
      if (this.#gone !== null) this.#abort.abort(this.#gone);
    }
    return this.#abort.signal;
  }

  /** Why the client's answer is not wanted any more, or null. */
  get gone(): ProxyError | null {
    return this.#gone;
  }

  /** Keeps the pass's route from being closed until the exchange is over. */
  enter(pass: Pass): void {
    pass.previous = this.#lastPass;
    this.#lastPass = pass;
  }

  /** Notes that `pass` waits for the upstream, so that it is unwound when the client leaves; null: none waits. */
  calling(pass: Pass | null): void {
    if (pass !== null) this.#calledAt = performance.now();
    else if (this.#waiting !== null) this.upstreamMs += performance.now() - this.#calledAt;
    this.#waiting = pass;
  }

  /** Says whether the final response was handed out. */
  get isAnswered(): boolean {
    return this.#answered;
  }

  /** The error response for a failure, of the hook of `filter` if one threw; told to the observer. Never throws. */
  failure(thrown: unknown, filter: string | null = null): { error: ProxyError; response: Response } {
    const error = this.#errorOf(thrown, filter);
    this.#noted(error);
    return { error, response: errorResponse(error, this.isFailureLogged ? this.id : null) };
  }

  #noted(error: ProxyError): void {
    this.errorCode = error.code;
    try {
      this.isFailureLogged = this.proxy.observer.failed(this, error);
    } catch {
      // What cannot be told must not become a second failure.
    }
  }

  /** Notes the response to a loopback: what nobody reads of it is let go with the exchange. */
  lend(response: Response): void {
    if (this.#isConcluded) response.body?.abandon(EXCHANGE_OVER);
    else (this.#lent ??= []).push(response);
  }

  /** Something failed behind all filters, such as a response that cannot be sent: the client gets a bare 500, or is cut off. */
  broke(thrown: unknown): void {
    const { error } = this.failure(thrown);
    this.status = error.status;
    this.upgradeSocket?.destroy();
    this.#settle();
    try {
      this.#downstream.respond(plainResponse(error.status));
    } catch {
      this.#downstream.destroy(error);
    }
    if (this.#over) this.#conclude();
  }

  inform(status: number, headers: HeaderList): void {
    if (this.#gone === null) this.#downstream.inform(status, headers);
  }

  bound(bounds: DownstreamBounds): void {
    this.#downstream.bound(bounds);
  }

  /** Takes the final response and sends it. Never throws. */
  take(response: Response): void {
    if (this.#answered) {
      response.body?.abandon(new Error('the request was answered already'));
      return;
    }
    this.#settle();
    if (this.#gone !== null) {
      this.status = this.#gone.status;
      response.body?.discard(this.#gone);
      this.upgradeSocket?.destroy();
      if (this.#over) this.#conclude();
      return;
    }
    try {
      this.#send(response);
    } catch (error) {
      this.broke(error);
    }
  }

  aborted(reason: Error): void {
    if (this.#gone !== null) return;
    this.#gone = clientGone(reason);
    this.#abort?.abort(this.#gone);
    if (this.#answered) return;
    const waiting = this.#waiting;
    if (waiting === null) return;
    this.call?.abort(this.#gone);
    // The call, once aborted, says nothing more: the pass that waits for it is unwound from here.
    waiting.failed(this.#gone);
  }

  finished(bytesSent: number, error: Error | null): void {
    this.bytesSent = bytesSent;
    this.#cutBy = error;
    this.#over = true;
    // A filter may still be at work for a client that has gone: its route stays until it is done.
    if (this.#answered) this.#conclude();
  }

  /** The request has its answer: no lookup follows. */
  #settle(): void {
    if (this.#answered) return;
    this.#answered = true;
    this.proxy.table.unpin(this.generation);
  }

  #send(response: Response): void {
    this.status = response.status;
    this.proxy.decorate(response);
    const socket = this.upgradeSocket;
    if (socket !== null && response.status === 101) this.#downstream.upgrade(response, socket);
    else {
      socket?.destroy();
      if (response.status < 200) throw notFinal(response);
      this.#downstream.respond(response);
    }
  }

  #errorOf(thrown: unknown, filter: string | null): ProxyError {
    const error = asProxyError(thrown, { filter, requestBodies: [this.#requestBody, this.request.body] });
    // What breaks because the client left is nobody's failure.
    return this.#gone !== null && error.code === 'filter-failed' ? this.#gone : error;
  }

  #conclude(): void {
    if (this.#isConcluded) return;
    this.#isConcluded = true;
    // A loopback that nobody waited for.
    if (this.#waiting !== null) this.call?.abort(EXCHANGE_OVER);
    for (const response of this.#lent ?? []) response.body?.abandon(EXCHANGE_OVER);
    for (let pass = this.#lastPass; pass !== null; pass = pass.previous) pass.release(EXCHANGE_OVER);
    const { body } = this.request;
    if (this.isShadowed || body !== this.#requestBody) body?.abandon(EXCHANGE_OVER);
    const cutBy = this.#cutBy;
    if (cutBy !== null && this.#gone === null) this.#noted(this.#errorOf(cutBy, null));
    try {
      this.proxy.observer.finished(this, this.#gone ?? cutBy);
    } catch (error) {
      this.failure(error);
    }
  }
}

/** A filter made an interim response of the final one. */
function notFinal({ status }: Response): ProxyError {
  const message = `a filter gave the response the status ${status}, which is not valid for a final response`;
  return new ProxyError({ code: 'no-final-status', status: 500, source: 'internal', message });
}
