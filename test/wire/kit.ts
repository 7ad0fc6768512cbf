/**
 * Byte-level dialogues with a listener: what a client sends, what it gets, what the handler saw.
 * May import anything of src. Nothing here waits for a time to pass: it waits for bytes, or for the connection's end.
 */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { type HeaderList, type Request, type RequestHandler, Response, reasonPhrase } from '../../src/http/index.ts';
import { type Listener, type ListenerOptions, listen } from '../../src/server/index.ts';

/** A step of the client: bytes (latin1) to send, or something to wait for or to do. */
export type Step = string | ((client: Client) => void | Promise<void>);

/** One dialogue: a rule, and the bytes that show it. */
export interface Dialogue {
  name: string;
  /** The section that says so; "RFC 9112 §3" is written "9112 §3". */
  rfc: string;
  send: Step | Step[];
  /** All the client gets, without Date: exact bytes, or a pattern. */
  expect: string | RegExp;
  /** How it ends: the server closes (default), or the connection lives on, shown by one request more. */
  ends?: 'closed' | 'open';
  /** What the handler saw, one line per request; see `describeRequest`. Default: not looked at. */
  saw?: string[];
  /** Default: answers 200 "ok" when the content is read. */
  answer?: RequestHandler;
  options?: Partial<ListenerOptions>;
}

/** Runs dialogues as tests, each on a listener of its own. */
export function dialogues(topic: string, table: readonly Dialogue[]): void {
  describe(topic, () => {
    for (const dialogue of table) test(`${dialogue.name} (${dialogue.rfc})`, () => converse(dialogue));
  });
}

async function converse(dialogue: Dialogue): Promise<void> {
  const saw: string[] = [];
  const listener = await open(recording(saw, dialogue.answer ?? answerOk), dialogue.options);
  const client = await Client.open(listener.port);
  try {
    for (const step of [dialogue.send].flat()) await client.take(step);
    if (dialogue.ends === 'open') await client.until(dialogue.expect);
    else await client.closed;
    compare(client.received, dialogue.expect);
    if (dialogue.ends === 'open') await proveAlive(client);
    if (dialogue.saw !== undefined) assert.deepEqual(saw, dialogue.saw);
  } finally {
    client.destroy();
    await listener.close();
    assert.equal(listener.connections, 0, 'connections are left');
    assert.equal(listener.activeRequests, 0, 'exchanges are left');
  }
}

function compare(received: string, expected: string | RegExp): void {
  if (typeof expected === 'string') assert.equal(received, expected);
  else assert.match(received, expected);
}

const PROBE = '/__alive';

async function proveAlive(client: Client): Promise<void> {
  const before = client.received.length;
  client.write(`GET ${PROBE} HTTP/1.1\r\nHost: a\r\n\r\n`);
  await client.until(/alive$/);
  assert.equal(client.received.slice(before), ok('alive'));
}

function recording(saw: string[], answer: RequestHandler): RequestHandler {
  return (request, downstream) => {
    if (request.path === PROBE) {
      downstream.respond(new Response({ status: 200, body: 'alive' }));
      return;
    }
    const at = saw.push(describeRequest(request)) - 1;
    const { body } = request;
    if (body?.fixed) saw[at] += ` [${Buffer.from(body.fixed).toString('latin1')}]`;
    answer(request, downstream);
  };
}

/** `METHOD target version name: value; … [content, where it came with the head]`; Host is left out. */
export function describeRequest(request: Request): string {
  const fields = [...request.headers].filter(([name]) => name.toLowerCase() !== 'host');
  const list = fields.map(([name, value]) => ` ${name}: ${value};`).join('');
  return `${request.method} ${request.target} ${request.httpVersion}${list}`;
}

/** Reads the content, then answers 200 "ok"; a content that breaks off is answered with the status of the error. */
export const answerOk: RequestHandler = (request, downstream) => {
  const { body } = request;
  if (body === null) downstream.respond(new Response({ status: 200, body: 'ok' }));
  else
    body.bytes(1 << 30).then(
      () => downstream.respond(new Response({ status: 200, body: 'ok' })),
      (error) => downstream.respond(new Response({ status: error.status ?? 500 })),
    );
};

/** Answers with what it read: `content` or `content|name: value` with trailers. */
export const answerEcho: RequestHandler = (request, downstream) => {
  const chunks: Uint8Array[] = [];
  const end = (trailers: HeaderList | null) => {
    const tail = trailers === null ? '' : [...trailers].map(([name, value]) => `|${name}: ${value}`).join('');
    const body = Buffer.concat([...chunks, Buffer.from(tail, 'latin1')]);
    downstream.respond(new Response({ status: 200, body }));
  };
  if (request.body === null) end(null);
  else
    request.body.take().start({
      data: (chunk) => chunks.push(chunk) > 0,
      end,
      fail: (error) => downstream.respond(new Response({ status: statusOf(error), body: 'broken' })),
    });
};

function statusOf(error: Error): number {
  return 'status' in error && typeof error.status === 'number' ? error.status : 500;
}

/** A listener on a free port of the loopback. */
export function open(handler: RequestHandler, options: Partial<ListenerOptions> = {}): Promise<Listener> {
  return listen(handler, { host: '127.0.0.1', port: 0, ...options });
}

/** The bytes of a 200 with `body`; `fields` are further field lines. */
export function ok(body: string, ...fields: string[]): string {
  const lines = fields.map((field) => `${field}\r\n`).join('');
  return `HTTP/1.1 200 OK\r\n${lines}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** The listener's own refusal behind `before`: its head, and one sentence that says why. */
export function refused(status: number, before = ''): RegExp {
  const line = `${status} ${reasonPhrase(status)}`;
  const head = `HTTP/1.1 ${line}\r\nContent-Type: text/plain; charset=utf-8\r\n`;
  const rest = `Connection: close\r\n\r\n${line}. `;
  const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped(before + head)}Content-Length: \\d+\r\n${escaped(rest)}[A-Z][^\\r\\n]+\\.\n$`);
}

/** A minimal GET with further field lines. */
export function get(target = '/', ...fields: string[]): string {
  return request('GET', target, '', ...fields);
}

/** A request with Host and further field lines, and `content` behind it (unframed: the fields say how). */
export function request(method: string, target: string, content: string, ...fields: string[]): string {
  const lines = fields.map((field) => `${field}\r\n`).join('');
  return `${method} ${target} HTTP/1.1\r\nHost: a\r\n${lines}\r\n${content}`;
}

/** A client that speaks bytes. */
export class Client {
  readonly socket: Socket;
  /** Fulfilled when the server has ended its side, or reset the connection. */
  readonly closed: Promise<void>;
  /** The server reset the connection. */
  wasReset = false;
  #received = '';
  #isClosed = false;
  #waiters: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#received += text;
      this.#wake();
    });
    socket.on('error', () => {
      this.wasReset = true;
    });
    this.closed = new Promise((resolve) => {
      const over = () => {
        this.#isClosed = true;
        resolve();
        this.#wake();
      };
      socket.on('end', over);
      socket.on('close', over);
    });
  }

  static open(port: number): Promise<Client> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Client(socket));
      });
    });
  }

  /** Everything received, without the Date lines. */
  get received(): string {
    return this.#received.replaceAll(/Date: [^\r]*\r\n/g, '');
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  write(bytes: string): void {
    this.socket.write(bytes, 'latin1');
  }

  /** Does a step; between two of them the bytes get a chance to arrive apart. */
  async take(step: Step): Promise<void> {
    if (typeof step === 'string') this.write(step);
    else await step(this);
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Waits until what was received is `expected` (or as long as it), or matches. @throws when the server closes before. */
  async until(expected: string | RegExp): Promise<void> {
    while (!(typeof expected === 'string' ? this.received.length >= expected.length : expected.test(this.received))) {
      if (this.#isClosed) throw new Error(`closed after ${JSON.stringify(this.received)}`);
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** Ends the sending side. */
  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter();
  }
}
