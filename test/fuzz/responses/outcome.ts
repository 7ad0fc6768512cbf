import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { duplexPair } from 'node:stream';
import type { HeaderList, Response } from '../../../src/http/index.ts';
import type { Outcome as CallOutcome, TestUpstream } from '../../kit/calls.ts';
import type { OriginConnection } from '../../kit/origin.ts';
import type { Play } from './generate.ts';

/** One response as a client read it. */
export interface Seen {
  interim: { status: number; fields: string[] }[];
  status: number;
  fields: string[];
  content: string;
  trailers: string[];
}

/** A response that came in whole, or null: it was refused, or broke off. */
export type Outcome = Seen | null;

/** How many turns of the event loop bytes get to arrive. */
const ARRIVAL_TURNS = 4;

/** Gives what was written to a socket the time to arrive at its other end, in this process. */
export async function arrival(turns = ARRIVAL_TURNS): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** What the origin of `readBySluice` is about to send. */
export class Stage {
  #parts: readonly string[] = [];
  /** The origin's end of the connection played on last, since `set`. */
  connection: OriginConnection | null = null;
  #playing = 0;

  /** The script of the origin: to each request it sends what is on. */
  readonly script = async (connection: OriginConnection): Promise<void> => {
    for (;;) {
      const head = await connection.head();
      if (/^POST/.test(head)) await connection.read(5);
      this.connection = connection;
      this.#playing++;
      for (const part of this.#parts) {
        if (connection.socket.destroyed) break;
        connection.write(part);
        await arrival(2);
      }
      await arrival();
      this.#playing--;
    }
  };

  /** Puts `parts` on. */
  set(parts: readonly string[]): void {
    this.#parts = parts;
    this.connection = null;
  }

  /** Resolves when all was sent that is to be sent now. */
  async played(): Promise<void> {
    while (this.connection === null || this.#playing > 0) await arrival(1);
  }
}

/** Lets `client` ask an origin, which sends `parts` and then closes if that was not a whole response. */
export async function readBySluice(
  { method }: Play,
  parts: readonly string[],
  { client, stage }: { client: TestUpstream; stage: Stage },
): Promise<Outcome> {
  stage.set(parts);
  const { outcome } = client.send({ method, body: method === 'POST' ? 'hello' : null });
  let isOver = false;
  const seen = collectCall(outcome).finally(() => {
    isOver = true;
  });
  for (;;) {
    // What is behind the response must be there before the connection is used again.
    await stage.played();
    if (isOver) break;
    stage.connection?.end();
    // The request may come once more, on another connection.
    await arrival(1);
  }
  if (outcome.endings !== 1) throw new Error(`the observer was told ${outcome.endings} endings`);
  return seen;
}

async function collectCall(outcome: CallOutcome): Promise<Outcome> {
  let response: Response;
  try {
    response = await outcome.response;
  } catch (error) {
    const { status, source } = error as { status?: number; source?: string };
    if (status !== 502 || source !== 'upstream') throw error;
    return null;
  }
  const interim = outcome.interim.map(({ status, headers }) => ({ status, fields: headers }));
  const { status, headers, body } = response;
  const seen = { interim, status, fields: headers.raw, content: '', trailers: [] as string[] };
  if (body === null) return seen;
  const content: Buffer[] = [];
  const isWhole = await new Promise<boolean>((resolve) => {
    body.take().start({
      data: (chunk) => content.push(Buffer.from(chunk)) > 0,
      end(trailers: HeaderList | null) {
        seen.trailers = trailers?.raw ?? [];
        resolve(true);
      },
      fail: () => resolve(false),
    });
  });
  seen.content = Buffer.concat(content).toString('latin1');
  if (isWhole && body.length !== null && body.length !== seen.content.length) throw new Error('the length is a lie');
  return isWhole ? seen : null;
}

/** Lets node:http, so llhttp in its strict mode, read what the origin sends, all at once. */
export async function readByLlhttp({ method, bytes }: Play): Promise<Outcome> {
  const [near, far] = duplexPair();
  far.resume();
  far.on('error', () => {});
  const outgoing = request({
    method,
    createConnection: () => near as never,
    insecureHTTPParser: false,
    maxHeaderSize: 1 << 20,
    headers: { Host: 'a' },
  });
  const seen = collectNode(outgoing);
  outgoing.end(method === 'POST' ? 'hello' : undefined);
  await arrival(2);
  far.write(Buffer.from(bytes, 'latin1'));
  far.end();
  const result = await seen;
  near.destroy();
  far.destroy();
  return result;
}

function collectNode(outgoing: ClientRequest): Promise<Outcome> {
  const interim: Seen['interim'] = [];
  return new Promise((resolve) => {
    outgoing.on('error', () => resolve(null));
    outgoing.on('close', () => resolve(null));
    outgoing.on('information', ({ statusCode, rawHeaders }) =>
      interim.push({ status: statusCode, fields: rawHeaders }),
    );
    outgoing.on('response', (incoming: IncomingMessage) => {
      const chunks: Buffer[] = [];
      const over = (): void => {
        // A whole response stays one, also when what is behind it is an error.
        if (!incoming.complete) resolve(null);
        while (incoming.read() !== null);
        const { statusCode: status = 0, rawHeaders: fields, rawTrailers: trailers } = incoming;
        resolve({ interim, status, fields, content: Buffer.concat(chunks).toString('latin1'), trailers });
      };
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', over);
      incoming.on('end', over);
      outgoing.prependListener('error', over);
      outgoing.prependListener('close', over);
    });
  });
}
