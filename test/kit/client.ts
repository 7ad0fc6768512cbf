import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { type RequestOptions, request as requestTls } from 'node:https';

/** What a test's client got. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  body: string;
  trailers: NodeJS.Dict<string>;
}

/** What to send; the path travels byte for byte. */
export interface Ask {
  port: number;
  method?: string;
  target?: string;
  headers?: Readonly<Record<string, string | readonly string[]>>;
  body?: string | Uint8Array;
  /** Goes over TLS, with these certificates and names. */
  tls?: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername'>;
}

/** Sends one request on a connection of its own and reads the whole answer. Rejects when it breaks off. */
export function ask({ port, method = 'GET', target = '/', headers = {}, body, tls }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path: target, headers: headers as OutgoingHttpHeaders };
    const outgoing =
      tls === undefined ? request({ ...options, agent: false }) : requestTls({ ...options, ...tls, agent: false });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode as number,
          headers: incoming.headers,
          rawHeaders: incoming.rawHeaders,
          body: Buffer.concat(chunks).toString('utf8'),
          trailers: incoming.trailers,
        }),
      );
    });
    outgoing.end(body);
  });
}
