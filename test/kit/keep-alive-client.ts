import { connect, type Socket } from 'node:net';

/** What came back: status and body. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  /** Whether the connection ends behind it. */
  readonly isLast: boolean;
}

/** One client connection that is kept: what it asks is answered by one data thread, one request at a time. */
export class KeepAliveClient {
  readonly #socket: Socket;
  #received = '';
  #waiting: { resolve(reply: Reply): void; reject(error: Error): void } | null = null;
  #broken: Error | null = null;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1');
    this.#socket.on('data', (text: string) => {
      this.#received += text;
      this.#settle();
    });
    this.#socket.on('error', (error) => this.#break(error));
    this.#socket.on('close', () => this.#break(new Error('the connection was closed')));
  }

  /** Asks for `path`. @throws Error when the connection breaks or the answer is no whole message with a length */
  get(path: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== null) reject(this.#broken);
      this.#waiting = { resolve, reject };
      this.#socket.write(`GET ${path} HTTP/1.1\r\nhost: steady.test\r\n\r\n`);
    });
  }

  close(): void {
    this.#socket.removeAllListeners('close').destroy();
  }

  #settle(): void {
    const head = this.#received.indexOf('\r\n\r\n');
    if (head < 0 || this.#waiting === null) return;
    const status = Number(this.#received.slice(9, 12));
    const length = Number(/^content-length: *(\d+)\r$/im.exec(this.#received.slice(0, head + 1))?.[1] ?? Number.NaN);
    const { resolve, reject } = this.#waiting;
    if (!this.#received.startsWith('HTTP/1.1 ') || Number.isNaN(length)) {
      this.#waiting = null;
      reject(new Error(`torn answer: ${JSON.stringify(this.#received.slice(0, 200))}`));
      return;
    }
    const end = head + 4 + length;
    if (this.#received.length < end) return;
    const body = this.#received.slice(head + 4, end);
    const isLast = /^connection: *close\r$/im.test(this.#received.slice(0, head + 1));
    this.#received = this.#received.slice(end);
    this.#waiting = null;
    resolve({ status, body, isLast });
  }

  #break(error: Error): void {
    this.#broken ??= error;
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}
