import type { Lookup } from './backend-names.ts';

/** How upstream calls behave; all has a default. 0 switches a time-out off. */
export interface UpstreamOptions {
  /** For TCP and TLS together; then 504. Default 60 s, as Skipper. */
  connectTimeoutMs?: number;
  /** From the end of the request to the response head; then 504. Default 60 s, as Skipper. */
  responseHeaderTimeoutMs?: number;
  /** How long content waits for the 100 of an origin, where the client waits for one. Default 1 s; 0: it does not wait. */
  expectContinueTimeoutMs?: number;
  /** Between two chunks of content, either way, while the other side asks for them. Default 5 min. */
  bodyIdleTimeoutMs?: number;
  /** How long an idle connection is kept; an origin's own Keep-Alive hint wins, less 2 s. Default 20 s. */
  keepAliveTimeoutMs?: number;
  /**
   * How often the names of origins in use are looked up again; connections to addresses that are gone take no new
   * requests. Default 10 s; 0: a name is looked up for each new connection.
   */
  dnsRefreshMs?: number;
  /** How names are looked up; default: as the system does. */
  lookup?: Lookup;
  /** Idle connections kept to one origin. Default 64, as Skipper. */
  idleConnectionsPerHost?: number;
  /** Status line and fields of a response head together; beyond it 502. Default 64 KiB. */
  maxResponseHeaderBytes?: number;
  /** Field lines of a response head; beyond it 502. Default 1000. */
  maxResponseFields?: number;
  /** Asked before a connection is opened: false where there are too few file descriptors; then 503. Default: there are enough. */
  hasRoom?: () => boolean;
  /** Whether the client's Host is passed on where no filter says otherwise. Default false. */
  preserveHost?: boolean;
  /** Takes any certificate. Default false. */
  insecureTls?: boolean;
  /** Certificates to trust instead of the system's, in PEM. */
  ca?: string | Buffer | readonly (string | Buffer)[];
  /** Default "TLSv1.2". */
  minTlsVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** What origins are shown that ask who we are, in PEM; default: nothing. */
  clientCertificate?: { readonly cert: string; readonly key: string };
  /** How long the connections to an origin outlive the last route that names it. Default 10 s. */
  retireAfterMs?: number;
  /** Base URLs of `<dynamic>` backends kept ready. Default 256. */
  maxDynamicOrigins?: number;
}

/** Options with every value given. */
export type UpstreamSettings = Required<Omit<UpstreamOptions, Optional>> & Pick<UpstreamOptions, Optional>;

type Optional = 'ca' | 'clientCertificate' | 'lookup' | 'hasRoom';

const DEFAULTS: UpstreamSettings = {
  connectTimeoutMs: 60_000,
  responseHeaderTimeoutMs: 60_000,
  expectContinueTimeoutMs: 1000,
  bodyIdleTimeoutMs: 300_000,
  keepAliveTimeoutMs: 20_000,
  dnsRefreshMs: 10_000,
  idleConnectionsPerHost: 64,
  maxResponseHeaderBytes: 64 * 1024,
  maxResponseFields: 1000,
  preserveHost: false,
  insecureTls: false,
  minTlsVersion: 'TLSv1.2',
  retireAfterMs: 10_000,
  maxDynamicOrigins: 256,
};

/** `options` with the defaults for what it leaves out. */
export function settingsOf(options: UpstreamOptions): UpstreamSettings {
  return { ...DEFAULTS, ...options };
}
