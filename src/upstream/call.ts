import type { Duplex } from 'node:stream';
import { Body, errorOf, type HeaderList, isBodiless, ProxyError, type Request, Response } from '../http/index.ts';
import type { BalanceRequest, Endpoint } from '../plugin/index.ts';
import { sendAfterPoll, type Waiting } from './after-poll.ts';
import type { Backend, Target } from './backend.ts';
import type { Connection, ConnectionUser } from './connection.ts';
import { Download } from './download.ts';
import {
  isConnectionLoss,
  noEndpointError,
  protocolError,
  timeoutError,
  uploadError,
  upstreamError,
} from './faults.ts';
import type { UpstreamSettings } from './options.ts';
import { asksForConnection, authenticatesConnection, ownConnection } from './private-connections.ts';
import { requestFields } from './request-fields.ts';
import type { ResponseHead } from './response-head.ts';
import type { Dispatcher } from './undici.ts';
import { Upload } from './upload.ts';
import type { UpstreamObserver, UpstreamRequest } from './upstream-request.ts';

/** Methods that may be sent twice (RFC 9110 §9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
  'QUERY',
  'PROPFIND',
]);

/** Interim responses to one request; nobody needs more, and a client that is slow would have them pile up here. */
const MAX_INTERIM = 32;

/** How far a call has come. */
const WAITING = 0;
const SENT = 1;
const HEAD_HELD = 2;
const RESPONDED = 3;
const OVER = 4;

/**
 * One request on its way to an origin and the response on its way back: one object that is undici's handler, the
 * connection's user and the source of the response's body.
 */
export class Call extends Download implements Dispatcher.DispatchHandler, BalanceRequest, ConnectionUser, Waiting {
  readonly hashKey: string;
  readonly #request: Request;
  readonly #backend: Backend;
  readonly #observer: UpstreamObserver;
  readonly #settings: UpstreamSettings;
  readonly #host: string | null;
  readonly #timeoutMs: number | null;
  readonly #viaProxy: boolean;
  /** When `timeoutMs` began to run, on the monotonic clock. */
  readonly #startedAt: number;
  #target: Target | null = null;
  #connection: Connection | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #upload: Upload | null = null;
  /** What is about to be sent. */
  #message: Dispatcher.DispatchOptions | null = null;
  #state = WAITING;
  #isRetry = false;
  #interimCount = 0;
  #status = 0;
  #headers: HeaderList | null = null;

  constructor(call: UpstreamRequest, observer: UpstreamObserver, settings: UpstreamSettings) {
    super();
    const { request } = call;
    this.#request = request;
    this.#backend = call.backend;
    this.#observer = observer;
    this.#settings = settings;
    const keepsHost = call.viaProxy || (call.preserveHost ?? settings.preserveHost);
    this.#host = call.host ?? (keepsHost ? request.host : null);
    this.#viaProxy = call.viaProxy;
    this.#timeoutMs = call.timeoutMs;
    this.#startedAt = call.timeoutMs === null ? 0 : performance.now();
    this.hashKey = call.hashKey ?? request.clientAddress;
    const { body } = request;
    // One that was sent before, on the way to a loopback, is gone.
    const isStreamed = body !== null && body.fixed === null && body.length !== 0 && !body.used;
    if (isStreamed) this.#upload = new Upload(body.take());
  }

  /** The endpoint that was asked last; null before one was. */
  get origin(): string | null {
    return this.#target?.endpoint.origin ?? null;
  }

  /** Sends the request. Called once, by the upstream. @throws what a balancer throws, or a request that is none */
  begin(): void {
    try {
      this.#pickAndSend();
    } catch (error) {
      this.#cut(errorOf(error));
      throw error;
    }
  }

  #pickAndSend(): void {
    const own = ownConnection(this.#request.connection, this.#backend);
    if (own !== null) {
      this.#dispatch(own.target, own.connection);
      return;
    }
    const target = this.#backend.pick(this);
    if (target === null) this.#fail(noEndpointError(this.#backend.routeId));
    else this.#dispatch(target, target.pool.acquire());
  }

  /** Cancels the call, however far it is: its connection is closed and the observer hears nothing more. */
  abort(reason: Error): void {
    if (this.#state === OVER) return;
    if (this.#state === RESPONDED) this.cancel(reason);
    else this.#cut(reason);
  }

  timedOut(): void {
    const { endpoint } = this.#target as Target;
    if (this.#state === RESPONDED) {
      if (this.isHeldBack) {
        this.#connection?.deadline.set(this.#settings.bodyIdleTimeoutMs);
        return;
      }
      const error = timeoutError(endpoint.origin, 'the content did not go on in time');
      endpoint.failed(error, false);
      this.#cut(error);
      this.broke(error);
      return;
    }
    const error = timeoutError(endpoint.origin, 'the response did not come in time');
    endpoint.failed(error, true);
    this.#cut(error);
    this.#observer.failed(error);
  }

  refused(error: Error): void {
    // Of a head that nobody has seen yet, an honest error can still be made.
    if (this.#state === HEAD_HELD) this.onResponseError(null, error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#state = SENT;
    if (this.#connection?.isUsed === false) (this.#target as Target).endpoint.tally.connects++;
  }

  onBodySent(): void {
    if (this.#timeoutMs === null && this.#state !== OVER) {
      this.#connection?.deadline.set(this.#settings.bodyIdleTimeoutMs);
    }
  }

  onRequestSent(): void {
    if (this.#timeoutMs === null && this.#state === SENT) {
      this.#connection?.deadline.set(this.#settings.responseHeaderTimeoutMs);
    }
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, head: object): void {
    if (this.#state === OVER) return;
    const { headers } = head as ResponseHead;
    if (status < 200) {
      this.#inform(status, headers);
      return;
    }
    (this.#target as Target).endpoint.answered();
    if (asksForConnection(status, headers)) this.#connection?.makePrivate(this.#request.connection);
    this.flow = controller;
    this.#status = status;
    this.#headers = headers;
    this.#state = HEAD_HELD;
    // Content that came with the head is parsed right behind it; then head and content can travel on together.
    queueMicrotask(() => {
      if (this.#state === HEAD_HELD) this.#respond(null);
    });
    this.#connection?.deadline.set(this.#settings.bodyIdleTimeoutMs);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#state === HEAD_HELD) this.hold(chunk);
    else if (this.#state === RESPONDED) {
      this.#connection?.deadline.set(this.#settings.bodyIdleTimeoutMs);
      this.received(chunk);
    }
  }

  onResponseEnd(_: Dispatcher.DispatchController, trailers: object | null): void {
    if (this.#state === OVER) return;
    const held = this.#state === HEAD_HELD;
    this.#leave();
    this.#giveBack();
    if (held) {
      const whole = trailers === null && this.held !== null && this.held.length === 1 ? this.held[0] : undefined;
      if (whole === undefined) this.completed(trailers as HeaderList | null);
      else this.held = null;
      this.#respond(whole ?? null);
    } else this.completed(trailers as HeaderList | null);
  }

  onRequestUpgrade(_: Dispatcher.DispatchController, status: number, head: object, socket: Duplex): void {
    if (this.#upload?.isComplete === false) {
      socket.destroy();
      this.#fail(protocolError('the origin switched protocols before it had the whole request'));
      return;
    }
    const { headers, upgrade } = head as ResponseHead;
    if (upgrade !== null) headers.set('Upgrade', upgrade);
    const { endpoint } = this.#target as Target;
    endpoint.answered();
    endpoint.inFlight++;
    socket.once('close', () => endpoint.inFlight--);
    this.#leave();
    (this.#connection as Connection).detach();
    this.#observer.upgraded(new Response({ status, headers }), socket);
  }

  onResponseError(_: unknown, error: Error): void {
    const state = this.#state;
    if (state === OVER || this.#retries(error)) return;
    const fault =
      this.#upload?.failure === error
        ? uploadError(error)
        : upstreamError(error, (this.#target as Target).endpoint.origin, state === WAITING);
    if (fault.source === 'upstream') (this.#target as Target).endpoint.failed(fault, state !== RESPONDED);
    this.#cut(error);
    if (state === RESPONDED) this.broke(fault);
    else this.#observer.failed(fault);
  }

  protected canceled(reason: Error): void {
    this.#cut(reason);
  }

  #dispatch(target: Target, connection: Connection): void {
    const { pool } = target;
    const request = this.#request;
    const { body } = request;
    this.#target = target;
    this.#connection = connection;
    this.#state = WAITING;
    target.endpoint.inFlight++;
    connection.user = this;
    if (authenticatesConnection(request.headers)) connection.makePrivate(request.connection);
    if (this.#timeoutMs !== null) {
      connection.deadline.set(Math.max(1, this.#startedAt + this.#timeoutMs - performance.now()));
    }
    this.#message = {
      method: request.method as Dispatcher.HttpMethod,
      path: this.#viaProxy && this.#host ? `${request.scheme}://${this.#host}${request.target}` : request.target,
      headers: requestFields(request.headers, this.#upload === null ? null : (body?.length ?? null), this.#host),
      body: (this.#upload ?? body?.fixed ?? null) as Dispatcher.DispatchOptions['body'] & object,
      upgrade: request.upgrade,
      servername: pool.origin.hostname,
      // Nothing is ever sent behind a request that is under way.
      blocking: false,
    } as Dispatcher.DispatchOptions;
    if (connection.isUsed) sendAfterPoll(this);
    else this.send();
  }

  /** Hands the request to the connection. Called by `sendAfterPoll`. */
  send(): void {
    const message = this.#message;
    this.#message = null;
    if (message !== null && this.#state === WAITING) (this.#connection as Connection).client.dispatch(message, this);
  }

  /** Tries once more where nothing can have happened yet; says whether it does. */
  #retries(error: Error): boolean {
    if (this.#isRetry || error instanceof ProxyError) return false;
    const target = this.#target as Target;
    const connection = this.#connection as Connection;
    if (this.#state === WAITING) {
      // A connection that was idle never got as far as being refused: a fresh one to the same endpoint will do.
      const next = connection.isUsed ? target : this.#another(target.endpoint);
      if (next === null) return false;
      const fault = upstreamError(error, target.endpoint.origin);
      if (!connection.isUsed && fault.source === 'upstream') target.endpoint.failed(fault, true);
      this.#again(next);
      return true;
    }
    // The origin closed a connection that was kept alive as the request went out (RFC 9112 §9.3.1).
    if (this.#state !== SENT || !connection.isUsed || !isConnectionLoss(error) || !this.#isRepeatable()) return false;
    this.#again(target);
    return true;
  }

  /** Another endpoint than `tried`; null when there is none, or the balancer fails. */
  #another(tried: Endpoint): Target | null {
    try {
      return this.#backend.pick(this, [tried]);
    } catch {
      return null;
    }
  }

  #again(target: Target): void {
    this.#isRetry = true;
    this.#leave();
    (this.#connection as Connection).discard();
    this.#dispatch(target, target.pool.acquireNew());
  }

  #isRepeatable(): boolean {
    return IDEMPOTENT.has(this.#request.method) && (this.#upload === null || !this.#upload.isStarted);
  }

  /** Passes an interim response on. @throws ProxyError when the origin may not send it. */
  #inform(status: number, headers: HeaderList): void {
    if (++this.#interimCount > MAX_INTERIM) throw protocolError(`more than ${MAX_INTERIM} interim responses`);
    // A 100 that nobody asked for is one more interim response, and means nothing (RFC 9110 §15.2.1).
    if (status !== 100) this.#observer.informed(status, headers);
  }

  /** Hands out the response whose head is held; `whole` is its content where that is all there is. */
  #respond(whole: Uint8Array | null): void {
    const headers = this.#headers as HeaderList;
    const response = new Response({ status: this.#status, headers });
    if (whole !== null) response.body = Body.fixed(whole);
    else {
      const told = headers.get('content-length');
      const length = told === null ? null : Number(told);
      if (length !== 0 && !isBodiless(this.#request.method, this.#status)) response.body = new Body(this, length);
    }
    this.#headers = null;
    if (this.#state === HEAD_HELD) this.#state = RESPONDED;
    this.#observer.responded(response);
  }

  /** Ends the call before its time. */
  #cut(reason: Error): void {
    const connection = this.#connection;
    const isOnItsWay = this.#target !== null;
    const wasOver = this.#state === OVER;
    this.#state = OVER;
    this.#upload?.destroy();
    if (wasOver || !isOnItsWay) return;
    (this.#target as Target).endpoint.inFlight--;
    if (this.#controller !== null && !this.#controller.aborted) this.#controller.abort(reason);
    connection?.discard();
  }

  #fail(error: ProxyError): void {
    this.#cut(error);
    this.#observer.failed(error);
  }

  /** Lets the connection go, to be used again if all that belongs to the call has passed through it. */
  #giveBack(): void {
    const connection = this.#connection as Connection;
    const upload = this.#upload;
    if (upload !== null && !upload.isComplete) {
      // The origin would take what comes next for the rest of the content.
      connection.discard();
      upload.destroy();
    } else connection.release();
  }

  /** Ends the use of the endpoint; the connection is dealt with by the caller. */
  #leave(): void {
    this.#state = OVER;
    (this.#target as Target).endpoint.inFlight--;
  }
}
