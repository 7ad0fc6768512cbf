import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** What an origin does with one connection; when it returns, the connection stays open. */
export type OriginScript = (connection: OriginConnection) => unknown;

/** The origin's end of one connection, byte by byte. */
export class OriginConnection {
  /** How many connections the origin had before this one. */
  readonly index: number;
  readonly socket: Socket;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);
  #isOver = false;
  #wake: (() => void) | null = null;

  constructor(socket: Socket, index: number) {
    this.socket = socket;
    this.index = index;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.#isOver = true;
        this.#wake?.();
      });
    }
  }

  /** What was received and not read yet, as latin1. */
  get pending(): string {
    return this.#received.toString('latin1');
  }

  /** Reads up to and with `mark`. @throws Error when the peer ends before. */
  async readTo(mark: string): Promise<string> {
    for (;;) {
      const at = this.#received.indexOf(mark, 0, 'latin1');
      if (at >= 0) return this.#take(at + mark.length);
      await this.#more();
    }
  }

  /** Reads a request head, with the empty line. */
  head(): Promise<string> {
    return this.readTo('\r\n\r\n');
  }

  /** Reads exactly `count` bytes. */
  async read(count: number): Promise<string> {
    while (this.#received.length < count) await this.#more();
    return this.#take(count);
  }

  /** Sends octets, given as latin1, in one segment. */
  write(octets: string | Uint8Array): boolean {
    return this.socket.write(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets);
  }

  /** Sends octets and closes the sending side. */
  end(octets = ''): void {
    this.socket.end(Buffer.from(octets, 'latin1'));
  }

  /** Ends the connection with a TCP reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  #take(count: number): string {
    const text = this.#received.toString('latin1', 0, count);
    this.#received = this.#received.subarray(count);
    return text;
  }

  async #more(): Promise<void> {
    if (this.#isOver) throw new Error(`the peer ended; unread: ${JSON.stringify(this.pending)}`);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
  }
}

/** An origin on the loopback (127.0.0.1 unless told otherwise) that speaks bytes, so that every fault of an origin can be played. */
export class Origin {
  readonly connections: OriginConnection[] = [];
  readonly url: string;
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server, scheme: string) {
    this.#server = server;
    const { address, port } = server.address() as AddressInfo;
    this.port = port;
    this.url = `${scheme}://${address}:${port}`;
  }

  /** Starts an origin, on a free port unless told otherwise. Errors of the script end the connection. */
  static async start(script: OriginScript, tls?: TlsOptions, { host = '127.0.0.1', port = 0 } = {}): Promise<Origin> {
    const server = tls === undefined ? createServer({ allowHalfOpen: true }) : createTlsServer(tls);
    server.listen(port, host);
    await once(server, 'listening');
    const origin = new Origin(server, tls === undefined ? 'http' : 'https');
    server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      const connection = new OriginConnection(socket, origin.connections.length);
      origin.connections.push(connection);
      Promise.resolve(script(connection)).catch(() => socket.destroy());
    });
    server.on('tlsClientError', () => {});
    return origin;
  }

  /** Number of connections still open. */
  get open(): number {
    return this.connections.filter(({ socket }) => !socket.destroyed).length;
  }

  /** Stops listening and ends what is open. */
  async close(): Promise<void> {
    this.#server.close();
    for (const { socket } of this.connections) socket.destroy();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A script that answers every request of a connection with the same octets. */
export function answering(octets: string): OriginScript {
  return async (connection) => {
    for (;;) {
      await connection.head();
      connection.write(octets);
    }
  };
}

/** A client's connection to a port of 127.0.0.1, to be read and written in the same way. */
export function dial(port: number): OriginConnection {
  return new OriginConnection(connect(port, '127.0.0.1'), 0);
}

/** A port of 127.0.0.1 on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
