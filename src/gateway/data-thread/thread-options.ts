import { type Config, splitAddress } from '../../config/index.ts';
import type { RequestMetricsOptions } from '../../observe/index.ts';
import type { TlsFiles } from '../tls-files.ts';

/** What the options say of the way upstream, and the certificates that were read of them. */
export function upstreamOptions(config: Config, { client }: TlsFiles) {
  return {
    connectTimeoutMs: config['timeout-backend'],
    responseHeaderTimeoutMs: config['response-header-timeout-backend'],
    maxResponseHeaderBytes: config['max-header-bytes-backend'],
    maxResponseFields: config['max-headers-backend'],
    expectContinueTimeoutMs: config['expect-continue-timeout-backend'],
    bodyIdleTimeoutMs: config['body-idle-timeout-backend'],
    keepAliveTimeoutMs: config['keepalive-backend'],
    dnsRefreshMs: config['dns-refresh-backend'],
    idleConnectionsPerHost: config['idle-conns-num'],
    preserveHost: config['proxy-preserve-host'],
    insecureTls: config.insecure,
    minTlsVersion: `TLSv${config['tls-min-version']}` as const,
    ...(client === null ? {} : { clientCertificate: client }),
  };
}

/**
 * What the options say of the listeners of data threads, and the certificates that were read of them: that of `address`
 * and, where there is one, that of `insecure-address`; `name` is the option's. @throws UsageError
 */
export function listenerOptions(config: Config, { server }: TlsFiles) {
  const bounds = {
    reusePort: true,
    headerTimeoutMs: config['read-header-timeout-server'],
    requestTimeoutMs: config['read-timeout-server'],
    writeTimeoutMs: config['write-timeout-server'],
    keepAliveTimeoutMs: config['idle-timeout-server'],
    keepAliveMaxAgeMs: config['keepalive-server'],
    keepAliveMaxRequests: config['keepalive-requests-server'],
    maxRequestLineBytes: config['max-request-line-bytes'],
    maxHeaderBytes: config['max-header-bytes'],
    maxHeaders: config['max-header-fields'],
    maxBodyBytes: config['max-content-length'],
    servesHalfClosed: config['half-close-clients'],
    tunnelIdleTimeoutMs: config['tunnel-idle-timeout'],
    tunnelHalfCloseTimeoutMs: config['tunnel-half-close-timeout'],
  };
  const listener = (name: 'address' | 'insecure-address') => {
    const { host, port } = splitAddress(config[name]);
    return { ...bounds, ...(host === undefined ? {} : { host }), port, name };
  };
  const first = { ...listener('address'), ...(server === null ? {} : { tls: server }) };
  return config['insecure-address'] === '' ? [first] : [first, listener('insecure-address')];
}

/** What the options say of requests that come in. */
export function receptionOptions(config: Config) {
  return {
    trustedProxies: config['trusted-proxies'],
    forwardedHeaders: config['forwarded-headers'],
    forwardedHeadersExcluded: config['forwarded-headers-exclude-cidrs'],
    normalizesHost: config['normalize-host'],
  };
}

/** How the lines of the access log are written; see `accessLine`. */
export function accessLogFormat(config: Config): string {
  return config['access-log-json-enabled'] ? 'json' : config['access-log-format'];
}

/** What is counted of requests. */
export function metricsOptions(config: Config): RequestMetricsOptions {
  const buckets = config['histogram-metric-buckets'];
  return {
    ...(buckets.length === 0 ? {} : { buckets }),
    serveRoutes: config['serve-route-metrics'],
    serveRouteCounts: config['serve-route-counter'],
    serveHosts: config['serve-host-metrics'],
    serveHostCounts: config['serve-host-counter'],
    methodLabel: config['serve-method-metric'],
    codeLabel: config['serve-status-code-metric'],
  };
}
