import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What was asked of a JSON server. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A path's answer: a JSON value (status 200), or the whole. */
export type JsonAnswer = (asked: Asked) => { status?: number; headers?: Record<string, string>; json?: unknown };

/** A server that answers JSON by path, for tests of filters that ask others. Closed by the test. */
export interface JsonServer {
  readonly url: string;
  readonly asked: Asked[];
  /** Answers by path; what is not there is 404. May be changed while it runs. */
  readonly answers: Record<string, JsonAnswer>;
  close(): Promise<void>;
}

/** Starts a JSON server on a free port of the loopback address. */
export async function startJsonServer(answers: Record<string, JsonAnswer> = {}): Promise<JsonServer> {
  const asked: Asked[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = incoming;
    const path = url.split('?', 1)[0] as string;
    const each = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
    asked.push(each);
    const answer = answers[path]?.(each) ?? { status: 404 };
    outgoing.writeHead(answer.status ?? 200, { 'Content-Type': 'application/json', ...answer.headers });
    outgoing.end(answer.json === undefined ? '' : JSON.stringify(answer.json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answers,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
