import { withoutSecrets } from '../http/index.ts';
import { authUser, maskedQueryParams, unverifiedAudit } from '../plugin/index.ts';
import type { ExchangeRecord } from '../proxy/index.ts';
import { apacheTime } from './log-time.ts';
import { maskedTarget } from './masked-target.ts';

/** One fact about a finished exchange; an empty text where there is none. Durations are in milliseconds. */
export type AccessField = (exchange: ExchangeRecord, durationMs: number) => string | number;

/** What the access log can tell of an exchange, by the names that formats and JSON lines use, in the order of the latter. */
export const ACCESS_FIELDS = {
  host: ({ request }) => request.clientAddress || '-',
  'auth-user': ({ state }) => state.get(authUser) ?? '',
  timestamp: () => apacheTime(),
  method: ({ request }) => request.method,
  uri: maskedUri,
  proto: ({ request }) => `HTTP/${request.httpVersion}`,
  status: ({ status }) => status,
  'response-size': ({ bytesSent }) => bytesSent,
  referer: ({ request }) => withoutSecrets(request.headers.get('Referer') ?? ''),
  'user-agent': ({ request }) => request.headers.get('User-Agent') ?? '',
  duration: (_, durationMs) => Math.round(durationMs),
  'requested-host': ({ request }) => request.host,
  'flow-id': ({ request }) => request.headers.get('X-Flow-Id') ?? '',
  audit: ({ state }) => state.get(unverifiedAudit) ?? '',
  route: ({ routeId }) => routeId ?? '',
  endpoint: ({ endpoint }) => endpoint ?? '',
  'upstream-duration': ({ endpoint, upstreamMs }) => (endpoint === null ? '' : Math.round(upstreamMs)),
  'upstream-status': ({ upstreamStatus }) => upstreamStatus || '',
  'request-id': ({ id }) => id,
  'error-id': ({ id, isFailureLogged }) => (isFailureLogged ? id : ''),
  error: ({ errorCode }) => errorCode ?? '',
  time: () => new Date().toISOString(),
} as const satisfies Record<string, AccessField>;

/** The target as it came, without secrets; the values of parameters that the route masks are hashes. */
function maskedUri({ request, state }: ExchangeRecord): string {
  const masked = state.get(maskedQueryParams);
  const target = request.originalTarget;
  return masked === undefined ? withoutSecrets(target) : withoutSecrets(maskedTarget(target, masked), masked);
}

/** The target as it came, without its query and without secrets. */
export function uriWithoutQuery({ request }: ExchangeRecord): string {
  const mark = request.originalTarget.indexOf('?');
  return withoutSecrets(mark < 0 ? request.originalTarget : request.originalTarget.slice(0, mark));
}
