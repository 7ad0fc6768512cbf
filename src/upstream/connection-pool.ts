import { Deadline, type TimerWheel } from '../http/index.ts';
import type { BackendName, BackendNames, NameUser } from './backend-names.ts';
import { Connector, isName } from './connector.ts';
import { Connection, type ConnectionOwner } from './http1/connection.ts';
import type { UpstreamSettings } from './options.ts';
import type { Origin } from './origin.ts';

/** What the pools of one upstream have in common. */
export interface PoolEnv {
  readonly settings: UpstreamSettings;
  readonly timers: TimerWheel;
  /** Follows names; null: they are looked up for each new connection. */
  readonly names: BackendNames | null;
}

/** The connections to one origin. The last one used is the first one used again, so that a lull lets the others go. */
export class ConnectionPool implements NameUser, ConnectionOwner {
  readonly origin: Origin;
  readonly settings: UpstreamSettings;
  readonly timers: TimerWheel;
  readonly connector: Connector;
  readonly #names: BackendNames | null;
  readonly #name: BackendName | null;
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  #isClosed = false;
  /** Told that the last connection of a closed pool is gone. */
  #emptied: (() => void) | null = null;

  constructor(origin: Origin, env: PoolEnv) {
    const { settings } = env;
    this.origin = origin;
    this.settings = settings;
    this.timers = env.timers;
    this.#names = env.names;
    this.#name = isName(origin.hostname) ? (env.names?.watch(origin.hostname, this) ?? null) : null;
    this.connector = new Connector(origin, settings, this.#name?.lookup ?? null);
  }

  /** Number of connections, in use or not. */
  get size(): number {
    return this.#all.size;
  }

  /** A connection for one call: an idle one, or a new one that opens as the call is dispatched. */
  acquire(): Connection {
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      idle.isIdle = false;
      return idle;
    }
    return this.acquireNew();
  }

  /** A connection that no call has used before. */
  acquireNew(): Connection {
    const connection = new Connection(this);
    this.#all.add(connection);
    return connection;
  }

  /** Takes a connection back. Called by the connection. */
  release(connection: Connection): void {
    if (this.#isClosed || this.#idle.length >= this.settings.idleConnectionsPerHost) {
      connection.discard();
      return;
    }
    connection.isIdle = true;
    this.#idle.push(connection);
  }

  /** Drops a connection that is of no use any more. Called by the connection. */
  remove(connection: Connection): void {
    this.#all.delete(connection);
    if (connection.isIdle) {
      connection.isIdle = false;
      this.#idle.splice(this.#idle.indexOf(connection), 1);
    }
    if (this.#all.size === 0) this.#emptied?.();
  }

  /** A connection has opened, to an address that may be gone by now. Called by the connection. */
  opened(connection: Connection): void {
    if (this.#name?.lacks(connection.address ?? '')) connection.retire();
  }

  moved(isGone: (address: string) => boolean): void {
    for (const connection of [...this.#all]) {
      const { address } = connection;
      if (address !== undefined && isGone(address)) connection.retire();
    }
  }

  /** Ends idle connections now and the others as their calls end; resolves when the last is gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#name !== null) this.#names?.unwatch(this.#name);
    for (const connection of [...this.#all]) if (connection.user === null) connection.discard();
    if (this.#all.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#emptied = resolve;
    await promise;
  }
}

/** Counts who needs a pool, and closes it some time after the last one has gone. */
export class PoolLease {
  readonly pool: ConnectionPool;
  readonly #grace: Deadline;
  readonly #retireAfterMs: number;
  #holders = 0;
  #isDisposed = false;

  constructor(pool: ConnectionPool, retired: () => void) {
    this.pool = pool;
    this.#retireAfterMs = pool.settings.retireAfterMs;
    this.#grace = new Deadline(pool.timers, retired);
  }

  retain(): void {
    this.#holders++;
    this.#grace.clear();
  }

  release(): void {
    if (--this.#holders === 0 && !this.#isDisposed) this.#grace.set(Math.max(1, this.#retireAfterMs));
  }

  /** Leaves the timers, for good: whoever disposes of the lease closes the pool. */
  dispose(): void {
    this.#isDisposed = true;
    this.#grace.dispose();
  }
}
