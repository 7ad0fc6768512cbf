/** What people want to do, with the words they use for it and the names that do it. */
export interface Task {
  readonly title: string;
  /** Words that a search may have, besides those of the title and of the names' own texts. */
  readonly words: string;
  /** Names; a star stands for the rest of a name. */
  readonly names: string;
}

/** The tasks of predicates, in the order of the reference. What stands in none is shown behind them. */
export const PREDICATE_TASKS: readonly Task[] = [
  { title: 'Path', words: 'url uri location prefix wildcard', names: 'Path PathSubtree PathRegexp' },
  {
    title: 'Host, listener and scheme',
    words: 'domain virtual vhost http https port',
    names: 'Host HostAny ForwardedHost Scheme ForwardedProtocol Listener',
  },
  {
    title: 'Method, headers, query, cookies',
    words: 'verb field parameter argument',
    names: 'Method Methods Header* QueryParam Cookie ContentLengthBetween OTelBaggage',
  },
  {
    title: 'Who asks',
    words: 'ip address allow deny list cidr network client jwt token claim',
    names: 'Source SourceFromLast ClientIP JWTPayload*',
  },
  {
    title: 'Traffic and time',
    words: 'canary split percentage share a/b test blue green schedule',
    names: 'Traffic TrafficSegment Tee After Before Between Cron',
  },
  {
    title: 'Order and switches',
    words: 'priority precedence rank off on fallback default catch-all draining',
    names: 'Weight First True False Shutdown',
  },
];

/** The tasks of filters. */
export const FILTER_TASKS: readonly Task[] = [
  {
    title: 'Rewriting paths and queries',
    words: 'strip prefix rewrite url uri replace replacePath',
    names: 'setPath modPath setQuery dropQuery stripQuery queryToHeader headerToQuery rfcPath',
  },
  { title: 'Redirects', words: 'https 301 302 307 308 location www', names: 'redirectTo redirectToLower' },
  {
    title: 'Request headers',
    words: 'field add remove',
    names:
      '*RequestHeader *RequestHeaderRegexp setRequestHeaderFromSecret preserveHost rfcHost xforward xforwardFirst flowId originMarker',
  },
  {
    title: 'Response headers',
    words: 'field add remove security hsts',
    names: '*ResponseHeader *ResponseHeaderRegexp',
  },
  { title: 'CORS', words: 'cross-origin preflight access-control origin', names: 'corsOrigin' },
  { title: 'Cookies', words: 'session', names: 'requestCookie responseCookie jsCookie drop*Cookie' },
  {
    title: 'Authentication',
    words: 'auth login user password oauth oauth2 oidc openid jwt token forward-auth external mtls certificate',
    names:
      'basicAuth bearerinjector webhook oauth* secureOauth* grant* oidcClaimsQuery jwt* forwardToken* mtls* tlsPassClientCertificates awsSigv4 setContext* ',
  },
  {
    title: 'Answering without a backend',
    words: 'mock maintenance page error static files spa index html health',
    names:
      'status inlineContent inlineContentIfStatus static healthcheck absorb absorbSilent loopbackIfStatus randomContent repeatContent*',
  },
  {
    title: 'Bodies',
    words: 'content compression gzip br zstd replace edit waf block',
    names: 'compress decompress sed* wrapContent* blockContent*',
  },
  {
    title: 'Backends',
    words: 'upstream origin load balancing timeout proxy dynamic sticky',
    names: 'setDynamicBackend* backendTimeout backendIsProxy consistentHash* readTimeout writeTimeout',
  },
  {
    title: 'Copies of traffic',
    words: 'mirror mirroring shadow duplicate',
    names: 'tee teenf teeLoopback teeResponse',
  },
  {
    title: 'Slowing down',
    words: 'latency delay throttle bandwidth chaos fault injection test',
    names: 'latency tarpit *Latency bandwidth backendBandwidth chunks backendChunks',
  },
  {
    title: 'Logs, metrics and traces',
    words: 'observability access audit opentracing opentelemetry prometheus debug',
    names:
      '*AccessLog accessLogDisabled maskAccessLogQuery auditLog unverifiedAuditLog logHeader logBody tracing* stateBagToTag',
  },
  { title: 'Own code', words: 'script javascript typescript lua plugin custom', names: 'script' },
  { title: 'Notes', words: 'label metadata', names: 'comment annotate' },
];

/** Says whether a name is one of a task's. */
export function isOf(task: Task, name: string): boolean {
  return task.names.split(/\s+/).some((pattern) => {
    const [start = '', end = start] = pattern.split('*');
    return pattern.includes('*') ? name.startsWith(start) && name.endsWith(end) : name === pattern;
  });
}
