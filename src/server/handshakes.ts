import type { Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Deadline, type ProxyError } from '../http/index.ts';
import { answerRefused, type ConnectionContext, peerOf, refusal, refusedRequest } from './http1/index.ts';

/** What Node says of a client that speaks HTTP where TLS is expected. */
const PLAIN_REQUEST = 'ERR_SSL_HTTP_REQUEST';

/** The sockets below the connections of a TLS server, those included of which no connection came yet: nobody else cuts them. */
export class Handshakes {
  readonly #context: ConnectionContext;
  readonly #sockets = new Set<Socket>();
  readonly #byEnd = new Map<string, Socket>();

  constructor(server: Server, context: ConnectionContext) {
    this.#context = context;
    server.on('connection', (socket: Socket) => {
      const end = endOf(socket);
      this.#sockets.add(socket);
      this.#byEnd.set(end, socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        if (this.#byEnd.get(end) === socket) this.#byEnd.delete(end);
      });
    });
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => this.#failed(error, socket));
  }

  /** Cuts every connection, whatever it is at. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #failed(error: NodeJS.ErrnoException, secured: TLSSocket): void {
    const socket = this.#byEnd.get(endOf(secured));
    if (error.code === PLAIN_REQUEST && socket !== undefined) this.#refusePlain(refusal(400, 'plain-on-tls'), socket);
    else {
      this.#context.observer.handshakeFailed?.(error);
      secured.destroy();
    }
  }

  /** Tells a client that speaks no TLS so, in its own language: below TLS, which has not begun. */
  #refusePlain(error: ProxyError, socket: Socket): void {
    const { observer, timers, settings, localPort } = this.#context;
    const request = refusedRequest('', peerOf(socket, { localPort, scheme: 'http' }));
    const deadline = new Deadline(timers, () => socket.destroy());
    deadline.set(settings.lingerTimeoutMs);
    socket.once('close', () => deadline.dispose());
    socket.on('error', () => {});
    socket.end(answerRefused(error, request, observer));
  }
}

/** Names the client's end of a connection, below TLS and above. */
function endOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
