import {
  Body,
  type BodyInit,
  type DownstreamBounds,
  type FilterContext,
  HeaderList,
  type Log,
  NetworkSet,
  type ProxyError,
  Request,
  Response,
  type ResponseInit,
  type ShadowTarget,
  type Span,
  type StateKey,
  type UpstreamCall,
} from '../../src/plugin/index.ts';

/** What a fake context is made of; everything has a default. */
export interface FakeContextInit {
  method?: string;
  /** Path and query. */
  target?: string;
  /** Default: the Host header, else example.org. */
  host?: string;
  /** A record or pairs; values are octets. */
  headers?: Parameters<typeof HeaderList.of>[0];
  body?: BodyInit;
  remoteAddress?: string;
  /** The networks whose word about the client counts; default: none. */
  trustedProxies?: readonly string[];
  scheme?: 'http' | 'https';
  /** The response of the response phase; without it `ctx.response` throws, as in the request phase. */
  response?: ResponseInit;
  params?: Readonly<Record<string, string>>;
  error?: ProxyError;
  /** What `ctx.loopback()` answers; gets the context as it is then. */
  loopback?: (ctx: FakeContext) => ResponseInit | Promise<ResponseInit>;
  /** What `ctx.shadow()` answers; default 200. */
  shadow?: (copy: Request) => ResponseInit | Promise<ResponseInit>;
}

/** A line written to the log of a fake context. */
export interface LogLine {
  level: keyof Log;
  message: string;
  fields: Readonly<Record<string, unknown>>;
}

/** A filter context for unit tests: no proxy behind it, and what filters did to it can be read off. */
export interface FakeContext extends FilterContext {
  /** What `serve` got, or null. */
  readonly served: Response | null;
  readonly logLines: readonly LogLine[];
  /** The copies that were sent, in order. */
  readonly shadows: readonly { readonly copy: Request; readonly to: ShadowTarget }[];
  /** What was told of the trace: tags, and the name of the call under "call". */
  readonly trace: ReadonlyMap<string, string>;
  /** The bounds the client was given, in order. */
  readonly bounds: readonly DownstreamBounds[];
  /** Makes the client go away. */
  abort(): void;
}

/** Makes a fake context. */
export function fakeContext(init: FakeContextInit = {}): FakeContext {
  return new FakeDesk(init);
}

class FakeDesk implements FakeContext {
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
  readonly state = new FakeState();
  readonly route = { id: 'test' };
  readonly upstream: UpstreamCall = {
    host: null,
    preserveHost: null,
    timeoutMs: null,
    hashKey: null,
    dynamicUrl: null,
    dynamicScheme: null,
    dynamicHost: null,
    viaProxy: false,
  };
  readonly logLines: LogLine[] = [];
  readonly log = logInto(this.logLines);
  readonly error: ProxyError | null;
  readonly startedAt = 0;
  served: Response | null = null;
  readonly #abort = new AbortController();
  readonly #loopback: FakeContextInit['loopback'];
  readonly #shadow: FakeContextInit['shadow'];
  readonly shadows: { copy: Request; to: ShadowTarget }[] = [];
  readonly trace = new Map<string, string>();
  readonly bounds: DownstreamBounds[] = [];
  readonly span: Span = {
    setTag: (name, value) => void this.trace.set(name, value),
    nameCall: (name) => void this.trace.set('call', name),
  };
  #response: Response | null;

  constructor(init: FakeContextInit) {
    const { target = '/', response } = init;
    const headers = HeaderList.of(init.headers ?? []);
    const host = init.host ?? headers.get('Host') ?? 'example.org';
    if (!headers.has('Host')) headers.raw.unshift('Host', host);
    this.request = new Request({
      method: init.method ?? 'GET',
      target,
      host,
      headers,
      body: Body.from(init.body ?? null),
      remoteAddress: init.remoteAddress ?? '192.0.2.1',
      scheme: init.scheme ?? 'http',
    });
    if (init.trustedProxies !== undefined) this.request.believe(new NetworkSet(init.trustedProxies));
    this.params = init.params ?? {};
    this.error = init.error ?? null;
    this.#loopback = init.loopback;
    this.#shadow = init.shadow;
    this.#response = response === undefined ? null : new Response(response);
  }

  get response(): Response {
    if (this.#response === null) throw new Error('there is no response in the request phase');
    return this.#response;
  }

  set response(response: Response) {
    this.#response = response;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  abort(): void {
    this.#abort.abort(new Error('the client went away'));
  }

  serve(response: Response | ResponseInit): void {
    this.served = response instanceof Response ? response : new Response(response);
    this.#response = this.served;
  }

  async loopback(): Promise<Response> {
    if (this.#loopback === undefined) throw new Error('the fake context has no loopback');
    return new Response(await this.#loopback(this));
  }

  async shadow(copy: Request, to: ShadowTarget): Promise<Response> {
    this.shadows.push({ copy, to });
    return new Response((await this.#shadow?.(copy)) ?? { status: 200 });
  }

  boundClient(bounds: DownstreamBounds): void {
    this.bounds.push(bounds);
  }
}

class FakeState {
  readonly #values = new Map<StateKey<unknown>, unknown>();
  get<T>(key: StateKey<T>): T | undefined {
    return this.#values.get(key) as T | undefined;
  }
  set<T>(key: StateKey<T>, value: T): void {
    this.#values.set(key, value);
  }
  delete(key: StateKey<unknown>): void {
    this.#values.delete(key);
  }
  named(name: string): unknown {
    return [...this.#values].findLast(([key]) => key.name === name)?.[1];
  }
}

function logInto(lines: LogLine[]): Log {
  const write =
    (level: keyof Log) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      lines.push({ level, message, fields });
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
