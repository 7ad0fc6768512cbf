import { hash } from 'node:crypto';
import type { Configuration } from 'openid-client';
import { ArgError, arg, type FilterContext, isToken, type Log, queryValue } from '../../../src/plugin/index.ts';
import { type Credential, credential, readOptions } from '../../lib/options.ts';
import { type WatchedFile, watchFile } from '../../lib/watched-file.ts';
import type { Claims } from '../lib/auth-state.ts';
import { type ClaimQuery, readClaimQuery } from '../lib/claim-query.ts';
import { openid } from '../lib/libraries.ts';
import type { CookieScope } from '../login/browser-cookies.ts';
import type { Session, Tokens } from '../login/code-flow.ts';
import { type Keyring, readKeyring } from '../login/keyring.ts';

/** The variable of the environment that names the file with the secrets of cookies. */
export const SECRETS_VARIABLE = 'SLUICE_OIDC_SECRETS_FILE';
const SESSION_S = 3600;
const FROM_QUERY = 'skipper-request-query';

/** The arguments of the oauthOidc filters, in their order. */
export type OidcArguments = readonly [
  issuer: string,
  clientId: string,
  clientSecret: string,
  callbackUrl: string,
  scopes: string,
  claims: string,
  authOptions: string,
  upstreamHeaders: string,
  subdomainsToRemove: string,
  cookieName: string,
  options: readonly string[],
];

/** What the arguments of an oauthOidc filter mean. */
export interface OidcOptions {
  readonly issuer: string;
  /** Asked for whenever the provider's metadata are loaded. */
  readonly clientId: Credential;
  readonly clientSecret: Credential;
  readonly callbackUrl: string;
  readonly claims: readonly string[];
  readonly parameters: (ctx: FilterContext) => Record<string, string>;
  readonly upstreamHeaders: readonly { readonly name: string; readonly query: ClaimQuery }[];
  readonly cookies: CookieScope;
  /** Closed by whoever has the options. */
  readonly keyring: WatchedFile<Keyring>;
}

/** Who is logged in, and what the provider gave for it; names are those of Skipper's cookie. */
export interface OidcSession extends Session {
  readonly oauth2token: { readonly access_token: string; readonly token_type: string };
  readonly oidctoken: string;
  readonly userInfo?: Claims;
  readonly subject: string;
  readonly claims: Claims;
}

/** Reads the arguments of an oauthOidc filter. @throws ArgError */
export function readOidcOptions(values: OidcArguments, log: Log): OidcOptions {
  const [issuer, id, secret, callbackUrl, scopes, claims, authOptions, headers, subdomains, , options] = values;
  const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');
  if (!/^\d?$/.test(subdomains)) throw new ArgError(`expected a digit, found ${JSON.stringify(subdomains)}`, 8);
  const prefix = cookiePrefix(values);
  const upstreamHeaders = words(headers).map(readUpstreamHeader);
  const fixed = { scope: ['openid', ...words(scopes)].join(' ') };
  const parameters = readParameters(words(authOptions), fixed);
  const clientId = credential(id, 'OIDC_CLIENT_ID', 1);
  const clientSecret = credential(secret, 'OIDC_CLIENT_SECRET', 2);
  const cookies = {
    prefix,
    subdomainsToRemove: Number(subdomains || 1),
    secure: new URL(callbackUrl).protocol === 'https:',
  };
  const keyring = openKeyring(options, log);
  return {
    issuer,
    clientId,
    clientSecret,
    callbackUrl,
    claims: words(claims),
    parameters,
    upstreamHeaders,
    cookies,
    keyring,
  };
}

function openKeyring(options: readonly string[], log: Log): WatchedFile<Keyring> {
  const { secrets } = readOptions(options, ['secrets'], 10);
  const path = secrets[0] ?? process.env[SECRETS_VARIABLE];
  if (path === undefined)
    throw new ArgError(`expected "secrets=…" as the last argument, or the environment variable ${SECRETS_VARIABLE}`);
  return watchFile(path, readKeyring, log, secrets.length === 0 ? -1 : 10);
}

/** The same for all routes that log in the same way, wherever they take users back. */
function cookiePrefix(values: OidcArguments): string {
  const name = values[9];
  if (name !== '' && !isToken(name)) throw new ArgError(`expected a cookie name, found ${JSON.stringify(name)}`, 9);
  const alike = values.filter((_, index) => index !== 3 && index < 8);
  return name === '' ? `sluice-oidc-${hash('sha256', JSON.stringify(alike)).slice(0, 8)}` : name;
}

const field = arg.headerName('header', { writes: true });

function readUpstreamHeader(pair: string): { name: string; query: ClaimQuery } {
  const colon = pair.indexOf(':');
  const name = pair.slice(0, Math.max(0, colon));
  if (!isToken(name)) throw new ArgError(`expected "Header:query", found ${JSON.stringify(pair)}`, 7);
  try {
    field.read(name);
    return { name, query: readClaimQuery(pair.slice(colon + 1)) };
  } catch (error) {
    throw new ArgError((error as Error).message, 7);
  }
}

function readParameters(pairs: readonly string[], fixed: Record<string, string>): OidcOptions['parameters'] {
  const constant = { ...fixed };
  const asked: string[] = [];
  for (const pair of pairs) {
    const [, name, value] = /^([^=]+)=([^=]+)$/.exec(pair) ?? [];
    if (name === undefined || value === undefined)
      throw new ArgError(`expected "name=value", found ${JSON.stringify(pair)}`, 6);
    if (value === FROM_QUERY) asked.push(name);
    else constant[name] = value;
  }
  return ({ request }) => {
    const parameters = { ...constant };
    for (const name of asked) {
      const value = queryValue(request.query, name);
      if (value !== null && value !== '') parameters[name] = value;
    }
    return parameters;
  };
}

/** What is kept of the tokens of a login. @throws Error */
export async function oidcSession(
  provider: Configuration,
  tokens: Tokens,
  asksUserInfo: boolean,
): Promise<OidcSession> {
  const claims = tokens.claims();
  if (claims === undefined || tokens.id_token === undefined) throw new Error('the provider gave no ID token');
  const now = Math.floor(Date.now() / 1000);
  return {
    endsAt: claims.exp > now + 60 ? claims.exp : now + SESSION_S,
    oauth2token: { access_token: tokens.access_token, token_type: tokens.token_type },
    oidctoken: tokens.id_token,
    ...(asksUserInfo ? { userInfo: await openid().fetchUserInfo(provider, tokens.access_token, claims.sub) } : {}),
    subject: claims.sub,
    claims,
  };
}
