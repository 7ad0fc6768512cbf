import { connect as connectTcp, type LookupFunction, type Socket, type TcpNetConnectOpts } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { UpstreamSettings } from './options.ts';
import type { Origin } from './origin.ts';

/** An idle connection is asked so often whether its peer is still there. */
const KEEP_ALIVE_PROBE_MS = 60_000;

/** An address as the URL parser writes it. */
const IP_ADDRESS = /^(?:\d+\.\d+\.\d+\.\d+$|\[)/;

/** Says whether the host of an origin is a name, to be looked up and asked for in TLS. */
export function isName(hostname: string): boolean {
  return !IP_ADDRESS.test(hostname);
}

/** How what comes in is read; as node:net's `onread`. */
export interface OnRead {
  buffer(): Uint8Array;
  callback(sizeBytes: number, buffer: Uint8Array): boolean;
}

/**
 * Opens sockets to one origin, and resumes its TLS sessions. Several addresses of a name are tried in turn, both families
 * (RFC 8305, by node:net's `autoSelectFamily`).
 */
export class Connector {
  readonly #origin: Origin;
  readonly #target: TcpNetConnectOpts;
  readonly #tls: ConnectionOptions | null;
  #session: Buffer | undefined;

  /** `lookup` finds the addresses of the origin's name; null: the system does. */
  constructor(origin: Origin, settings: UpstreamSettings, lookup: LookupFunction | null) {
    const { port } = new URL(origin.url);
    this.#origin = origin;
    this.#target = {
      host: origin.hostname.startsWith('[') ? origin.hostname.slice(1, -1) : origin.hostname,
      port: Number(port) || (origin.isTls ? 443 : 80),
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
      ...(lookup === null ? {} : { lookup }),
    };
    this.#tls = origin.isTls ? tlsOptions(origin, settings) : null;
  }

  /** A socket that is being opened; `opened` is called when it can be written to, after the TLS handshake. */
  open(onread: OnRead, opened: () => void): Socket {
    if (this.#tls === null) return connectTcp({ ...this.#target, onread } as TcpNetConnectOpts, opened);
    const { host } = this.#target;
    const session = this.#session === undefined ? {} : { session: this.#session };
    const options = { ...this.#target, ...this.#tls, ...session, host, onread };
    const socket = connectTls(options as ConnectionOptions, opened);
    socket.on('session', (next: Buffer) => {
      this.#session = next;
    });
    return socket;
  }

  /** The origin's name, for messages. */
  get url(): string {
    return this.#origin.url;
  }
}

function tlsOptions(
  { hostname }: Origin,
  { insecureTls, minTlsVersion, ca, clientCertificate }: UpstreamSettings,
): ConnectionOptions {
  return {
    // The name asked for in TLS (SNI) and looked for in the certificate, whatever Host says; empty for an address.
    servername: isName(hostname) ? hostname : '',
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: !insecureTls,
    minVersion: minTlsVersion,
    ...(ca === undefined ? {} : { ca: ca as string }),
    ...clientCertificate,
  };
}
