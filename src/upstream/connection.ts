import type { Duplex } from 'node:stream';
import { Deadline } from '../http/index.ts';
import type { ConnectionPool } from './connection-pool.ts';
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
  readonly #pool: ConnectionPool;
  #socket: Duplex | null = null;
  #parser: ResponseParser | null = null;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
    const { settings } = pool;
    this.deadline = new Deadline(pool.timers, () => (this.user === null ? this.discard() : this.user.timedOut()));
    this.client = new Client(pool.origin.url, {
      connect: (options, callback) => {
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
    });
  }

  /** Ends the use: the connection goes back to its pool, if it lives. Called when a response is complete. */
  release(): void {
    if (this.#socket?.destroyed !== false) {
      this.discard();
      return;
    }
    this.user = null;
    this.isUsed = true;
    this.deadline.set(this.#idleTimeoutMs());
    this.#pool.release(this);
  }

  /** Ends the use and the connection, also one that is being opened. */
  discard(): void {
    this.user = null;
    this.deadline.dispose();
    this.#pool.remove(this);
    // Not by the client: it knows nothing of a socket that is connecting, nor of one that was upgraded.
    this.#socket?.destroy();
  }

  /** Ends the use of a connection that was handed to somebody else, as an upgraded one is. */
  detach(): void {
    this.user = null;
    this.#socket = null;
    this.deadline.dispose();
    this.#pool.remove(this);
  }

  /** How long it may wait for its next user; less than the origin says, lest it close the connection under a request. */
  #idleTimeoutMs(): number {
    const { keepAliveTimeoutMs } = this.#pool.settings;
    const seconds = this.#parser?.keepAliveSeconds ?? -1;
    return seconds < 0 ? keepAliveTimeoutMs : Math.max(1, seconds * 1000 - KEEP_ALIVE_MARGIN_MS);
  }
}
