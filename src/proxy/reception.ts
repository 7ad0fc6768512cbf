import { ForwardedHeaders, NetworkSet, normalizedHost, type Request } from '../http/index.ts';

/** What is done to requests when they have come in, before they are routed. */
export interface ReceptionInit {
  /** The networks of proxies whose word about the client counts. Default: none. */
  readonly trustedProxies?: readonly string[];
  /** See `ForwardedHeaders`. Default: none. */
  readonly forwardedHeaders?: readonly string[];
  /** The networks of peers whose headers stay as they are. Default: none. */
  readonly forwardedHeadersExcluded?: readonly string[];
  /** Whether the host is put into lower case, without port and dot at its end. Default false. */
  readonly normalizesHost?: boolean;
}

/** Receives requests: finds out who the client is, and writes what every request is to bear. */
export class Reception {
  readonly #trusted: NetworkSet | null;
  readonly #headers: ForwardedHeaders | null;
  readonly #normalizesHost: boolean;

  /** @throws Error that names the network or header that is none. */
  constructor(init: ReceptionInit) {
    const { trustedProxies = [], forwardedHeaders = [], forwardedHeadersExcluded = [], normalizesHost = false } = init;
    this.#trusted = trustedProxies.length === 0 ? null : new NetworkSet(trustedProxies);
    const excluded = new NetworkSet(forwardedHeadersExcluded);
    this.#headers = forwardedHeaders.length === 0 ? null : new ForwardedHeaders(forwardedHeaders, excluded);
    this.#normalizesHost = normalizesHost;
  }

  /** To be called once for each request of a client. */
  receive(request: Request): void {
    // Who the client is shows in what came, not in what is written now.
    if (this.#trusted !== null) request.believe(this.#trusted);
    if (this.#normalizesHost) request.host = normalizedHost(request.host);
    this.#headers?.write(request);
  }
}
