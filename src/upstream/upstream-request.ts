import type { Duplex } from 'node:stream';
import type { HeaderList, ProxyError, Request, Response } from '../http/index.ts';
import type { Backend } from './backend.ts';

/** What is to be sent, where, and how. A `send` reads it at once and keeps the request and the backend only. */
export interface UpstreamRequest {
  readonly request: Request;
  readonly backend: Backend;
  /** The Host header to send; null: as `preserveHost` says. */
  readonly host: string | null;
  /** Whether the client's Host is sent; null: as the upstream's options say. */
  readonly preserveHost: boolean | null;
  /** Bound of the time up to the response head, connecting and a retry included; null: as the options say. */
  readonly timeoutMs: number | null;
  /** Key for the balancers that hash; null: the client's address. */
  readonly hashKey: string | null;
  /** Whether the backend is a proxy, which is sent the whole URL; see `UpstreamCall.viaProxy`. */
  readonly viaProxy: boolean;
}

/** Told what becomes of a call. After `responded`, `upgraded` or `failed` it hears no more. */
export interface UpstreamObserver {
  /** An interim response (1xx, but 100 and 101) came. */
  informed(status: number, headers: HeaderList): void;
  /** The response is here; its body, null when it has none, is fed by the call. */
  responded(response: Response): void;
  /** The origin switched protocols: `socket` is its connection now, owned by the observer. */
  upgraded(response: Response, socket: Duplex): void;
  /** There will be no response. */
  failed(error: ProxyError): void;
}
