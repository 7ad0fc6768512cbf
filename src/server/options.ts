import type { ProxyError, Request, TimerWheel } from '../http/index.ts';

/** A certificate, the chain behind it included, and its key; both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** What a TLS listener shows its clients, and what it asks of them. */
export interface TlsOptions {
  /** The name that a client asks for (SNI) chooses by the alternative names of the certificates; else it is the first. */
  readonly pairs: readonly [KeyPair, ...KeyPair[]];
  /** Default "TLSv1.2". */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Cipher suites as OpenSSL takes them, best first; see `cipherList`. Default: its defaults. */
  readonly ciphers?: string;
  /** Absent: clients are not asked for certificates. */
  readonly clients?: ClientCertificates;
  /** 48 random bytes; listeners that have the same ones resume each other's sessions. Default: of the listener's own. */
  readonly ticketKeys?: Uint8Array;
}

/** How a listener deals with the certificates of its clients. */
export interface ClientCertificates {
  /** Without one there is no connection. */
  readonly required: boolean;
  /** With one that leads to none of the authorities there is no connection. */
  readonly verified: boolean;
  /**
   * Certificates in PEM, several in a text perhaps; none: nobody is trusted. Chains have to lead to one that signed
   * itself; others only help on the way there.
   */
  readonly authorities: readonly string[];
}

/** Told of what never reaches the handler. */
export interface ListenerObserver {
  /**
   * A request (or what was meant to be one) was refused by the listener itself with `error.status`; `error.code` is why.
   * `request` is what could be read of it, for the log; it is served by nobody. It was sent `bytesSent` of content.
   */
  refused?(error: ProxyError, request: Request, bytesSent: number): void;
  /** A client did not come through the TLS handshake; `error.code` is why. */
  handshakeFailed?(error: NodeJS.ErrnoException): void;
  /** The handler threw; the client got a 500, or was cut off. */
  failed?(error: unknown): void;
}

/** Bounds on what a client may send. 0 switches a bound off where that is said. */
export interface MessageLimits {
  /** Request line, without its CRLF; beyond it 414. Default 16 KiB (nginx: 8 KiB a line). */
  maxRequestLineBytes: number;
  /** Field lines of the head together; beyond it 431. Default 64 KiB (nginx: 32 KiB; Go, so Skipper: 1 MiB). */
  maxHeaderBytes: number;
  /** Number of field lines; beyond it 431. Default 200 (HAProxy: 101; nginx: 1 000). */
  maxHeaders: number;
  /** Content; beyond it 413. Default 0: no bound. */
  maxBodyBytes: number;
  /** Chunk extensions of a message together; beyond it 413. Default 16 KiB, as llhttp. */
  maxChunkExtensionBytes: number;
  /** Trailer fields together; beyond it 431. Default 16 KiB. */
  maxTrailerBytes: number;
}

/** How long a peer may take. 0 switches a time-out off. */
export interface ConnectionTimeouts {
  /** From the first byte (of a new connection: from its opening) to the end of the head; then 408. Default 60 s. */
  headerTimeoutMs: number;
  /** From the first byte of the head to the last of the content; then 408. Default 5 min, as Skipper. */
  requestTimeoutMs: number;
  /** Between two bytes of content, while they are asked for; then 408. Default 60 s, as nginx. */
  bodyIdleTimeoutMs: number;
  /** Between two requests. Default 60 s. */
  keepAliveTimeoutMs: number;
  /** For a stalled reader to take what was written; a long answer that moves is fine. Default 60 s, as nginx. */
  writeTimeoutMs: number;
  /**
   * Silence after which a client that closed its sending side, while its answer is outstanding, counts as gone.
   * TCP cannot tell a half-closed peer from one that left; while bytes are written to it, a peer that left answers with a
   * reset. Default 2 s.
   */
  halfCloseGraceMs: number;
  /** For a client to notice the end of the connection: how long what it still sends is read and thrown away. Default 5 s. */
  lingerTimeoutMs: number;
  /** Silence in both directions after which an upgraded connection is cut. Default 1 h. */
  tunnelIdleTimeoutMs: number;
  /**
   * The same for an upgraded connection of which one side has ended its sending: the other may never notice that a client has
   * left, and would hold two connections for an hour. Default 30 s; 0: as tunnelIdleTimeoutMs.
   */
  tunnelHalfCloseTimeoutMs: number;
}

/** How long a connection is used. 0 is without end. */
export interface KeepAliveLimits {
  /** Age beyond which an answer says `Connection: close`. Default 0. */
  keepAliveMaxAgeMs: number;
  /** Number of requests, the last of which is answered with `Connection: close`. Default 0. */
  keepAliveMaxRequests: number;
}

/** What is made of clients that say nothing more. */
export interface HalfCloseRule {
  /**
   * A client that closes its sending side while its answer is awaited is served all the same (`nc -N`), within
   * `halfCloseGraceMs`. Default false: it counts as gone at once, as nginx, Envoy and Go take it.
   */
  servesHalfClosed: boolean;
}

/** Knows whether there are file descriptors to spare. */
export interface DescriptorRoom {
  /** There are none but for what is held back; asked for each new connection. */
  isShort(): boolean;
  /** A new connection is answered 503 (with TLS: cut) for that. */
  turnAway(): void;
}

/** What a listener is made of; all but the port has a default. */
export interface ListenerOptions extends Partial<ListenerSettings> {
  /** Address to bind; default: all, IPv6 and IPv4. */
  host?: string;
  /** 0 takes a free one. */
  port: number;
  /** SO_REUSEPORT: several threads may listen on one port. Default false. */
  reusePort?: boolean;
  /** Length of the accept queue; default 4096, cut by net.core.somaxconn. */
  backlog?: number;
  tls?: TlsOptions;
  /** Default: new connections are taken until the system refuses. */
  room?: DescriptorRoom;
  observer?: ListenerObserver;
  /** Default: the wheel of the thread. */
  timers?: TimerWheel;
}

/** The bounds a listener works with, every one of them given. */
export type ListenerSettings = Readonly<MessageLimits & ConnectionTimeouts & KeepAliveLimits & HalfCloseRule>;

const DEFAULTS: ListenerSettings = {
  maxRequestLineBytes: 16 * 1024,
  maxHeaderBytes: 64 * 1024,
  maxHeaders: 200,
  maxBodyBytes: 0,
  maxChunkExtensionBytes: 16 * 1024,
  maxTrailerBytes: 16 * 1024,
  headerTimeoutMs: 60_000,
  requestTimeoutMs: 300_000,
  bodyIdleTimeoutMs: 60_000,
  keepAliveTimeoutMs: 60_000,
  writeTimeoutMs: 60_000,
  halfCloseGraceMs: 2_000,
  lingerTimeoutMs: 5_000,
  tunnelIdleTimeoutMs: 3_600_000,
  tunnelHalfCloseTimeoutMs: 30_000,
  keepAliveMaxAgeMs: 0,
  keepAliveMaxRequests: 0,
  servesHalfClosed: false,
};

/** The bounds of `options`, with the defaults for what it leaves out. */
export function settingsOf(options: ListenerOptions): ListenerSettings {
  const settings: Record<string, number | boolean> = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof ListenerSettings)[]) {
    const value = options[name];
    if (value !== undefined) settings[name] = value;
  }
  return settings as unknown as ListenerSettings;
}
