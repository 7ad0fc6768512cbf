import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the origin got it. */
export interface Received {
  method: string;
  target: string;
  headers: NodeJS.Dict<string | string[]>;
  rawHeaders: string[];
  body: string;
}

/** What the origin is to answer next; everything has a default (200, empty). */
export interface Reply {
  status?: number;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

/** An origin for tests: remembers what it got and answers what it was told. Closed by the test. */
export interface RecordingOrigin {
  readonly port: number;
  readonly received: Received[];
  reply: Reply;
  close(): Promise<void>;
}

/** Starts an origin on a free port of the loopback address. */
export async function startRecordingOrigin(): Promise<RecordingOrigin> {
  const received: Received[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { method = '', url: target = '', headers, rawHeaders } = incoming;
    received.push({ method, target, headers, rawHeaders, body: await bodyOf(incoming) });
    const { status = 200, headers: replyHeaders = {}, body = '' } = origin.reply;
    const bodiless = method === 'HEAD' || status === 204 || status === 304;
    outgoing.writeHead(
      status,
      bodiless ? replyHeaders : { 'Content-Length': Buffer.byteLength(body), ...replyHeaders },
    );
    outgoing.end(bodiless ? undefined : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin: RecordingOrigin = {
    port: (server.address() as AddressInfo).port,
    received,
    reply: {},
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return origin;
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    // The sender went away: what came is what there is.
  }
  return Buffer.concat(chunks).toString('utf8');
}
