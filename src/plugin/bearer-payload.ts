import type { HeaderList } from '../http/index.ts';
import { LruCache } from './lru-cache.ts';

/** What the payload of a JWT says, by claim. */
export type BearerPayload = Readonly<Record<string, unknown>>;

/** Stands in the cache for what is no JWT. */
const NO_JWT: BearerPayload = {};
const BEARER = /^Bearer +/i;

/** One for whoever asks in this thread, so that a token is read once, however many routes look at it. */
const payloads = new LruCache<string, BearerPayload>(1024);
/** A longer value is read once for each request: the cache holds at most 4 MiB of tokens. */
const MAX_CACHED_LENGTH = 4096;

/** The payload of the JWT in the Authorization header; null where there is none, or more than one line of it. The signature is not checked. */
export function bearerPayload(headers: HeaderList): BearerPayload | null {
  return headers.has('Authorization') ? headers.parsed('Authorization', payloadOf) : null;
}

function payloadOf([authorization = '', ...more]: readonly string[]): BearerPayload | null {
  if (more.length > 0) return null;
  const known = payloads.get(authorization);
  if (known !== undefined) return known === NO_JWT ? null : known;
  const payload = readPayload(authorization);
  if (authorization.length <= MAX_CACHED_LENGTH) payloads.set(authorization, payload ?? NO_JWT);
  return payload;
}

function readPayload(authorization: string): BearerPayload | null {
  const scheme = BEARER.exec(authorization);
  if (scheme === null) return null;
  const parts = authorization.slice(scheme[0].length).split('.');
  const [, encoded = ''] = parts;
  if (parts.length !== 3 || !/^[\w-]+$/.test(encoded)) return null;
  try {
    const payload: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
    return isClaimsSet(payload) ? payload : null;
  } catch {
    return null;
  }
}

/** Source: RFC 7519 §7.2: a JSON object. */
function isClaimsSet(value: unknown): value is BearerPayload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
