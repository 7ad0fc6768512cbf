import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Deadline, ProxyError, type TimerWheel } from '../../http/index.ts';
import type { ListenerSettings } from '../options.ts';
import { clientGone } from './refusal.ts';

/** A tunnel may be silent for long: TCP itself finds out whether the client's host is still there. */
const KEEP_ALIVE_PROBE_MS = 60_000;

/** What a tunnel is made of. */
export interface TunnelInit {
  client: Socket;
  upstream: Duplex;
  /** Bytes the client sent behind its handshake, or null. */
  early: Buffer | null;
  timers: TimerWheel;
  settings: Pick<ListenerSettings, 'tunnelIdleTimeoutMs' | 'tunnelHalfCloseTimeoutMs'>;
  /** Told once that the tunnel is gone, and what cut it. */
  closed(error: Error | null): void;
}

/**
 * Joins two byte streams after a 101 (RFC 9110 §7.8): back-pressure both ways, an end on one side ends the other's writing,
 * and when either breaks off so does the other.
 */
export class Tunnel {
  readonly #init: TunnelInit;
  readonly #idle: Deadline;
  /** Silence in both directions after which the tunnel is cut; 0 is never. */
  #patienceMs: number;
  #bytesToClient = 0;
  #isClosed = false;

  constructor(init: TunnelInit) {
    this.#init = init;
    this.#patienceMs = init.settings.tunnelIdleTimeoutMs;
    this.#idle = new Deadline(init.timers, () => this.#close(clientGone('idle-tunnel')));
  }

  /** Begins to relay. */
  join(): void {
    const { client, upstream, early } = this.#init;
    this.#touch();
    if (early !== null) upstream.write(early);
    this.#pump(client, upstream);
    this.#pump(upstream, client);
    client.setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
    client.resume();
    upstream.resume();
    // Ends that came before there was a tunnel are not told again.
    if (client.readableEnded) this.#ended(upstream);
    if (upstream.destroyed) this.#close(this.#goneError(upstream));
    else if (upstream.readableEnded) this.#ended(client);
  }

  /** Bytes that went to the client so far. */
  get bytesToClient(): number {
    return this.#bytesToClient;
  }

  #pump(from: Duplex, to: Duplex): void {
    const isDownward = to === this.#init.client;
    from.on('data', (chunk: Buffer) => {
      this.#touch();
      if (isDownward) this.#bytesToClient += chunk.length;
      if (to.writable && !to.write(chunk)) from.pause();
    });
    to.on('drain', () => {
      this.#touch();
      from.resume();
    });
    from.on('end', () => this.#ended(to));
    from.on('error', (error: Error) => this.#close(this.#goneError(from, error)));
    from.on('close', () => this.#sideClosed(from));
  }

  /** One side ended: so does what goes to the other, which may go on as long as it has something to say. */
  #ended(to: Duplex): void {
    const { tunnelHalfCloseTimeoutMs } = this.#init.settings;
    if (tunnelHalfCloseTimeoutMs > 0) this.#patienceMs = tunnelHalfCloseTimeoutMs;
    this.#touch();
    if (to.writable) to.end();
  }

  #sideClosed(side: Duplex): void {
    const { client, upstream } = this.#init;
    const isOrderly = side.readableEnded && side.writableFinished;
    if (!isOrderly) this.#close(this.#goneError(side));
    else if (client.destroyed && upstream.destroyed) this.#close(null);
  }

  /** Who broke the tunnel off. */
  #goneError(side: Duplex, cause?: Error): ProxyError {
    if (side === this.#init.client) return clientGone('tunnel-broken', cause);
    const message = `the upstream broke the tunnel off (${cause?.message ?? 'closed without an end'})`;
    return new ProxyError({ code: 'upstream-closed', status: 502, source: 'upstream', message, cause });
  }

  #touch(): void {
    if (!this.#isClosed) this.#idle.set(this.#patienceMs);
  }

  #close(error: Error | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#idle.dispose();
    const { client, upstream, closed } = this.#init;
    client.destroy();
    upstream.destroy();
    closed(error);
  }
}
