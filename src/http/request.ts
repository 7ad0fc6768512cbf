import { Body, type BodyInit } from './body.ts';
import type { NetworkSet } from './cidr.ts';
import { type Client, clientBehind, undressed, unforwarded } from './client.ts';
import type { ClientConnection } from './client-connection.ts';
import { type FieldsInit, HeaderList } from './headers.ts';
import { cleanPath, decodePath, decodeUnreserved, encodeButEscapes, encodePath, isPlainPath } from './path.ts';
import type { PeerCertificate } from './peer-certificate.ts';
import { queryIndex } from './query.ts';
import { described } from './thrown.ts';

/** What a listener knows of a request when its head is complete. */
export interface RequestInit {
  method: string;
  /** The request target in origin form, byte for byte: path and, behind "?", query. */
  target: string;
  headers: HeaderList;
  body?: Body | null;
  /** The authority the client asked for: Host, or the authority of an absolute-form target. */
  host: string;
  scheme?: 'http' | 'https';
  httpVersion?: '1.0' | '1.1' | '2.0';
  /** Address of the TCP peer. */
  remoteAddress?: string;
  remotePort?: number;
  localPort?: number;
  /** The protocol asked for by a valid Upgrade (RFC 9110 §7.8), else null. */
  upgrade?: string | null;
  /** What a TLS client proved to own; null without TLS or without a certificate. */
  clientCertificate?: PeerCertificate | null;
  /** The client's connection; null (default): a request that no client's connection bears, such as a copy. */
  connection?: ClientConnection | null;
}

const NOTHING: readonly string[] = [];
const NO_PARAMETERS: ReadonlyMap<string, readonly string[]> = new Map();

/**
 * A request on its way through the proxy. Filters change it in place; what is then there goes upstream.
 */
export class Request {
  readonly scheme: 'http' | 'https';
  readonly httpVersion: '1.0' | '1.1' | '2.0';
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  readonly upgrade: string | null;
  /** The certificate the client proved to own in the TLS handshake; null without TLS, or where it sent none. */
  readonly clientCertificate: PeerCertificate | null;
  /** The connection it came on; null for one that no client sent as it is, such as a copy. */
  readonly connection: ClientConnection | null;
  /** The target as received. */
  readonly originalTarget: string;
  /** The name of the option that gave the listener's address; empty where nobody told. */
  listener = '';
  /** Which copy of a client's request this is, as `teeLoopback` named it; null for the client's own. */
  shadowLabel: string | null = null;
  #method: string;
  #headers: HeaderList;
  #body: Body | null;
  #path: string;
  #query: string | null;
  #host: string;
  #keepsReserved = false;
  #matchPathOf = '';
  #matchPath = '';
  #isPlainPath = false;
  #random = -1;
  #queryIndexOf: string | null = null;
  #queryIndex: ReadonlyMap<string, readonly string[]> = NO_PARAMETERS;
  #client: Client | null = null;

  constructor(init: RequestInit) {
    const { target } = init;
    const mark = target.indexOf('?');
    this.#method = init.method;
    this.#headers = init.headers;
    this.#body = init.body ?? null;
    this.#path = mark < 0 ? target : target.slice(0, mark);
    this.#query = mark < 0 ? null : target.slice(mark + 1);
    this.#host = init.host;
    this.scheme = init.scheme ?? 'http';
    this.httpVersion = init.httpVersion ?? '1.1';
    this.remoteAddress = init.remoteAddress ?? '';
    this.remotePort = init.remotePort ?? 0;
    this.localPort = init.localPort ?? 0;
    this.upgrade = init.upgrade ?? null;
    this.clientCertificate = init.clientCertificate ?? null;
    this.connection = init.connection ?? null;
    this.originalTarget = target;
  }

  get method(): string {
    return this.#method;
  }

  /** @throws TypeError for what is no string, as the other texts do */
  set method(method: string) {
    this.#method = text('method', method);
  }

  get headers(): HeaderList {
    return this.#headers;
  }

  /** Takes the place of all fields. @throws TypeError for what is no list of fields */
  set headers(fields: FieldsInit) {
    this.#headers = HeaderList.from(fields);
  }

  get body(): Body | null {
    return this.#body;
  }

  /** Gives the request other content; content not yet read is let go. @throws TypeError for what is no content */
  set body(content: BodyInit) {
    const next = Body.from(content);
    const previous = this.#body;
    this.#body = next;
    if (previous !== null && previous !== next) previous.giveWayTo(next);
  }

  /** The path as it travels, percent-encoded; begins with "/" (or is "*" of OPTIONS *). */
  get path(): string {
    return this.#path;
  }

  set path(path: string) {
    this.#path = text('path', path);
  }

  /** What stands behind "?", without it; null when there is no "?". */
  get query(): string | null {
    return this.#query;
  }

  set query(query: string | null) {
    this.#query = query === null ? null : text('query', query);
  }

  /** The authority the client asked for, as it stood in Host or in an absolute-form target. */
  get host(): string {
    return this.#host;
  }

  set host(host: string) {
    this.#host = text('host', host);
  }

  /** Path and query as they go upstream. */
  get target(): string {
    return this.#query === null ? this.#path : `${this.#path}?${this.#query}`;
  }

  /** The decoded values of query parameter `name`, in order. The query is read once, as long as it stays. */
  queryValues(name: string): readonly string[] {
    const { query } = this;
    if (query !== this.#queryIndexOf) {
      this.#queryIndex = queryIndex(query);
      this.#queryIndexOf = query;
    }
    return this.#queryIndex.get(name) ?? NOTHING;
  }

  /** The first decoded value of query parameter `name`, or null. */
  queryValue(name: string): string | null {
    return this.queryValues(name)[0] ?? null;
  }

  /**
   * Whether the decoded forms of the path leave ";/?:@&=+$," and "%" encoded where they came so: "/a%2Fb" is then one
   * segment, and stays so when a filter changes the path. Default false.
   */
  get keepsReserved(): boolean {
    return this.#keepsReserved;
  }

  set keepsReserved(keeps: boolean) {
    this.#keepsReserved = keeps;
    this.#matchPathOf = '';
  }

  /** The path percent-decoded once; setting it encodes, and gives it a leading slash where there is none. */
  get decodedPath(): string {
    return this.#keepsReserved ? decodeUnreserved(this.path) : decodePath(this.path);
  }

  set decodedPath(decoded: string) {
    const path = decoded.startsWith('/') ? decoded : `/${decoded}`;
    this.path = this.#keepsReserved ? encodeButEscapes(path) : encodePath(path);
  }

  /**
   * The path as routes see it: percent-decoded once, slashes collapsed, "." and ".." resolved, a leading slash added, a
   * trailing one kept. A broken percent-escape stays as it is written. Only for matching: what is forwarded stays as it came.
   * Follows changes of `path`. Source: Skipper, path cleaning.
   */
  get matchPath(): string {
    if (this.#matchPathOf !== this.path) this.#readPath();
    return this.#matchPath;
  }

  /** Whether every server reads the path as it stands, hence as routes see it. */
  get isPlainPath(): boolean {
    if (this.#matchPathOf !== this.path) this.#readPath();
    return this.#isPlainPath;
  }

  /** What `look` finds while routes see `reading` as the path: one of those that servers may take it for. */
  readAs<T>(reading: string, look: () => T): T {
    const { matchPath } = this;
    this.#matchPath = reading;
    try {
      return look();
    } finally {
      this.#matchPath = matchPath;
    }
  }

  /** Makes the path that which routes see. */
  cleanPath(): void {
    if (this.isPlainPath) return;
    const { matchPath } = this;
    this.path = this.#keepsReserved ? encodeButEscapes(matchPath) : encodePath(matchPath);
  }

  #readPath(): void {
    const { path } = this;
    this.#matchPathOf = path;
    this.#isPlainPath = isPlainPath(path);
    this.#matchPath = this.#isPlainPath ? path : cleanPath(this.decodedPath);
  }

  /** The client: by the connection or, after `believe`, by the word of trusted proxies. Stays whatever filters write. */
  get client(): Client {
    this.#client ??= unforwarded({ address: undressed(this.remoteAddress), scheme: this.scheme });
    return this.#client;
  }

  /** The client's address; see `Client.addresses`. */
  get clientAddress(): string {
    return this.#client === null ? undressed(this.remoteAddress) : this.#client.addresses[0];
  }

  /** Takes the word of `trusted` for who the client is; to be called when the request has come in. */
  believe(trusted: NetworkSet): void {
    this.#client = clientBehind({ address: undressed(this.remoteAddress), scheme: this.scheme }, this.headers, trusted);
  }

  /** One random number in [0,1) per request, the same for whoever asks: a set of segments partitions the traffic. */
  get random(): number {
    if (this.#random < 0) this.#random = Math.random();
    return this.#random;
  }

  /** A request like this one as it is now, with a header list of its own; never one that asks for an upgrade. */
  copy(body: Body | null): Request {
    const { method, target, host, scheme, httpVersion, remoteAddress, remotePort, localPort, clientCertificate } = this;
    const headers = this.headers.clone();
    const from = { scheme, httpVersion, remoteAddress, remotePort, localPort, clientCertificate };
    const copy = new Request({ method, target, headers, body, host, ...from });
    copy.keepsReserved = this.#keepsReserved;
    copy.listener = this.listener;
    copy.#client = this.client;
    return copy;
  }
}

function text(what: string, value: string): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`expected the ${what} of a request to be a string, found ${described(value)}`);
}
