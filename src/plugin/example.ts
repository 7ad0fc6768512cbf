/** The request an example sends, or what its origin is to receive. */
export interface ExampleRequest {
  method?: string;
  /** Path and query; default "/". */
  target?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

/** What an example's origin answers (default: 200, empty), or what the client is to get. */
export interface ExampleResponse {
  status?: number;
  /** Null: the header must be absent. A RegExp: the value must match. */
  headers?: Readonly<Record<string, string | RegExp | null>>;
  body?: string | RegExp;
}

/** One use of a filter, predicate or balancer, shown in the reference and run as a test against a real origin. */
export interface Example {
  /** What it shows, in a few words. */
  title?: string;
  /** The route in eskip, or several (with ids). Network backends are replaced by the test's origin. */
  route: string;
  request?: ExampleRequest;
  /** What `--trusted-proxies` says; default: nobody is trusted. */
  trustedProxies?: readonly string[];
  /** What the origin answers. */
  origin?: { status?: number; headers?: Readonly<Record<string, string>>; body?: string };
  /** What the client must get. */
  response?: ExampleResponse;
  /** What the origin must get; null: nothing may reach it. */
  upstream?: {
    method?: string;
    target?: string;
    headers?: Readonly<Record<string, string | RegExp | null>>;
    body?: string | RegExp;
  } | null;
}
