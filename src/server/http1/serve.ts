import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import {
  type Body,
  ClientConnection,
  type PeerCertificate,
  Request,
  type RequestHandler,
  Response,
  reasonPhrase,
} from '../../http/index.ts';
import type { ListenerObserver } from '../options.ts';
import { peerCertificateOf } from '../peer-certificate.ts';
import { type Exchange, handlerFailed } from './exchange.ts';
import type { RequestHead } from './head.ts';

/** The ends of a connection, as every request on it tells them. */
export interface Peer {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  readonly scheme: 'http' | 'https';
  readonly clientCertificate: PeerCertificate | null;
  readonly connection: ClientConnection;
}

/** The ends of `socket`; asked once, as the question is a system call (and another one for the local end: 3 % of accepting). */
export function peerOf(socket: Socket, { localPort, scheme }: Pick<Peer, 'localPort' | 'scheme'>): Peer {
  const { remoteAddress = '', remotePort = 0 } = socket;
  const clientCertificate = scheme === 'https' ? peerCertificateOf(socket as TLSSocket) : null;
  return { remoteAddress, remotePort, localPort, scheme, clientCertificate, connection: new ClientConnection() };
}

/** The request that a head, its content and its connection make. */
export function requestOf(head: RequestHead, body: Body | null, peer: Peer): Request {
  const { remoteAddress, remotePort, localPort, scheme, clientCertificate, connection } = peer;
  const { method, target, host, headers, version, upgrade } = head;
  return new Request({
    method,
    target,
    headers,
    body,
    host,
    httpVersion: version,
    upgrade,
    remoteAddress,
    remotePort,
    localPort,
    scheme,
    clientCertificate,
    connection,
  });
}

/** Lets `handler` answer; what it throws becomes a 500, or cuts the connection when the answer had begun. */
export function serve(
  request: Request,
  exchange: Exchange,
  { handler, observer }: { handler: RequestHandler; observer: ListenerObserver },
): void {
  try {
    handler(request, exchange);
  } catch (error) {
    observer.failed?.(error);
    if (!exchange.isWaiting) exchange.destroy(handlerFailed(error));
    else exchange.respond(new Response({ status: 500, body: `500 ${reasonPhrase(500)}\n` }));
  }
  exchange.handlerReturned();
}
