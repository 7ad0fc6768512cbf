import type { NetworkSet } from './cidr.ts';
import { peerAddress } from './forwarded.ts';
import type { HeaderList } from './headers.ts';
import type { Request } from './request.ts';

/** Writes one header of a request that has come in. */
type Writer = (request: Request, headers: HeaderList) => void;

const WRITERS: Readonly<Record<string, Writer>> = {
  'X-Forwarded-For': (request, headers) => {
    const peer = peerAddress(request);
    const noted = headers.joined('X-Forwarded-For');
    headers.assert('X-Forwarded-For', noted === null || noted === '' ? peer : `${noted}, ${peer}`);
  },
  'X-Forwarded-Host': ({ host }, headers) => headers.assert('X-Forwarded-Host', host),
  'X-Forwarded-Method': ({ method }, headers) => headers.assert('X-Forwarded-Method', method),
  'X-Forwarded-Uri': ({ originalTarget }, headers) => headers.assert('X-Forwarded-Uri', originalTarget),
  'X-Forwarded-Port': ({ localPort }, headers) => headers.assert('X-Forwarded-Port', String(localPort)),
  'X-Forwarded-Proto': ({ client }, headers) => headers.assert('X-Forwarded-Proto', client.scheme),
};

const WITH_VALUE: Readonly<Record<string, RegExp>> = {
  'X-Forwarded-Port': /^\d{1,5}$/,
  'X-Forwarded-Proto': /^https?$/,
};

/**
 * The headers that every request is given before it is routed: "X-Forwarded-For" (the peer is appended), "-Host",
 * "-Method", "-Uri", "-Port" and "-Proto"; the last two also with a fixed value behind "=". Source: Skipper,
 * forwarded-headers.
 */
export class ForwardedHeaders {
  readonly #writers: readonly Writer[];
  readonly #excluded: NetworkSet;

  /** Peers of the `excluded` networks have their headers left as they are. @throws Error that names what is no such header */
  constructor(headers: readonly string[], excluded: NetworkSet) {
    this.#writers = headers.map(writerOf);
    this.#excluded = excluded;
  }

  write(request: Request): void {
    if (this.#excluded.has(request.remoteAddress)) return;
    for (const write of this.#writers) write(request, request.headers);
  }
}

function writerOf(text: string): Writer {
  const [name = '', value] = text.split('=', 2);
  const writer = Object.hasOwn(WRITERS, name) ? WRITERS[name] : undefined;
  if (writer !== undefined && value === undefined) return writer;
  if (value !== undefined && WITH_VALUE[name]?.test(value)) return (_, headers) => headers.assert(name, value);
  throw new Error(
    `expected X-Forwarded-For, -Host, -Method, -Uri, -Port[=PORT] or -Proto[=http|https], found ${JSON.stringify(text)}`,
  );
}
