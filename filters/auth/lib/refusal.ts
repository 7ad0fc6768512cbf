import { authRejectReason, authUser, type FilterContext, ProxyError, reasonPhrase } from '../../../src/plugin/index.ts';

/** Why a request is not let through, and how the client is told. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 429 | 503;
  /** Stable word for logs. */
  readonly reason: string;
  /** The value of WWW-Authenticate; a 401 has one (RFC 9110 §11.6.1). */
  readonly challenge?: string;
  /** When to try again, in seconds. */
  readonly retryAfterS?: number;
}

/** Answers the request with a refusal. The reason goes to the log, not to the client. */
export function refuse(ctx: FilterContext, { status, reason, challenge, retryAfterS }: Refusal): void {
  ctx.state.set(authRejectReason, reason);
  ctx.log.debug('request refused', { status, reason });
  ctx.serve({
    status,
    headers: {
      ...(challenge === undefined ? {} : { 'WWW-Authenticate': challenge }),
      ...(retryAfterS === undefined ? {} : { 'Retry-After': `${retryAfterS}` }),
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
    },
    body: `${reasonPhrase(status)}\n`,
  });
}

/**
 * Refuses a request that has Authorization twice, and says so: one of them was looked at, and whoever stands behind may
 * believe the other. Source: RFC 9110 §5.3 (it is no list), RFC 6750 §3.1.
 */
export function refusesDoubled(ctx: FilterContext): boolean {
  if (!ctx.request.headers.hasSeveral('Authorization')) return false;
  refuse(ctx, doubledCredentials);
  return true;
}

/** Credentials that stand there twice. */
export const doubledCredentials: Refusal = { status: 400, reason: 'doubled-credentials' };

/** Notes whom the request is let through for; an empty name is none. */
export function admit(ctx: FilterContext, user: unknown): void {
  if (typeof user === 'string' && user !== '') ctx.state.set(authUser, user);
}

/** The refusals of bearer tokens. Source: RFC 6750 §3. */
export const bearerRefusal = {
  /** Without a token the challenge names no error. */
  missing: { status: 401, reason: 'missing-token', challenge: 'Bearer' },
  invalid: { status: 401, reason: 'invalid-token', challenge: 'Bearer error="invalid_token"' },
  scope: { status: 403, reason: 'invalid-scope', challenge: 'Bearer error="insufficient_scope"' },
  /** Whoever knows of tokens could not be asked. */
  unavailable: { status: 401, reason: 'auth-service-access', challenge: 'Bearer' },
} as const satisfies Record<string, Refusal>;

/** Whoever must be asked cannot be asked: a new login would change nothing, and send the user round and round. */
export function unavailable(message: string, cause?: unknown): ProxyError {
  return new ProxyError({ code: 'auth-service-access', status: 503, source: 'internal', message, cause });
}
