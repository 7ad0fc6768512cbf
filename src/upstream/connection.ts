import type { Duplex } from 'node:stream';
import { Deadline } from '../http/index.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { correctParser } from './parser-corrections.ts';
import { Client } from './undici.ts';

/** What a connection's user is told. */
export interface ConnectionUser {
  /** The time set by `Connection.deadline` has passed. */
  timedOut(): void;
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

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
    const { settings } = pool;
    this.deadline = new Deadline(pool.timers, () => this.user?.timedOut());
    this.client = new Client(pool.origin.url, {
      connect: (options, callback) => {
        // undici would ask for the name in the Host header, which may be the client's, and reconnect when that changes.
        this.#socket = pool.connector({ ...options, servername: pool.serverName }, callback) as unknown as Duplex;
      },
      pipelining: 1,
      maxHeaderSize: settings.maxResponseHeaderBytes,
      keepAliveTimeout: settings.keepAliveTimeoutMs,
      // Both are kept by `deadline`, which costs a number where a timer costs an object per request.
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
    });
    this.client.once('connect', () => correctParser(this.#socket));
    this.client.on('disconnect', () => {
      this.isUsed = false;
      if (this.isIdle) pool.remove(this);
    });
  }

  /** What broke the connection, or null. */
  get failure(): Error | null {
    return this.#socket?.errored ?? null;
  }

  /** Ends the use: the connection goes back to its pool. Called when a response is complete. */
  release(): void {
    this.user = null;
    this.deadline.clear();
    this.isUsed = true;
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
}
