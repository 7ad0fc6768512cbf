import type { RequestHandler, TimerWheel } from '../../http/index.ts';
import type { ListenerObserver, ListenerSettings } from '../options.ts';

/** What all connections of a listener share. */
export interface ConnectionContext {
  readonly settings: ListenerSettings;
  readonly handler: RequestHandler;
  readonly observer: ListenerObserver;
  readonly scheme: 'http' | 'https';
  /** The port listened on. */
  localPort: number;
  readonly timers: TimerWheel;
  /** The listener accepts nothing any more: every answer is the last of its connection. */
  isDraining: boolean;
  /** Exchanges under way. */
  activeRequests: number;
  /** Those of them that are tunnels. */
  tunnels: number;
  /** Every connection that is not closed. */
  readonly connections: Set<OpenConnection>;
}

/** A connection as its listener sees it. */
export interface OpenConnection {
  /**
   * Ends the connection if it is idle, behind so many requests at least (default 0), and says whether it did. While the
   * listener drains, a busy one ends by itself behind its answer.
   */
  retire(behindRequests?: number): boolean;
  /** Ends the connection at once. */
  cut(error: Error): void;
}

/**
 * Where a connection stands:
 * - idle: between two requests, or before the first; not a byte of the next one is here
 * - head: a head has begun
 * - body: the request was handed over, its content is still coming; the answer may have begun
 * - responding: the request is whole, the answer is not; what comes meanwhile waits
 * - draining: the answer is given; what still comes is thrown away, up to the end of the request or of the connection
 * - upgraded: bytes are relayed
 * - closed
 */
export type ConnectionState = 'idle' | 'head' | 'body' | 'responding' | 'draining' | 'upgraded' | 'closed';
