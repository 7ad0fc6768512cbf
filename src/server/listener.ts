import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { Deadline, type RequestHandler, threadTimers } from '../http/index.ts';
import { Doorman } from './doorman.ts';
import { Handshakes } from './handshakes.ts';
import { Connection, type ConnectionContext } from './http1/index.ts';
import { type ListenerOptions, type ListenerSettings, settingsOf } from './options.ts';
import { createTlsServer } from './tls.ts';

const DEFAULT_BACKLOG = 4096;

/** What a listener has under way. */
export interface UnderWay {
  readonly requests: number;
  /** Upgraded connections. */
  readonly tunnels: number;
}

/** A socket that accepts connections, and the connections it accepted. */
export interface Listener {
  readonly port: number;
  readonly address: string;
  /** Connections that are open, idle ones and those that are being ended included. */
  readonly connections: number;
  /** Requests handed to the handler whose exchange is not over. */
  readonly activeRequests: number;
  /** Those of them that are tunnels: upgraded connections. */
  readonly tunnels: number;
  /**
   * Stops accepting; ends idle connections, and busy ones behind their answer, which says `Connection: close`.
   * Cuts what is left after `timeoutMs` (0: waits without end). Fulfilled when no connection is left, with what was cut. With
   * `idleMs` a connection that is idle may send one more request within that time, which a client that does not know of the
   * end may just be doing; and no connection that is about to be accepted is lost.
   */
  drain(timeoutMs: number, idleMs?: number): Promise<UnderWay>;
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
    tunnels: 0,
    connections: new Set(),
  };
  const server = openServer(options, settings);
  const handshakes = options.tls === undefined ? null : new Handshakes(server, context);
  const begin = (socket: Socket): void => {
    if (context.isDraining || socket.destroyed) socket.destroy();
    else new Connection(socket, context);
  };
  if (options.tls !== undefined) server.on('secureConnection', begin);
  server.on('connection', admission(options, context, options.tls === undefined ? begin : null));
  return bound(server, options).then(() => new SocketListener(server, context, handshakes));
}

/** Takes new sockets while there is room, and lets HTTP begin on them; with TLS (null) that waits for the handshake. */
function admission({ room }: ListenerOptions, context: ConnectionContext, begin: ((socket: Socket) => void) | null) {
  const doorman = new Doorman(context);
  return (socket: Socket): void => {
    if (room?.isShort() === true) {
      room.turnAway();
      doorman.makeRoom();
      if (begin === null) socket.destroy();
      else doorman.turnAway(socket);
    } else begin?.(socket);
  };
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
  readonly #handshakes: Handshakes | null;
  #stopped: Promise<void> | null = null;

  constructor(server: Server, context: ConnectionContext, handshakes: Handshakes | null) {
    this.#server = server;
    this.#context = context;
    this.#handshakes = handshakes;
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

  get tunnels(): number {
    return this.#context.tunnels;
  }

  async drain(timeoutMs: number, idleMs = 0): Promise<UnderWay> {
    const context = this.#context;
    let cut: UnderWay = { requests: 0, tunnels: 0 };
    if (idleMs > 0) await quietTurn();
    context.isDraining = true;
    const gone = this.#stop();
    const retireIdle = (): void => {
      for (const connection of [...context.connections]) connection.retire();
    };
    const idling = new Deadline(context.timers, retireIdle);
    if (idleMs > 0) idling.set(idleMs);
    else retireIdle();
    const deadline = new Deadline(context.timers, () => {
      const { activeRequests, tunnels } = context;
      cut = { requests: activeRequests - tunnels, tunnels };
      this.#cutAll('the drain timed out');
    });
    deadline.set(timeoutMs);
    await gone;
    idling.dispose();
    deadline.dispose();
    return cut;
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
    this.#handshakes?.cutAll();
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
