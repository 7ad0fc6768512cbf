import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ClientConnection, Deadline, type HeaderList, type TimerWheel } from '../../http/index.ts';
import { Output } from '../../http1/index.ts';
import type { Connector } from '../connector.ts';
import { closedEarly, connectTimedOut, noDescriptors } from '../faults.ts';
import type { UpstreamSettings } from '../options.ts';
import { disown, own as ownedBy } from '../private-connections.ts';
import { expectsContent } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import { type Asked, ResponseReader, type ResponseTaker } from './response-reader.ts';
import { own, Segments } from './segments.ts';
import type { Upload, UploadOwner } from './upload.ts';

/** So much sooner than an origin says that it does, an idle connection is ended. */
const KEEP_ALIVE_MARGIN_MS = 2000;

/** A request as a connection sends it. */
export interface OutgoingRequest extends Asked {
  /** With its empty line. */
  readonly head: string;
  /** Content that is at hand; null: none, or it comes by `upload`. */
  readonly content: Uint8Array | null;
  readonly upload: Upload | null;
  /** The content waits until the origin has said 100, or so long, in ms; 0: it does not wait. */
  readonly patienceMs: number;
}

/** What a connection's user is told. */
export interface ConnectionUser {
  /** The time set by `Connection.deadline` has passed. */
  timedOut(): void;
  /** The request goes out: from here on the origin may have seen it. */
  sending(): void;
  /** Some of the request's content has gone out. */
  uploadMoved(): void;
  /** All of the request has been handed on. */
  sent(): void;
  /** An interim response came. @throws ProxyError when it may not be sent */
  interim(head: ResponseHead): void;
  /** The head of the final response came. */
  began(head: ResponseHead): void;
  /** A part of its content, to keep. */
  content(part: Buffer): void;
  /** It is complete: the user releases the connection, or discards it. */
  ended(trailers: HeaderList | null): void;
  /** The origin switched protocols, and the socket is the user's. */
  switched(head: ResponseHead, socket: Duplex): void;
  /** The connection has ended before the response was complete, and why. */
  failed(error: Error): void;
}

/** The pool of a connection, as the connection sees it. */
export interface ConnectionOwner {
  readonly settings: UpstreamSettings;
  readonly timers: TimerWheel;
  readonly connector: Connector;
  /** The connection is open; perhaps to an address that is gone. */
  opened(connection: Connection): void;
  /** It waits for its next user. */
  release(connection: Connection): void;
  /** It is of no use any more. */
  remove(connection: Connection): void;
}

/** One HTTP/1.1 connection to an origin, opened with its first request and used by one call at a time (RFC 9112). */
export class Connection implements ResponseTaker, UploadOwner {
  /** Fires for the user; set by the user. */
  readonly deadline: Deadline;
  /** Who uses it now. */
  user: ConnectionUser | null = null;
  /** Says whether it waits in its pool for a user. */
  isIdle = false;
  /** Says whether the connection has borne a response already, so that its end may mean no more than a keep-alive race. */
  isUsed = false;
  readonly pool: ConnectionOwner;
  readonly #reader: ResponseReader;
  /** The one client connection that may use it, as a user has logged in on it; null: whoever comes. */
  #owner: ClientConnection | null = null;
  /** Nobody may use it after this user. */
  #isSpoilt = false;
  #socket: Socket | null = null;
  #output: Output | null = null;
  /** Bounds the opening, and later how long content waits for a 100. */
  #patience: Deadline | null = null;
  /** The request under way. */
  #request: OutgoingRequest | null = null;
  #isOpen = false;
  #isPaused = false;
  /** The socket is not ours any more, or closed. */
  #isOver = false;
  /** The socket, where it was handed to somebody else. */
  #switched: Socket | null = null;

  constructor(pool: ConnectionOwner) {
    const { settings, timers } = pool;
    this.pool = pool;
    this.deadline = new Deadline(timers, () => (this.user === null ? this.discard() : this.user.timedOut()));
    const terms = { maxHeadBytes: settings.maxResponseHeaderBytes, maxFields: settings.maxResponseFields };
    this.#reader = new ResponseReader(terms, this);
  }

  /** What goes out, for the upload. */
  get output(): Output {
    return this.#output as Output;
  }

  /** Address of the other end; undefined where the connection is not open. */
  get address(): string | undefined {
    return this.#socket?.remoteAddress;
  }

  /** Sends a request, perhaps when the connection is open. */
  send(request: OutgoingRequest): void {
    this.#request = request;
    if (this.#isOpen) this.#write(request);
    else this.#open();
  }

  /** Stops reading. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Goes on reading. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#socket?.destroyed === false) this.#socket.resume();
  }

  /** Keeps the connection from all but the client's connection, with which it ends; without one, from all that come. */
  makePrivate(client: ClientConnection | null): void {
    if (this.#owner !== null) return;
    if (client !== null && ownedBy(client, this)) this.#owner = client;
    else this.#isSpoilt = true;
  }

  /** Lets nobody use the connection any more; who uses it now is not disturbed. */
  retire(): void {
    this.#isSpoilt = true;
    if (this.user === null) this.discard();
  }

  /** Ends the connection, whoever uses it. */
  readonly end = (): void => this.discard();

  /** Ends the use: the connection goes back to its pool, if it lives. Called when a response is complete. */
  release(): void {
    this.#request = null;
    if (this.#socket?.destroyed !== false || this.#isSpoilt) {
      this.discard();
      return;
    }
    this.resume();
    this.user = null;
    this.isUsed = true;
    this.deadline.set(this.#idleTimeoutMs());
    if (this.#owner === null) this.pool.release(this);
  }

  /** Ends the use and the connection, also one that is being opened. */
  discard(): void {
    this.#leave();
    this.#socket?.destroy();
  }

  // ---- the upload

  uploadMoved(): void {
    this.user?.uploadMoved();
  }

  uploadEnded(): void {
    this.user?.sent();
  }

  uploadBroke(error: Error): void {
    this.#fail(error);
  }

  // ---- the response

  interim(head: ResponseHead): void {
    if (head.status === 100) this.#upload();
    this.user?.interim(head);
  }

  began(head: ResponseHead): void {
    this.#patience?.clear();
    this.user?.began(head);
  }

  content(part: Buffer): void {
    this.user?.content(own(part));
  }

  ended(trailers: HeaderList | null, mayPersist: boolean): void {
    const { method, content, upload, upgrade } = this.#request as OutgoingRequest;
    const isOdd = upgrade !== null || ((content !== null || upload !== null) && !expectsContent(method));
    if (!mayPersist || isOdd) this.#isSpoilt = true;
    this.user?.ended(trailers);
  }

  switched(head: ResponseHead, rest: Buffer | null): void {
    const socket = this.#socket as Socket;
    const { user } = this;
    socket.off('end', this.#onEnd);
    socket.off('drain', this.#onDrain);
    socket.off('close', this.#onClose);
    if (rest !== null) socket.push(Buffer.from(rest));
    this.#switched = socket;
    this.#socket = null;
    this.#leave();
    user?.switched(head, socket);
  }

  // ---- the socket

  #open(): void {
    const { settings, connector, timers } = this.pool;
    if (settings.hasRoom?.() === false) {
      process.nextTick(() => this.#fail(noDescriptors()));
      return;
    }
    const segments = new Segments((segment) => this.#read(segment));
    const socket = connector.open(segments, () => this.#opened());
    this.#socket = socket;
    this.#output = new Output(socket, () => {});
    this.#patience = new Deadline(timers, () => this.#outOfPatience());
    this.#patience.set(settings.connectTimeoutMs);
    socket.on('error', (error) => this.#fail(error));
    socket.on('end', this.#onEnd);
    socket.on('drain', this.#onDrain);
    socket.on('close', this.#onClose);
  }

  #opened(): void {
    if (this.#isOver) return;
    this.#isOpen = true;
    this.#patience?.clear();
    this.pool.opened(this);
    if (this.#request !== null && this.user !== null) this.#write(this.#request);
  }

  #outOfPatience(): void {
    if (this.#isOpen) this.#upload();
    else this.#fail(connectTimedOut(this.pool.settings.connectTimeoutMs));
  }

  #write(request: OutgoingRequest): void {
    const { head, content, upload, patienceMs } = request;
    const { user, output } = this;
    user?.sending();
    this.#reader.expect(request);
    output.add(head);
    if (upload !== null && patienceMs === 0) {
      // The head leaves with what is there by the end of this turn; of content that breaks off at once, nothing does.
      upload.start(this);
      return;
    }
    if (upload !== null) this.#patience?.set(patienceMs);
    else if (content !== null) output.add(content);
    output.flush();
    if (upload === null) user?.sent();
  }

  /** Lets content go out that waited for a 100. */
  #upload(): void {
    this.#patience?.clear();
    this.#request?.upload?.start(this);
  }

  #read(segment: Buffer): boolean {
    // Whoever has the socket now reads it as a stream.
    if (this.#switched !== null) return this.#switched.push(Buffer.from(segment));
    try {
      this.#reader.read(segment);
    } catch (error) {
      this.#fail(error as Error);
    }
    return !this.#isPaused;
  }

  readonly #onEnd = (): void => {
    if (!this.#reader.finish()) this.#fail(closedEarly());
  };

  readonly #onDrain = (): void => this.#request?.upload?.drained();

  readonly #onClose = (): void => this.#fail(closedEarly());

  /** The connection ends before its time; told to the user, if there is one. */
  #fail(error: Error): void {
    if (this.#isOver) return;
    const { user } = this;
    if (user === null) {
      this.discard();
      return;
    }
    this.#isOver = true;
    this.#reader.stop();
    this.#socket?.destroy();
    user.failed(error);
  }

  #leave(): void {
    this.user = null;
    this.#isOver = true;
    this.#request = null;
    this.#reader.stop();
    this.deadline.dispose();
    this.#patience?.dispose();
    if (this.#owner !== null) disown(this.#owner, this);
    this.#owner = null;
    this.pool.remove(this);
  }

  /** How long it may wait for its next user; less than the origin says, lest it close the connection under a request. */
  #idleTimeoutMs(): number {
    const { keepAliveTimeoutMs } = this.pool.settings;
    const seconds = this.#reader.keepAliveSeconds;
    return seconds < 0 ? keepAliveTimeoutMs : Math.max(1, seconds * 1000 - KEEP_ALIVE_MARGIN_MS);
  }
}
