import type { Duplex } from 'node:stream';
import { Body, errorOf, type HeaderList, isBodiless, ProxyError, type Request, Response } from '../http/index.ts';
import type { BalanceRequest, Endpoint } from '../plugin/index.ts';
import { sendAfterPoll, type Waiting } from './after-poll.ts';
import type { Backend, Target } from './backend.ts';
import { Download } from './download.ts';
import {
  isConnectionLoss,
  noEndpointError,
  protocolError,
  timeoutError,
  unsendable,
  uploadError,
  upstreamError,
} from './faults.ts';
import type { Connection, ConnectionUser, OutgoingRequest } from './http1/connection.ts';
import { composeRequestHead } from './http1/request-head.ts';
import type { ResponseHead } from './http1/response-head.ts';
import { Upload } from './http1/upload.ts';
import type { UpstreamSettings } from './options.ts';
import { asksForConnection, authenticatesConnection, ownConnection } from './private-connections.ts';
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
 * One request on its way to an origin and the response on its way back: one object that is the connection's user and the
 * source of the response's body.
 */
export class Call extends Download implements BalanceRequest, ConnectionUser, Waiting {
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
  #upload: Upload | null = null;
  /** What is about to be sent. */
  #message: OutgoingRequest | null = null;
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
    if (isStreamed) this.#upload = new Upload(body.take(), body.length ?? -1);
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

  sending(): void {
    this.#state = SENT;
    if (this.#connection?.isUsed === false) (this.#target as Target).endpoint.tally.connects++;
    if (this.#upload !== null) this.uploadMoved();
  }

  uploadMoved(): void {
    if (this.#timeoutMs === null && this.#state !== OVER) {
      this.#connection?.deadline.set(this.#settings.bodyIdleTimeoutMs);
    }
  }

  sent(): void {
    if (this.#timeoutMs === null && this.#state === SENT) {
      this.#connection?.deadline.set(this.#settings.responseHeaderTimeoutMs);
    }
  }

  interim({ status, headers }: ResponseHead): void {
    if (++this.#interimCount > MAX_INTERIM) throw protocolError(`more than ${MAX_INTERIM} interim responses`);
    // A 100 lets the content go, which lets the listener say it to the client; another means nothing (RFC 9110 §15.2.1).
    if (status !== 100) this.#observer.informed(status, headers);
  }

  began({ status, headers }: ResponseHead): void {
    const connection = this.#connection as Connection;
    (this.#target as Target).endpoint.answered();
    if (asksForConnection(status, headers)) connection.makePrivate(this.#request.connection);
    this.flow = connection;
    this.#status = status;
    this.#headers = headers;
    this.#state = HEAD_HELD;
    // Content that came with the head is parsed right behind it; then head and content can travel on together.
    queueMicrotask(() => {
      if (this.#state === HEAD_HELD) this.#respond(null);
    });
    connection.deadline.set(this.#settings.bodyIdleTimeoutMs);
  }

  content(part: Buffer): void {
    if (this.#state === HEAD_HELD) this.hold(part);
    else if (this.#state === RESPONDED) {
      this.#connection?.deadline.set(this.#settings.bodyIdleTimeoutMs);
      this.received(part);
    }
  }

  ended(trailers: HeaderList | null): void {
    if (this.#state === OVER) return;
    const held = this.#state === HEAD_HELD;
    this.#leave();
    this.#giveBack();
    if (held) {
      const whole = trailers === null && this.held !== null && this.held.length === 1 ? this.held[0] : undefined;
      if (whole === undefined) this.completed(trailers);
      else this.held = null;
      this.#respond(whole ?? null);
    } else this.completed(trailers);
  }

  switched({ status, headers, upgrade }: ResponseHead, socket: Duplex): void {
    if (this.#upload?.isComplete === false) {
      socket.destroy();
      this.#fail(protocolError('the origin switched protocols before it had the whole request'));
      return;
    }
    if (upgrade !== null) headers.set('Upgrade', upgrade);
    const { endpoint } = this.#target as Target;
    endpoint.answered();
    endpoint.inFlight++;
    socket.once('close', () => endpoint.inFlight--);
    this.#leave();
    this.#observer.upgraded(new Response({ status, headers }), socket);
  }

  failed(error: Error): void {
    const state = this.#state;
    if (state === OVER || this.#retries(error)) return;
    const fault =
      this.#upload?.failure === error
        ? uploadError(error)
        : upstreamError(error, (this.#target as Target).endpoint.origin);
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
    this.#target = target;
    this.#connection = connection;
    this.#state = WAITING;
    target.endpoint.inFlight++;
    connection.user = this;
    if (authenticatesConnection(request.headers)) connection.makePrivate(request.connection);
    if (this.#timeoutMs !== null) {
      connection.deadline.set(Math.max(1, this.#startedAt + this.#timeoutMs - performance.now()));
    }
    const message = this.#compose(pool.origin.authority);
    if (message === null) {
      this.#fail(unsendable());
      return;
    }
    this.#message = message;
    if (connection.isUsed) sendAfterPoll(this);
    else this.send();
  }

  /** The request as it is now; null when it cannot be sent. */
  #compose(authority: string): OutgoingRequest | null {
    const request = this.#request;
    const upload = this.#upload;
    const { method, upgrade, body } = request;
    const content = upload === null && body !== null && body.length !== 0 ? body.fixed : null;
    const expectsContinue = upload !== null && request.headers.get('Expect')?.toLowerCase() === '100-continue';
    const head = composeRequestHead(request, {
      target: this.#viaProxy && this.#host ? `${request.scheme}://${this.#host}${request.target}` : request.target,
      host: this.#host ?? authority,
      lengthBytes: upload?.lengthBytes ?? content?.length ?? 0,
      expectsContinue,
    });
    if (head === null) return null;
    const patienceMs = expectsContinue ? this.#settings.expectContinueTimeoutMs : 0;
    return { method, upgrade, head, content, upload, patienceMs };
  }

  /** Hands the request to the connection. Called by `sendAfterPoll`. */
  send(): void {
    const message = this.#message;
    this.#message = null;
    if (message !== null && this.#state === WAITING) (this.#connection as Connection).send(message);
  }

  /** Tries once more where nothing can have happened yet; says whether it does. */
  #retries(error: Error): boolean {
    const target = this.#target as Target;
    const connection = this.#connection as Connection;
    if (this.#state === WAITING && connection.isUsed) {
      // One that was idle, and has ended before anything was sent: a fresh one to the same endpoint will do.
      this.#again(target);
      return true;
    }
    if (this.#isRetry || error instanceof ProxyError) return false;
    this.#isRetry = true;
    if (this.#state === WAITING) {
      const next = this.#another(target.endpoint);
      if (next === null) return false;
      const fault = upstreamError(error, target.endpoint.origin);
      if (fault.source === 'upstream') target.endpoint.failed(fault, true);
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
    this.#leave();
    (this.#connection as Connection).discard();
    this.#dispatch(target, target.pool.acquireNew());
  }

  #isRepeatable(): boolean {
    return IDEMPOTENT.has(this.#request.method) && (this.#upload === null || !this.#upload.isStarted);
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
    this.#upload?.cancel(reason);
    if (wasOver || !isOnItsWay) return;
    (this.#target as Target).endpoint.inFlight--;
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
      upload.cancel(new Error('the origin wants no more of the request'));
    } else connection.release();
  }

  /** Ends the use of the endpoint; the connection is dealt with by the caller. */
  #leave(): void {
    this.#state = OVER;
    (this.#target as Target).endpoint.inFlight--;
  }
}
