import type { HeaderList } from '../../../src/plugin/index.ts';

const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;
const BASIC = /^Basic +([A-Za-z0-9+/]+=*) *$/i;

/** The bearer token in Authorization, or null. Source: RFC 6750 §2.1. */
export function bearerToken(headers: HeaderList): string | null {
  return BEARER.exec(headers.get('Authorization') ?? '')?.[1] ?? null;
}

/** A name and a password. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** The login in Authorization, read as UTF-8, or null. Source: RFC 7617 §2. */
export function basicLogin(headers: HeaderList): Login | null {
  const encoded = BASIC.exec(headers.get('Authorization') ?? '')?.[1];
  if (encoded === undefined) return null;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? null : { user: pair.slice(0, colon), password: pair.slice(colon + 1) };
}
