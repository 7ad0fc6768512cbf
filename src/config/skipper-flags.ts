/**
 * What becomes of Skipper's flags that are no options here. Each is either taken without effect, which is told once, or
 * refused with its reason. Source of the names: Skipper, config/config.go.
 */
export type FlagFate =
  | { readonly kind: 'idle'; readonly takesValue: boolean; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

const LATER = 'it comes in a later version of Sluice';
const METRIC = 'these metrics are not there';

/** Switches without effect: what they turn on is always so here, or there is nothing to turn. */
const SWITCHES: Readonly<Record<string, string>> = {
  'all-filters-metrics': METRIC,
  'backend-host-metrics': 'backends are always counted by endpoint',
  'backend-zone-metrics': METRIC,
  'combined-response-metrics': METRIC,
  'debug-gc-metrics': "Node's own metrics are always there",
  'dev-mode': 'changes are always live at once',
  'disable-metrics-compat': METRIC,
  'disable-metrics-compression': 'metrics are not compressed',
  'enable-connection-metrics': 'connections are always counted',
  'enable-copy-stream-pool': 'there is no such pool',
  'enable-dualstack-backend': 'addresses of both families are always tried',
  'enable-mtls': 'backends that ask are shown the certificate of --client-tls-cert',
  'enable-oauth2-grant-flow': 'oauthGrant() is there for every route that names it',
  'enable-profile': 'there are no Go profiles; start with NODE_OPTIONS=--inspect for those of Node',
  'enable-prometheus-metrics': "metrics are always Prometheus'",
  'enable-prometheus-native-histograms': 'histograms have fixed buckets',
  'enable-prometheus-start-label': METRIC,
  'exclude-insecure-cipher-suites': 'they are always left out',
  'experimental-upgrade': 'upgrades such as WebSockets are always passed on',
  'metrics-exp-decay-sample': 'histograms count everything',
  'proxy-request-metrics': METRIC,
  'proxy-response-metrics': METRIC,
  'remove-hop-headers': 'fields of a single hop are always removed',
  'rfc-patch-path': 'paths go on as they came',
  'route-backend-error-counters': 'errors of backends are always counted by route',
  'route-backend-metrics': "backends' times are always counted by route",
  'route-creation-metrics': METRIC,
  'route-response-metrics': 'responses are always counted by route',
  'route-stream-error-counters': 'errors within bodies are always counted by route',
  'runtime-metrics': "Node's own metrics are always there",
  'suppress-route-update-logs': 'a reload is one line always',
  'validate-query': 'queries go on as they came',
  'validate-query-log': 'queries go on as they came',
};

/** Options with a value, without effect. */
const VALUES: Readonly<Record<string, string>> = {
  'application-log-prefix': 'lines begin with time and level',
  'backend-flush-interval': 'what an upgraded connection brings goes on at once',
  'block-profile-rate': 'there are no Go profiles',
  'close-idle-conns-period': 'idle connections are closed one by one, by --keepalive-backend',
  'compress-encodings': 'compress() negotiates all it knows; its arguments can leave some out',
  'credentials-paths': 'bearerinjector() reads the file that it names',
  'credentials-update-interval': 'bearerinjector() reads its file when it has changed',
  'ensure-dataclients': 'every source is waited for',
  'lb-healthcheck-interval': 'it means nothing in Skipper any more',
  'max-audit-body': "auditLog() has the bound that Skipper's flag has by default",
  'max-matcher-buffer-size': "blockContent() has the bound that Skipper's flag has by default",
  'memory-profile-rate': 'there are no Go profiles',
  'metrics-flavour': "metrics are always Prometheus'",
  'mutex-profile-fraction': 'there are no Go profiles',
  'prometheus-native-histogram-bucket-factor': 'histograms have fixed buckets',
  'request-size-buckets': METRIC,
  'response-size-buckets': METRIC,
  'source-poll-timeout': 'files are watched, not polled',
  'tls-timeout-backend': 'the handshake is a part of --timeout-backend',
  'upgrade-dial-timeout': 'upgrades connect within --timeout-backend, as all requests do',
};

/** Refused: the reason, and the flags; a star stands for the rest of a name. */
const REFUSED: readonly (readonly [why: string, names: string])[] = [
  [`tracing: ${LATER}`, 'opentracing opentracing-* open-telemetry'],
  [`rate limits: ${LATER}`, 'enable-ratelimits ratelimits cluster-ratelimit-max-group-shards'],
  [`circuit breakers: ${LATER}`, 'enable-breakers breaker'],
  [`request queues: ${LATER}`, 'enable-route-fifo-metrics enable-route-lifo-metrics enable-tcp-queue'],
  [`bounds on connections: ${LATER}`, 'expected-bytes-per-request max-tcp-listener-concurrency max-tcp-listener-queue'],
  [`health checks: ${LATER}`, 'passive-health-check status-checks'],
  [`shared state of a fleet: ${LATER}`, 'enable-swarm swarm-*'],
  [`Open Policy Agent: ${LATER}`, 'enable-open-policy-agent enable-open-policy-agent-* open-policy-agent-*'],
  [`routes from etcd or over HTTP: ${LATER}; route files are watched`, 'etcd-* routes-urls'],
  [`the PROXY protocol: ${LATER}`, 'enable-proxy-protocol proxy-allow-cidrs proxy-deny-cidrs proxy-skip-cidrs'],
  [`HTTP/2: ${LATER}`, 'enable-h2c-server'],
  [`changing routes while they load: ${LATER}`, 'edit-route clone-route disabled-filters forward-backend-url'],
  [
    'Sluice asks no Kubernetes API; mount the routes as files, which are watched',
    'kubernetes kubernetes-* enable-kubernetes-* enable-advanced-validation validation-webhook-* route-server-filters whitelisted-healthcheck-cidr default-filters-dir',
  ],
  [
    'there are no Go plugins; write drop-ins in TypeScript (--filters-dir)',
    'plugindir filter-plugin predicate-plugin dataclient-plugin multi-plugin',
  ],
  ['there is no Lua; script() does the same in JavaScript or TypeScript', 'enable-lua lua-modules lua-sources'],
  [
    'there is no apiUsageMonitoring(): give each path a route of its own',
    'enable-api-usage-monitoring api-usage-monitoring-*',
  ],
  [
    'the filters have bounds and names of their own, which cannot be changed yet',
    'oauth2-grant-tokeninfo-keys oauth2-tokeninfo-cache-size oauth2-tokeninfo-cache-ttl oauth2-tokeninfo-timeout oauth2-tokenintrospect-timeout oidc-cookie-remove-subdomains oidc-cookie-validity oidc-distributed-claims-timeout webhook-timeout',
  ],
  [
    'give the value itself: --oauth2-client-id, --oauth2-client-secret',
    'oauth2-client-id-file oauth2-client-secret-file',
  ],
  ['certificates are read at the start; restart for new ones', 'client-tls-cert-refresh-interval'],
  ['the authorities are those of --mtls-authn-ca alone; name the file of the system there too', 'mtls-authn-append-ca'],
  ['the application metrics are at --support-listener', 'metrics-listener'],
  ['`sluice match --explain` tells what a request meets', 'debug-listener'],
  ['upgraded connections are not looked into', 'experimental-upgrade-audit'],
  ['blockContent() refuses bodies, for the routes that name it', 'refuse-payload'],
  ['match by SourceFromLast() instead of Source()', 'reverse-source-predicate'],
  ['idle connections are bounded for each backend, by --idle-conns-num', 'max-idle-connection-backend'],
  ['connections to backends are reused; --keepalive-backend says how long', 'disable-http-keepalives'],
  ['start with NODE_OPTIONS=--tls-keylog=FILE', 'tls-key-log-file'],
];

const fates = new Map<string, FlagFate>();
const families: [prefix: string, fate: FlagFate][] = [];
for (const [name, why] of Object.entries(SWITCHES)) fates.set(name, { kind: 'idle', takesValue: false, why });
for (const [name, why] of Object.entries(VALUES)) fates.set(name, { kind: 'idle', takesValue: true, why });
for (const [why, names] of REFUSED) {
  for (const name of names.split(' ')) {
    if (name.endsWith('*')) families.push([name.slice(0, -1), { kind: 'refused', why }]);
    else fates.set(name, { kind: 'refused', why });
  }
}

/** What becomes of a flag of Skipper's that is no option; null when Skipper has none of that name. */
export function fateOf(name: string): FlagFate | null {
  return fates.get(name) ?? families.find(([prefix]) => name.startsWith(prefix))?.[1] ?? null;
}

/** The flags with a fate, by name; families by their beginnings. */
export function fatedFlags(): [name: string, fate: FlagFate][] {
  const all: [string, FlagFate][] = [
    ...fates,
    ...families.map(([prefix, fate]): [string, FlagFate] => [`${prefix}*`, fate]),
  ];
  return all.sort(([a], [b]) => (a < b ? -1 : 1));
}
