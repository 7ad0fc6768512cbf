import { Deadline, type TimerWheel } from '../http/index.ts';
import type { BackendName, BackendNames, NameUser } from './backend-names.ts';
import { Connection } from './connection.ts';
import type { UpstreamSettings } from './options.ts';
import type { Origin } from './origin.ts';
import { readInPlace } from './read-buffer.ts';
import { buildConnector } from './undici.ts';

/** An address as the URL parser writes it. */
const IP_ADDRESS = /^(?:\d+\.\d+\.\d+\.\d+$|\[)/;

/** What the pools of one upstream have in common. */
export interface PoolEnv {
  readonly settings: UpstreamSettings;
  readonly timers: TimerWheel;
  /** Follows names; null: they are looked up for each new connection. */
  readonly names: BackendNames | null;
}

/** The connections to one origin. The last one used is the first one used again, so that a lull lets the others go. */
export class ConnectionPool implements NameUser {
  readonly origin: Origin;
  readonly settings: UpstreamSettings;
  readonly timers: TimerWheel;
  readonly connector: ReturnType<typeof buildConnector>;
  /** The name asked for in TLS (SNI) and looked for in the certificate; empty for an address. */
  readonly serverName: string;
  readonly #names: BackendNames | null;
  readonly #name: BackendName | null;
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  #isClosed = false;

  constructor(origin: Origin, env: PoolEnv) {
    const { settings } = env;
    this.origin = origin;
    this.settings = settings;
    this.timers = env.timers;
    this.serverName = IP_ADDRESS.test(origin.hostname) ? '' : origin.hostname;
    this.#names = env.names;
    this.#name = this.serverName === '' ? null : (env.names?.watch(origin.hostname, this) ?? null);
    this.connector = buildConnector({
      timeout: settings.connectTimeoutMs,
      allowH2: false,
      onread: readInPlace,
      ...(this.#name === null ? {} : { lookup: this.#name.lookup }),
      ...(origin.isTls ? tlsOptions(settings) : {}),
    });
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
      this.#forget(connection);
      void connection.client.close();
      return;
    }
    connection.isIdle = true;
    this.#idle.push(connection);
  }

  /** Drops a connection that is of no use any more. Called by the connection. */
  remove(connection: Connection): void {
    this.#forget(connection);
    if (connection.isIdle) {
      connection.isIdle = false;
      this.#idle.splice(this.#idle.indexOf(connection), 1);
    }
    void connection.client.destroy();
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
    this.#idle.length = 0;
    await Promise.all(
      Array.from(this.#all, (connection) => {
        connection.isIdle = false;
        return connection.client.close();
      }),
    );
  }

  #forget(connection: Connection): void {
    this.#all.delete(connection);
    connection.deadline.dispose();
  }
}

function tlsOptions({ insecureTls, minTlsVersion, ca, clientCertificate }: UpstreamSettings) {
  return {
    rejectUnauthorized: !insecureTls,
    minVersion: minTlsVersion,
    ...(ca === undefined ? {} : { ca: ca as string }),
    ...clientCertificate,
  };
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
