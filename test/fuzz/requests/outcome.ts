import { createServer, type IncomingMessage, METHODS } from 'node:http';
import type { Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { type HeaderList, type Request, type RequestHandler, Response, TimerWheel } from '../../../src/http/index.ts';
import { Connection, type ConnectionContext } from '../../../src/server/http1/index.ts';
import { settingsOf } from '../../../src/server/options.ts';

/** One request that came in whole. */
export interface Seen {
  method: string;
  target: string;
  version: string;
  fields: string[];
  content: string;
  trailers: string[];
}

/** What became of the bytes of a connection. */
export interface Outcome {
  requests: Seen[];
  /** Something was refused. */
  refused: boolean;
}

/** What llhttp knows of methods; others it refuses. */
export const knownMethods: ReadonlySet<string> = new Set(METHODS);

/** Lets Sluice's connection read `segments`. */
export async function readBySluice(segments: readonly string[]): Promise<Outcome> {
  const outcome: Outcome = { requests: [], refused: false };
  const context: ConnectionContext = {
    settings: settingsOf({ port: 0 }),
    handler: recorder(outcome),
    observer: {
      refused() {
        outcome.refused = true;
      },
      failed(error) {
        throw error;
      },
    },
    scheme: 'http',
    localPort: 80,
    timers: new TimerWheel({ ticking: false }),
    isDraining: false,
    activeRequests: 0,
    tunnels: 0,
    connections: new Set(),
  };
  const [client, server] = duplexPair();
  new Connection(server as unknown as Socket, context);
  await send(client, segments);
  if (context.activeRequests !== 0 || context.connections.size !== 0 || context.timers.size !== 0)
    throw new Error('the connection was left behind');
  return outcome;
}

function recorder(outcome: Outcome): RequestHandler {
  return (request, downstream) => {
    const chunks: Uint8Array[] = [];
    const end = (trailers: HeaderList | null) => {
      outcome.requests.push(seenBySluice(request, Buffer.concat(chunks), trailers));
      downstream.respond(new Response({ status: 204 }));
    };
    if (request.body === null) end(null);
    else
      request.body.take().start({
        data: (chunk) => chunks.push(Buffer.from(chunk)) > 0,
        end,
        fail(error) {
          if ('status' in error && error.status !== 499) outcome.refused = true;
          downstream.respond(new Response({ status: 400 }));
        },
      });
  };
}

function seenBySluice(request: Request, content: Buffer, trailers: HeaderList | null): Seen {
  return {
    method: request.method,
    target: request.target,
    version: request.httpVersion,
    fields: request.headers.raw,
    content: content.toString('latin1'),
    trailers: trailers?.raw ?? [],
  };
}

/** Lets node:http, so llhttp in its strict mode, read `bytes`. */
export async function readByLlhttp(bytes: string): Promise<Outcome> {
  const outcome: Outcome = { requests: [], refused: false };
  const pending: Promise<void>[] = [];
  const options = { maxHeaderSize: 1 << 20, insecureHTTPParser: false, shouldUpgradeCallback: () => false };
  const server = createServer(options, (request, response) => {
    pending.push(collect(request, outcome));
    request.on('end', () => response.writeHead(204).end());
  });
  server.on('clientError', (_error, socket) => {
    outcome.refused = true;
    setImmediate(() => socket.destroy());
  });
  const [client, far] = duplexPair();
  server.emit('connection', far);
  await send(client, [bytes]);
  far.destroy();
  await Promise.all(pending);
  server.close();
  return outcome;
}

function collect(request: IncomingMessage, outcome: Outcome): Promise<void> {
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => resolve());
    request.on('close', () => resolve());
    request.on('end', () => {
      outcome.requests.push({
        method: request.method ?? '',
        target: request.url ?? '',
        version: request.httpVersion,
        fields: request.rawHeaders,
        content: Buffer.concat(chunks).toString('latin1'),
        trailers: request.rawTrailers,
      });
      resolve();
    });
  });
}

/** Sends segment by segment, ends, and waits until the other side has ended too. */
async function send(client: Duplex, segments: readonly string[]): Promise<void> {
  const over = new Promise<void>((resolve) => {
    client.on('end', resolve);
    client.on('close', resolve);
    client.on('error', () => resolve());
  });
  client.resume();
  for (const segment of segments) client.write(Buffer.from(segment, 'latin1'));
  client.end();
  await over;
  client.destroy();
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
