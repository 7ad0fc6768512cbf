import type { Duplex } from 'node:stream';
import {
  type Downstream,
  type DownstreamBounds,
  type DownstreamObserver,
  type HeaderList,
  isBodiless,
  ProxyError,
  Response,
  reasonPhrase,
} from '../../http/index.ts';
import type { Output } from '../../http1/index.ts';
import type { ConnectionClock } from './clock.ts';
import type { RequestHead } from './head.ts';
import { ResponseBody, type ResponseBodyOwner } from './response-body.ts';
import { composeHead, composeInterim, type Framing, type HeadTerms } from './response-head.ts';

/** The connection as one exchange on it sees it. */
export interface ExchangeHost {
  readonly output: Output;
  /** The content of the request is still coming in. */
  readonly isReceiving: boolean;
  /** Says, as the final head goes out, whether the connection lives on behind this exchange. */
  settlePersistence(isDelimited: boolean): boolean;
  /** The response is complete and has left, but for what `output` and the socket still hold. */
  exchangeOver(exchange: Exchange): void;
  /** The response cannot be completed: cuts the connection, so that nobody takes it for whole. */
  exchangeBroken(exchange: Exchange, error: Error, isDelimited: boolean): void;
  /** A 101 was sent: joins the connection with `upstream`. */
  beginTunnel(exchange: Exchange, upstream: Duplex): void;
}

/** One request and its response on a connection: the listener's side of the seam to the handler. */
export class Exchange implements Downstream, ResponseBodyOwner {
  observer: DownstreamObserver | null = null;
  readonly output: Output;
  readonly #host: ExchangeHost;
  readonly #head: RequestHead;
  readonly #clock: ConnectionClock;
  #phase: 'waiting' | 'answered' | 'over' = 'waiting';
  #body: ResponseBody | null = null;
  #bytesSent = 0;
  /** 0: none. */
  #responseTimeoutMs = 0;
  #hasReturned = false;
  #outcome: Error | null = null;
  #isFinished = false;

  constructor(host: ExchangeHost, head: RequestHead, clock: ConnectionClock) {
    this.#host = host;
    this.output = host.output;
    this.#head = head;
    this.#clock = clock;
  }

  /** The final response has not begun. */
  get isWaiting(): boolean {
    return this.#phase === 'waiting';
  }

  respond(response: Response): void {
    if (this.#phase !== 'waiting') {
      if (this.#phase === 'answered') throw new Error('the request was answered already');
      response.body?.discard(new Error('the client is gone'));
      return;
    }
    const { body } = response;
    const terms = this.#termsOf(response);
    const head = composeHead(response, terms);
    if (head === null || response.status < 200) {
      this.#respondUnsendable(response);
      return;
    }
    if (this.#responseTimeoutMs > 0) this.#clock.awaitResponse(this.#responseTimeoutMs);
    if (body === null || terms.framing === 'bodiless' || terms.lengthBytes === 0) {
      body?.discard(new Error('the response has no content'));
      this.#sendWhole(head, null);
    } else if (body.fixed !== null) {
      body.take();
      this.#sendWhole(head, body.fixed);
    } else {
      const source = body.take();
      this.#phase = 'answered';
      this.output.add(head);
      this.#body = new ResponseBody(this, source, terms);
      source.start(this.#body);
      this.output.schedule();
    }
  }

  bound({ requestTimeoutMs, responseTimeoutMs }: DownstreamBounds): void {
    if (this.#phase !== 'waiting') return;
    if (requestTimeoutMs !== undefined) this.#clock.boundRequest(requestTimeoutMs);
    if (responseTimeoutMs !== undefined) this.#responseTimeoutMs = responseTimeoutMs;
  }

  inform(status: number, headers: HeaderList): void {
    if (status < 100 || status > 199 || status === 101) throw new RangeError(`${status} is no interim status`);
    if (this.#phase !== 'waiting' || this.#head.version === '1.0') return;
    const head = composeInterim(status, headers);
    if (head === null) return;
    this.output.add(head);
    this.output.flush();
  }

  upgrade(response: Response, upstream: Duplex): void {
    if (this.#phase === 'over') {
      upstream.destroy();
      return;
    }
    if (this.#phase === 'answered' || this.#head.upgrade === null) throw new Error('there is nothing to upgrade');
    const terms: HeadTerms = { framing: 'bodiless', lengthBytes: -1, connection: '', keepsTrailer: false };
    // What still comes in is content: another protocol begins behind it, for both sides (RFC 9110 §7.8).
    const isPossible = response.status === 101 && !this.#host.isReceiving;
    const head = isPossible ? composeHead(response, terms) : null;
    if (head === null) {
      upstream.destroy();
      this.#respondUnsendable(response);
      return;
    }
    this.#phase = 'answered';
    this.output.add(head);
    this.output.flush();
    this.#host.beginTunnel(this, upstream);
  }

  destroy(reason: Error): void {
    if (this.#phase !== 'over') this.bodyBroken(reason);
  }

  bodyEnded(): void {
    this.#host.exchangeOver(this);
  }

  bodyBroken(error: Error): void {
    this.#body?.cancel(error);
    this.#host.exchangeBroken(this, error, this.#body?.isDelimited !== false);
  }

  /** The client takes bytes again. */
  drained(): void {
    this.#body?.drained();
  }

  /** The client went away: tells the observer and lets the response go. `finish` follows. */
  abort(reason: Error): void {
    this.#phase = 'over';
    this.observer?.aborted(reason);
    this.#body?.cancel(reason);
  }

  /** The handler has come back: from now on its observer is there to be told. */
  handlerReturned(): void {
    this.#hasReturned = true;
    if (this.#isFinished) this.#report();
  }

  /** The exchange is over; `bytesSent` (of a tunnel) overrules what was counted here. */
  finish(error: Error | null, bytesSent = this.#body?.bytesSent ?? this.#bytesSent): void {
    if (this.#isFinished) return;
    this.#phase = 'over';
    this.#isFinished = true;
    if (this.#responseTimeoutMs > 0) this.#clock.responseEnded();
    this.#outcome = error;
    this.#bytesSent = bytesSent;
    if (this.#hasReturned) this.#report();
  }

  #report(): void {
    this.observer?.finished(this.#bytesSent, this.#outcome);
  }

  #sendWhole(head: string, content: Uint8Array | null): void {
    this.#phase = 'answered';
    this.output.add(head);
    if (content !== null) {
      this.output.add(content);
      this.#bytesSent = content.length;
    }
    this.output.flush();
    this.#host.exchangeOver(this);
  }

  #termsOf(response: Response): HeadTerms {
    const { version, method, acceptsTrailers } = this.#head;
    const { body, status } = response;
    const lengthBytes = status === 205 ? 0 : body === null ? 0 : (body.length ?? -1);
    const framing = framingOf(method, version, status, lengthBytes);
    const persists = this.#host.settlePersistence(framing !== 'until-close');
    return {
      framing,
      lengthBytes: framing === 'bodiless' && body === null ? -1 : lengthBytes,
      connection: persists ? (version === '1.0' ? 'keep-alive' : '') : 'close',
      keepsTrailer: framing === 'chunked' && acceptsTrailers,
    };
  }

  /** What was to be sent would split the response or garble it: an origin's fault (502). */
  #respondUnsendable(response: Response): void {
    response.body?.discard(new Error('the response cannot be sent'));
    const headers = { 'Content-Type': 'text/plain' };
    this.respond(new Response({ status: 502, headers, body: `502 ${reasonPhrase(502)}\n` }));
  }
}

/** The error an exchange is finished with when the handler threw. */
export function handlerFailed(cause: unknown): ProxyError {
  return new ProxyError({ code: 'handler-failed', status: 500, source: 'internal', cause });
}

function framingOf(method: string, version: '1.0' | '1.1', status: number, lengthBytes: number): Framing {
  if (isBodiless(method, status)) return 'bodiless';
  if (lengthBytes >= 0) return 'length';
  return version === '1.1' ? 'chunked' : 'until-close';
}
