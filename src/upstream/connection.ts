import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ClientConnection, Deadline } from '../http/index.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { noDescriptors } from './faults.ts';
import { disown, own } from './private-connections.ts';
import { ResponseParser } from './response-parser.ts';
import { Client, type ClientInternals, type ClientSocket } from './undici.ts';

/** So much sooner than an origin says that it does, an idle connection is ended. */
const KEEP_ALIVE_MARGIN_MS = 2000;

/** What a connection's user is told. */
export interface ConnectionUser {
  /** The time set by `Connection.deadline` has passed. */
  timedOut(): void;
  /** The origin sent what cannot be read on: told before anything else happens, and before the connection ends. */
  refused(error: Error): void;
}

/**
 * One connection of a pool, used by one call at a time.
 *
 * Behind it stands an undici Client rather than a Pool: an idle one is found without a search, and one knows whether it
 * was used before.
 */
export class Connection {
  readonly client: InstanceType<typeof Client>;
  /** Fires for the user; set by the user. */
  readonly deadline: Deadline;
  /** Who uses it now. */
  user: ConnectionUser | null = null;
  /** Says whether it waits in its pool for a user. */
  isIdle = false;
  /** Says whether the connection has borne a response already, so that its end may mean no more than a keep-alive race. */
  isUsed = false;
  readonly pool: ConnectionPool;
  /** The one client connection that may use it, as a user has logged in on it; null: whoever comes. */
  #owner: ClientConnection | null = null;
  /** Nobody may use it after this user. */
  #isSpoilt = false;
  #socket: Duplex | null = null;
  #parser: ResponseParser | null = null;

  constructor(pool: ConnectionPool) {
    this.pool = pool;
    const { settings } = pool;
    this.deadline = new Deadline(pool.timers, () => (this.user === null ? this.discard() : this.user.timedOut()));
    this.client = new Client(pool.origin.url, {
      connect: (options, callback) => {
        if (settings.hasRoom?.() === false) {
          process.nextTick(callback, noDescriptors(), null);
          return;
        }
        // undici would ask for the name in the Host header, which may be the client's, and reconnect when that changes.
        this.#socket = pool.connector({ ...options, servername: pool.serverName }, callback) as unknown as Duplex;
      },
      pipelining: 1,
      // All are kept by `deadline`, which costs a number where a timer costs an object per request.
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
    });
    this.client.on('connect', () => {
      pool.opened(this);
      const client = this.client as ClientInternals;
      this.#parser = new ResponseParser(client, this.#socket as ClientSocket, {
        maxHeadBytes: settings.maxResponseHeaderBytes,
        maxFields: settings.maxResponseFields,
        refused: (error) => this.user?.refused(error),
      });
    });
    this.client.on('disconnect', () => {
      this.isUsed = false;
      if (this.isIdle) pool.remove(this);
      else if (this.#owner !== null && this.user === null) this.discard();
    });
  }

  /** Keeps the connection from all but the client's connection, with which it ends; without one, from all that come. */
  makePrivate(client: ClientConnection | null): void {
    if (this.#owner !== null) return;
    if (client !== null && own(client, this)) this.#owner = client;
    else this.#isSpoilt = true;
  }

  /** Address of the other end; undefined where the connection is not open. */
  get address(): string | undefined {
    return (this.#socket as Socket | null)?.remoteAddress;
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
    if (this.#socket?.destroyed !== false || this.#isSpoilt) {
      this.discard();
      return;
    }
    this.user = null;
    this.isUsed = true;
    this.deadline.set(this.#idleTimeoutMs());
    if (this.#owner === null) this.pool.release(this);
  }

  /** Ends the use and the connection, also one that is being opened. */
  discard(): void {
    this.#leave();
    // Not by the client: it knows nothing of a socket that is connecting, nor of one that was upgraded.
    this.#socket?.destroy();
  }

  /** Ends the use of a connection that was handed to somebody else, as an upgraded one is. */
  detach(): void {
    this.#socket = null;
    this.#leave();
  }

  #leave(): void {
    this.user = null;
    this.deadline.dispose();
    if (this.#owner !== null) disown(this.#owner, this);
    this.#owner = null;
    this.pool.remove(this);
  }

  /** How long it may wait for its next user; less than the origin says, lest it close the connection under a request. */
  #idleTimeoutMs(): number {
    const { keepAliveTimeoutMs } = this.pool.settings;
    const seconds = this.#parser?.keepAliveSeconds ?? -1;
    return seconds < 0 ? keepAliveTimeoutMs : Math.max(1, seconds * 1000 - KEEP_ALIVE_MARGIN_MS);
  }
}
