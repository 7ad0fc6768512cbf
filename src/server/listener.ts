import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { RequestHandler } from '../http/index.ts';
import { Deadline, threadTimers } from '../http/index.ts';
import { Connection, type ConnectionContext } from './http1/index.ts';
import { type ListenerOptions, type ListenerSettings, settingsOf } from './options.ts';
import { createTlsServer } from './tls.ts';

const DEFAULT_BACKLOG = 4096;

/** A socket that accepts connections, and the connections it accepted. */
export interface Listener {
  readonly port: number;
  readonly address: string;
  /** Connections that are open, idle ones and those that are being ended included. */
  readonly connections: number;
  /** Requests handed to the handler whose exchange is not over. */
  readonly activeRequests: number;
  /**
   * Stops accepting; ends idle connections, and busy ones behind their answer, which says `Connection: close`.
   * Cuts what is left after `timeoutMs` (0: waits without end). Fulfilled when no connection is left. With `idleMs` a
   * connection that is idle may send one more request within that time, which a client that does not know of the end
   * may just be doing; and no connection that is about to be accepted is lost.
   */
  drain(timeoutMs: number, idleMs?: number): Promise<void>;
  /** Stops accepting and cuts every connection. */
  close(): Promise<void>;
}

/** Opens a listener whose requests go to `handler`. @throws the error of the system when the address cannot be bound. */
export function listen(handler: RequestHandler, options: ListenerOptions): Promise<Listener> {
  const settings = settingsOf(options);
  const context: ConnectionContext = {
    settings,
    handler,
    observer: options.observer ?? {},
    scheme: options.tls === undefined ? 'http' : 'https',
    localPort: options.port,
    timers: options.timers ?? threadTimers,
    isDraining: false,
    activeRequests: 0,
    connections: new Set(),
  };
  const server = openServer(options, settings);
  const handshaking = new Set<Socket>();
  if (options.tls !== undefined) trackHandshakes(server, handshaking);
  server.on(options.tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    if (context.isDraining || socket.destroyed) socket.destroy();
    else new Connection(socket, context);
  });
  return bound(server, options).then(() => new SocketListener(server, context, handshaking));
}

/** Keeps the sockets of which no connection has come yet: nobody else could cut them. */
function trackHandshakes(server: Server, handshaking: Set<Socket>): void {
  server.on('connection', (socket: Socket) => {
    handshaking.add(socket);
    socket.once('close', () => handshaking.delete(socket));
  });
}

function openServer({ tls }: ListenerOptions, { headerTimeoutMs }: ListenerSettings): Server {
  const socketOptions = { allowHalfOpen: true, noDelay: true };
  if (tls === undefined) return createServer(socketOptions);
  return createTlsServer(tls, { ...socketOptions, handshakeTimeoutMs: headerTimeoutMs });
}

function bound(server: Server, options: ListenerOptions): Promise<void> {
  const { port, host, reusePort = false, backlog = DEFAULT_BACKLOG } = options;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, backlog, reusePort, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', reject);
      // What goes wrong with a single accept (EMFILE) is the client's loss, not the listener's end.
      server.on('error', () => {});
      resolve();
    });
  });
}

class SocketListener implements Listener {
  readonly port: number;
  readonly address: string;
  readonly #server: Server;
  readonly #context: ConnectionContext;
  readonly #handshaking: ReadonlySet<Socket>;
  #stopped: Promise<void> | null = null;

  constructor(server: Server, context: ConnectionContext, handshaking: ReadonlySet<Socket>) {
    this.#server = server;
    this.#context = context;
    this.#handshaking = handshaking;
    const { port, address } = server.address() as AddressInfo;
    this.port = port;
    context.localPort = port;
    this.address = address;
  }

  get connections(): number {
    return this.#context.connections.size;
  }

  get activeRequests(): number {
    return this.#context.activeRequests;
  }

  async drain(timeoutMs: number, idleMs = 0): Promise<void> {
    const context = this.#context;
    if (idleMs > 0) await quietTurn();
    context.isDraining = true;
    const gone = this.#stop();
    const retireIdle = (): void => {
      for (const connection of [...context.connections]) connection.retire();
    };
    const idling = new Deadline(context.timers, retireIdle);
    if (idleMs > 0) idling.set(idleMs);
    else retireIdle();
    const deadline = new Deadline(context.timers, () => this.#cutAll('the drain timed out'));
    deadline.set(timeoutMs);
    await gone;
    idling.dispose();
    deadline.dispose();
  }

  async close(): Promise<void> {
    this.#context.isDraining = true;
    const gone = this.#stop();
    this.#cutAll('the listener was closed');
    await gone;
  }

  #cutAll(reason: string): void {
    const error = new Error(reason);
    for (const connection of [...this.#context.connections]) connection.cut(error);
    for (const socket of this.#handshaking) socket.destroy();
  }

  /** Fulfilled when the server and all its sockets are closed. */
  #stop(): Promise<void> {
    this.#stopped ??= new Promise((resolve) => this.#server.close(() => resolve()));
    return this.#stopped;
  }
}

/** A turn of the loop that takes so long at most, in ms, leaves no time for connections to queue up. */
const QUIET_TURN_MS = 0.2;
const MAX_TURNS = 500;

/**
 * Resolves right behind a poll in which little happened: what had come to the listening socket was accepted in it. What is
 * in its queue when it is closed is reset by the system.
 */
async function quietTurn(): Promise<void> {
  let before = performance.now();
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    await setImmediate();
    const now = performance.now();
    if (now - before < QUIET_TURN_MS) return;
    before = now;
  }
}
