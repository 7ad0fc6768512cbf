import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Body, ProxyError } from '../../http/index.ts';
import { Output } from '../../http1/index.ts';
import { ConnectionClock } from './clock.ts';
import type { ConnectionContext, ConnectionState, OpenConnection } from './context.ts';
import { Exchange, type ExchangeHost } from './exchange.ts';
import type { RequestHead } from './head.ts';
import { type IncomingBody, type IncomingBodyOwner, receiveBody } from './incoming-body.ts';
import { pause, readInPlace, resume } from './read-in-place.ts';
import { clientGone, NOBODY_ASKS, timedOut } from './refusal.ts';
import { answerRefused, refusedRequest } from './refused-request.ts';
import { Tunnel } from './relay.ts';
import { RequestReader } from './request-reader.ts';
import { type Peer, peerOf, requestOf, serve } from './serve.ts';

/** The server's side of one HTTP/1.1 connection: an explicit state machine over a socket (RFC 9112). */
export class Connection implements OpenConnection, ExchangeHost, IncomingBodyOwner {
  readonly output: Output;
  readonly #socket: Socket;
  readonly #context: ConnectionContext;
  readonly #clock: ConnectionClock;
  readonly #reader: RequestReader;
  readonly #peer: Peer;
  #state: ConnectionState = 'idle';
  #exchange: Exchange | null = null;
  /** Content that is still coming in. */
  #incoming: IncomingBody | null = null;
  #tunnel: Tunnel | null = null;
  #requests = 0;
  #isAdvancing = false;
  /** The connection lives on behind the exchange under way. */
  #persists = true;
  /** The client said that it sends nothing behind this request. */
  #isClientDone = false;
  #awaitsContinue = false;
  /** The client closed its sending side. */
  #isHalfClosed = false;
  /** The exchange is over as soon as the socket has taken what it holds. */
  #endsOnDrain = false;

  /** Takes over a socket that allows half-open. */
  constructor(socket: Socket, context: ConnectionContext) {
    const { settings, timers, scheme } = context;
    this.#socket = socket;
    this.#context = context;
    this.#peer = peerOf(socket, context);
    this.output = new Output(socket, (drained) => this.#wrote(drained));
    this.#reader = new RequestReader(settings, scheme);
    this.#clock = new ConnectionClock(timers, settings, {
      read: () => this.#readExpired(),
      write: () => this.cut(clientGone('stalled-reader')),
    });
    context.connections.add(this);
    this.#clock.beginRequest();
    this.#clock.awaitHead();
    if (!readInPlace(socket, this.#onSegment)) socket.on('data', this.#onSegment);
    socket.on('end', this.#onEnd);
    socket.on('drain', this.#onDrain);
    socket.on('error', () => {});
    socket.on('close', this.#onClose);
  }

  retire(behindRequests = 0): boolean {
    if (this.#state !== 'idle' || this.#requests < behindRequests) return false;
    this.#closeGently();
    return true;
  }

  // ---- the socket

  readonly #onSegment = (segment: Buffer): boolean => {
    switch (this.#state) {
      case 'idle':
      case 'head':
        this.#reader.hold(segment);
        this.#advance();
        break;
      case 'body':
        this.#feed(Buffer.from(segment), this.#incoming as IncomingBody);
        break;
      case 'responding':
        this.#reader.hold(segment);
        pause(this.#socket);
        break;
      case 'draining':
        this.#discard(segment);
        break;
      case 'upgraded':
        return this.#socket.push(Buffer.from(segment));
    }
    this.#reader.own();
    return true;
  };

  readonly #onEnd = (): void => {
    this.#isHalfClosed = true;
    switch (this.#state) {
      case 'idle':
      case 'head':
        this.#closeGently();
        return;
      case 'body':
        this.cut(clientGone('incomplete-request'));
        return;
      case 'responding':
        if (this.#exchange?.isWaiting === true && !this.#context.settings.servesHalfClosed)
          this.cut(clientGone('half-closed'));
        else this.#clock.awaitHalfClosed();
        return;
      case 'draining':
        if (this.#persists) this.#closeGently();
    }
  };

  readonly #onDrain = (): void => {
    this.#clock.drained();
    if (this.#endsOnDrain && this.#exchange !== null) this.exchangeOver(this.#exchange);
    else this.#exchange?.drained();
  };

  readonly #onClose = (): void => {
    this.cut(this.#exchange === null ? NOBODY_ASKS : clientGone('connection-closed', this.#socket.errored));
  };

  #wrote(drained: boolean): void {
    if (this.#isHalfClosed && this.#state === 'responding') this.#clock.awaitHalfClosed();
    if (!drained) this.#clock.awaitDrain();
  }

  #readExpired(): void {
    switch (this.#state) {
      case 'idle':
        this.#closeGently();
        return;
      case 'head':
        this.#refuse(timedOut('header-timeout'));
        return;
      case 'body':
        this.#breakBody(timedOut('request-timeout'));
        return;
      case 'responding':
        this.cut(clientGone('half-closed'));
        return;
      case 'draining':
        this.cut(clientGone('lingering'));
    }
  }

  // ---- requests

  /** Takes request by request from what is there; a loop, as answers given at once would recurse. */
  #advance(): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      while (this.#takesRequests() && this.#takeRequest());
    } catch (error) {
      if (!(error instanceof ProxyError)) throw error;
      this.#refuse(error);
    } finally {
      this.#isAdvancing = false;
    }
    if (!this.#takesRequests()) return;
    if (this.#isHalfClosed) this.#closeGently();
    else resume(this.#socket);
  }

  #takesRequests(): boolean {
    return this.#state === 'idle' || this.#state === 'head';
  }

  /** Says whether there was a whole head. */
  #takeRequest(): boolean {
    if (this.#reader.isEmpty) return false;
    if (this.#state === 'idle' && this.#requests > 0) this.#clock.beginRequest();
    const head = this.#reader.takeHead();
    if (head === null) {
      if (this.#state === 'idle' && !this.#reader.isEmpty) {
        this.#state = 'head';
        if (this.#requests > 0) this.#clock.awaitHead();
      }
      return false;
    }
    this.#begin(head);
    return true;
  }

  #begin(head: RequestHead): void {
    this.#requests++;
    this.#awaitsContinue = head.expectsContinue;
    this.#persists = head.persistent;
    this.#isClientDone = !head.persistent;
    const body = head.contentLength === 0 ? null : this.#beginBody(head);
    this.#reader.accepted();
    if (this.#incoming === null) {
      this.#state = 'responding';
      this.#clock.awaitNothing();
    } else {
      this.#state = 'body';
      this.#clock.awaitBody(false);
    }
    const exchange = new Exchange(this, head, this.#clock);
    this.#exchange = exchange;
    this.#context.activeRequests++;
    serve(requestOf(head, body, this.#peer), exchange, this.#context);
  }

  /** Answers what is no request with an error, and ends the connection. */
  #refuse(error: ProxyError): void {
    const request = refusedRequest(this.#reader.refusedText(), this.#peer);
    this.output.add(answerRefused(error, request, this.#context.observer));
    this.output.flush();
    this.#closeGently();
  }

  // ---- content of a request

  #beginBody(head: RequestHead): Body | null {
    if (!this.#reader.isEmpty) this.#awaitsContinue = false;
    const { body, incoming } = receiveBody(head, this.#reader, this.#context.settings, this);
    this.#incoming = incoming;
    return body;
  }

  #feed(segment: Buffer, incoming: IncomingBody): void {
    const { decoder } = incoming;
    this.#awaitsContinue = false;
    let content: Buffer;
    try {
      content = decoder.decode(segment);
    } catch (error) {
      this.#breakBody(error as Error);
      return;
    }
    if (decoder.done) {
      this.#endBody();
      this.#reader.putBack(decoder.rest);
      if (!this.#reader.isEmpty) pause(this.#socket);
    } else this.#clock.awaitBody(incoming.isWanted);
    incoming.push(content);
  }

  #endBody(): void {
    this.#incoming = null;
    this.#state = 'responding';
    this.#clock.awaitNothing();
  }

  /** The content is malformed, too long or too slow: the handler gets to know, and answers on a connection that ends. */
  #breakBody(error: Error): void {
    const incoming = this.#incoming;
    this.#endBody();
    this.#persists = false;
    pause(this.#socket);
    incoming?.fail(error);
  }

  bodyWanted(): void {
    if (this.#awaitsContinue && this.#exchange?.isWaiting === true) {
      this.output.add('HTTP/1.1 100 Continue\r\n\r\n');
      this.output.flush();
    }
    this.#awaitsContinue = false;
    this.flowBody();
  }

  holdBody(): void {
    if (this.#state !== 'body') return;
    pause(this.#socket);
    this.#clock.awaitBody(false);
  }

  flowBody(): void {
    if (this.#state !== 'body') return;
    resume(this.#socket);
    this.#clock.awaitBody(this.#incoming?.isWanted === true);
  }

  // ---- the answer

  get isReceiving(): boolean {
    return this.#incoming !== null;
  }

  settlePersistence(isDelimited: boolean): boolean {
    const { settings, isDraining } = this.#context;
    const isRestSmall = this.#incoming === null || (!this.#awaitsContinue && this.#incoming.isNearlyComplete);
    const isWornOut = settings.keepAliveMaxRequests > 0 && this.#requests >= settings.keepAliveMaxRequests;
    if (!isDelimited || !isRestSmall || isWornOut || isDraining || this.#clock.isOld) this.#persists = false;
    return this.#persists;
  }

  exchangeOver(exchange: Exchange): void {
    this.#endsOnDrain = this.output.full;
    if (this.#endsOnDrain) return;
    this.#endExchange(exchange, null);
    if (!this.#persists) this.#closeGently(!this.#isClientDone || this.#incoming !== null || !this.#reader.isEmpty);
    else if (this.#incoming === null) this.#becomeIdle();
    else this.#drainRequest(this.#incoming);
  }

  exchangeBroken(exchange: Exchange, error: Error, isDelimited: boolean): void {
    this.output.flush();
    this.#endExchange(exchange, error);
    // Where the end of the connection is the end of the content, only a reset tells that it is not whole.
    if (!isDelimited && this.#context.scheme === 'http') this.#socket.resetAndDestroy();
    this.cut(error);
  }

  #endExchange(exchange: Exchange, error: Error | null): void {
    if (this.#exchange !== exchange) return;
    this.#exchange = null;
    this.#context.activeRequests--;
    if (this.#tunnel !== null) this.#context.tunnels--;
    exchange.finish(error, this.#tunnel?.bytesToClient);
  }

  #becomeIdle(): void {
    this.#state = 'idle';
    this.#clock.awaitNextRequest();
    if (this.#context.isDraining && this.#reader.isEmpty) this.#closeGently();
    else this.#advance();
  }

  beginTunnel(exchange: Exchange, upstream: Duplex): void {
    const { timers, settings } = this.#context;
    const socket = this.#socket;
    this.#state = 'upgraded';
    this.#clock.awaitNothing();
    this.#clock.drained();
    socket.off('data', this.#onSegment);
    socket.off('end', this.#onEnd);
    socket.off('drain', this.#onDrain);
    this.#context.tunnels++;
    const closed = (error: Error | null) => this.#endExchange(exchange, error);
    this.#tunnel = new Tunnel({ client: socket, upstream, early: this.#reader.takeRest(), timers, settings, closed });
    this.#tunnel.join();
  }

  // ---- the end

  /** Throws the rest of the request away, for the sake of the next one. */
  #drainRequest(incoming: IncomingBody): void {
    this.#state = 'draining';
    incoming.fail(new Error('the request was answered'));
    this.#clock.awaitRest();
    resume(this.#socket);
  }

  #discard(segment: Buffer, incoming = this.#incoming): void {
    if (!this.#persists || incoming === null) {
      if (this.#socket.writableFinished && !this.#clock.linger()) this.cut(clientGone('lingering'));
    } else if (!incoming.skips(segment)) this.#closeGently();
    else if (incoming.decoder.done) {
      this.#reader.putBack(incoming.decoder.rest);
      this.#incoming = null;
      this.#becomeIdle();
    }
  }

  /**
   * Ends our side and reads on until the client ends its own, or for a while: a connection closed with bytes unread is
   * reset, and the reset may overtake the answer (RFC 9112 §9.6). Where nothing can come any more, `lingers` is false.
   */
  #closeGently(lingers = true): void {
    if (this.#state === 'closed') return;
    this.#state = 'draining';
    this.#persists = false;
    this.#reader.takeRest();
    this.#incoming?.fail(new Error('the request was answered'));
    this.#incoming = null;
    this.#clock.awaitNothing();
    if (this.#socket.writableLength > 0) this.#clock.awaitDrain();
    else this.#clock.linger();
    this.#socket.end(() => {
      if (!lingers) this.cut(NOBODY_ASKS);
      this.#clock.drained();
      if (this.#state === 'draining') this.#clock.linger();
    });
    resume(this.#socket);
  }

  /** The connection is over: tells whoever works for it, and lets the socket go. */
  cut(reason: Error): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    const exchange = this.#exchange;
    const incoming = this.#incoming;
    this.#incoming = null;
    exchange?.abort(reason);
    incoming?.fail(reason);
    if (exchange !== null) this.#endExchange(exchange, reason);
    this.#reader.takeRest();
    this.#clock.dispose();
    this.#peer.connection.closed();
    this.#context.connections.delete(this);
    this.#socket.destroy();
  }
}
