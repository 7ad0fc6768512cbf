import type { DownstreamBounds, ProxyError, Request, Response, ResponseInit } from '../http/index.ts';
import type { Arg, ArgValues } from './arg.ts';
import type { Advising } from './check.ts';
import type { Example } from './example.ts';
import type { FilterMetrics } from './metrics.ts';
import type { State } from './state.ts';
import type { Span } from './tracing.ts';

/** Writes to the application log, with route and request id. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What request filters may ask of the upstream call. All null: as the backend and the proxy's options say. */
export interface UpstreamCall {
  /** The Host header to send. */
  host: string | null;
  /** Whether the client's Host is passed on. */
  preserveHost: boolean | null;
  /** Time for the whole round trip up to the response head, connecting included, in ms. */
  timeoutMs: number | null;
  /** Key for the balancers that hash; default: the client's address. */
  hashKey: string | null;
  /** For a `<dynamic>` backend: the whole base URL, which wins over the two parts. */
  dynamicUrl: string | null;
  dynamicScheme: string | null;
  dynamicHost: string | null;
  /** Whether the backend is a proxy itself: it is sent the whole URL that the client asked for. */
  viaProxy: boolean;
}

/** Where a copy of a request goes: into the routing table, where `Tee` knows it by its label; or straight to a server. */
export type ShadowTarget = { readonly label: string } | { readonly origin: string };

/** What a filter knows of its route. */
export interface RouteFacts {
  readonly id: string;
}

/**
 * The desk of one request: what filters see and change. The same for built-in and drop-in filters.
 */
export interface FilterContext {
  readonly request: Request;
  /** The response on its way back. @throws Error in the request phase, where there is none yet. */
  get response(): Response;
  /** Puts another response in its place. @throws TypeError for what is none; Error in the request phase, and too late. */
  set response(response: Response | ResponseInit);
  /** Path parameters of the route, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly state: State;
  readonly route: RouteFacts;
  readonly upstream: UpstreamCall;
  readonly log: Log;
  /** The trace of the request. */
  readonly span: Span;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  /** Why the response was made by the proxy: the failure it stands for; null for any other response. */
  readonly error: ProxyError | null;
  /** The moment the request head was complete, in ms of a monotonic clock (performance.now). */
  readonly startedAt: number;
  /**
   * Answers now: the filters behind this one and the backend are skipped; the response hooks of the filters reached,
   * this one included, run in reverse. For the request phase only, once. @throws Error otherwise.
   */
  serve(response: Response | ResponseInit): void;
  /**
   * Routes the request, as it is now, anew, as a `<loopback>` does, and resolves to the response. Content that streamed to
   * a backend before is gone: give the request another body, or none. @throws Error when the request is over.
   */
  loopback(): Promise<Response>;
  /**
   * Sends `copy`, which the client's request neither waits for nor is harmed by, on a way of its own. An `origin` is a
   * scheme and an authority. Resolves to the response when its content was read and thrown away, or was read for 30 s;
   * rejects with a ProxyError when there is none.
   */
  shadow(copy: Request, to: ShadowTarget): Promise<Response>;
  /** Bounds the time the client has, from now on and in place of what the listener grants. */
  boundClient(bounds: DownstreamBounds): void;
}

/** One instance of a filter in one route, shared by all its requests: per-request facts live in the context. */
export interface Filter {
  /** On the way in, in route order. */
  request?(ctx: FilterContext): void | Promise<void>;
  /** On the way back, in reverse order; also for served and for error responses. */
  response?(ctx: FilterContext): void | Promise<void>;
  /** After the last request that used the instance. */
  close?(): void | Promise<void>;
}

/** What `create` may need besides the arguments. */
export interface FilterEnv {
  readonly routeId: string;
  readonly log: Log;
  readonly metrics: FilterMetrics;
}

/** A factory of filters: the name routes use, the arguments, and how an instance is made. */
export interface FilterSpec<A extends readonly Arg<unknown>[] = readonly Arg<unknown>[]> extends Advising<A> {
  readonly name: string;
  /** One sentence: what it does. */
  readonly summary: string;
  /** More for the reference: defaults, edge cases, differences from Skipper. */
  readonly details?: string;
  /** Shown in the reference and run as tests. */
  readonly examples: readonly Example[];
  /** Where the behaviour comes from, such as "RFC 9110 §7.6.1" or "Skipper". */
  readonly source?: string;
  /** Other names it answers to; printed as `name`. */
  readonly aliases?: readonly string[];
  /** A drop-in that means to take a built-in's place says so; otherwise an equal name is an error. */
  readonly overrides?: boolean;
  /** Says that its hooks wait by intent, and for how long they like; else one that stays pending is ended, with 504. */
  readonly untimed?: boolean;
  /** Makes an instance. No I/O that takes long: it runs while routes are loaded. @throws ArgError on bad arguments. */
  create(args: ArgValues<A>, env: FilterEnv): Filter;
}

/** Declares a filter. */
export function defineFilter<const A extends readonly Arg<unknown>[]>(spec: FilterSpec<A>): FilterSpec<A> {
  return spec;
}
