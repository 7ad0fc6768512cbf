import type { Duplex } from 'node:stream';
import type { HeaderList } from './headers.ts';
import type { Request } from './request.ts';
import type { Response } from './response.ts';

/** What the client may take in time, in ms; a bound that is left out stays as it was. */
export interface DownstreamBounds {
  /** From now to the last byte of the request. Beyond it the request breaks off. */
  readonly requestTimeoutMs?: number;
  /** From the head of the response to its last byte. Beyond it the connection is cut. */
  readonly responseTimeoutMs?: number;
}

/**
 * The seam between a listener and whatever answers its requests: one per request, given by the listener.
 * HTTP/1.1 and HTTP/2 implement it alike.
 */
export interface Downstream {
  /** Who is told of the client's fate; set by the handler before it returns. */
  observer: DownstreamObserver | null;
  /** Sends the final response. The listener takes the body and frames it as method, status and version demand. Once. */
  respond(response: Response): void;
  /** Sends an interim (1xx, not 101) response. */
  inform(status: number, headers: HeaderList): void;
  /** Sends a 101 and joins the client's connection with `upstream`, bytes both ways, until either side ends. */
  upgrade(response: Response, upstream: Duplex): void;
  /** Bounds the time the client has for this exchange. */
  bound(bounds: DownstreamBounds): void;
  /** Cuts the connection (HTTP/2: resets the stream) without a word. */
  destroy(reason: Error): void;
}

/** Told by a listener what became of an exchange. */
export interface DownstreamObserver {
  /** The client went away before the response was complete. At most once; `finished` follows. */
  aborted(reason: Error): void;
  /** The exchange is over: `bytesSent` of body were written; `error` is what cut it short, or null. Exactly once. */
  finished(bytesSent: number, error: Error | null): void;
}

/** What answers requests: the proxy. */
export type RequestHandler = (request: Request, downstream: Downstream) => void;
