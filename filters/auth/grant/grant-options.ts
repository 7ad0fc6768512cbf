import type * as client from 'openid-client';
import {
  ArgError,
  arg,
  type FilterContext,
  isAuthority,
  isToken,
  type Log,
  ProxyError,
} from '../../../src/plugin/index.ts';
import { credential, readOptions } from '../../lib/options.ts';
import { type WatchedFile, watchFile } from '../../lib/watched-file.ts';
import { boundedFetch } from '../lib/ask.ts';
import type { Claims } from '../lib/auth-state.ts';
import { openid } from '../lib/libraries.ts';
import { TokenClient, tokenInfoEndpoint } from '../lib/token-client.ts';
import { readUrl } from '../lib/url-argument.ts';
import { CodeFlow } from '../login/code-flow.ts';
import { type Keyring, readKeyring } from '../login/keyring.ts';
import { endedSessions, type GrantSession, grantSession } from './grant-session.ts';

/** Options of the grant filters, and the environment variable that counts where one is not given. */
const OPTIONS = {
  auth: 'SLUICE_OAUTH2_AUTH_URL',
  token: 'SLUICE_OAUTH2_TOKEN_URL',
  tokeninfo: 'SLUICE_OAUTH2_TOKENINFO_URL',
  revoke: 'SLUICE_OAUTH2_REVOKE_TOKEN_URL',
  issuer: 'SLUICE_OAUTH2_ISSUER',
  id: 'SLUICE_OAUTH2_CLIENT_ID',
  secret: 'SLUICE_OAUTH2_CLIENT_SECRET',
  secrets: 'SLUICE_OAUTH2_SECRET_FILE',
  callback: 'SLUICE_OAUTH2_CALLBACK_PATH',
  parameters: 'SLUICE_OAUTH2_AUTH_URL_PARAMETERS',
  cookie: 'SLUICE_OAUTH2_TOKEN_COOKIE_NAME',
  subdomains: 'SLUICE_OAUTH2_TOKEN_COOKIE_REMOVE_SUBDOMAINS',
  insecure: 'SLUICE_OAUTH2_GRANT_INSECURE',
  header: 'SLUICE_OAUTH2_ACCESS_TOKEN_HEADER_NAME',
  subject: 'SLUICE_OAUTH2_TOKENINFO_SUBJECT_KEY',
} as const;
type Name = keyof typeof OPTIONS;

/** The variables of the environment that the grant filters read. */
export const GRANT_VARIABLES: readonly string[] = Object.values(OPTIONS);
const field = arg.headerName('header', { writes: true });
const NAMES = Object.keys(OPTIONS) as Name[];

/** What the three grant filters have in common. */
export interface GrantOptions {
  readonly flow: CodeFlow<GrantSession>;
  /** The provider as it is to be asked now. */
  readonly provider: () => client.Configuration;
  /** Null without an endpoint for token info. */
  readonly tokenInfo: TokenClient | null;
  readonly canRevoke: boolean;
  /** The request header that gets the access token, or null. */
  readonly header: string | null;
  /** The user's name in the token info. */
  readonly subjectOf: (facts: Claims) => unknown;
  /** Closed by whoever has the options. */
  readonly keyring: WatchedFile<Keyring>;
}

/** Reads the options of a grant filter. @throws ArgError */
export function readGrantOptions(values: readonly string[], log: Log): GrantOptions {
  const written = readOptions(values, NAMES, 0);
  const at = (name: Name): number => values.findIndex((value) => value.startsWith(`${name}=`));
  const text = (name: Name): string | undefined => written[name][0] ?? process.env[OPTIONS[name]];
  const fault = (name: Name, message: string): ArgError =>
    new ArgError(at(name) < 0 ? `${message} (in the environment variable ${OPTIONS[name]})` : message, at(name));
  const checked = <T>(name: Name, read: (value: string) => T): T => {
    const value = text(name);
    if (value === undefined) throw new ArgError(`expected "${name}=…", or the environment variable ${OPTIONS[name]}`);
    try {
      return read(value);
    } catch (error) {
      throw fault(name, (error as Error).message);
    }
  };
  const optionalUrl = (name: Name): string | null => (text(name) === undefined ? null : checked(name, readUrl));
  const [auth, token] = [checked('auth', readUrl), checked('token', readUrl)];
  const [revoke, tokenInfo] = [optionalUrl('revoke'), optionalUrl('tokeninfo')];
  const id = credential(text('id'), OPTIONS.id, at('id'));
  const secret = credential(text('secret'), OPTIONS.secret, at('secret'));
  const server: client.ServerMetadata = {
    issuer: optionalUrl('issuer') ?? new URL(auth).origin,
    authorization_endpoint: auth,
    token_endpoint: token,
    ...(revoke === null ? {} : { revocation_endpoint: revoke }),
  };
  const provider = (): client.Configuration => providerOf(server, id.read(), secret.read());
  const header = text('header') === undefined ? null : checked('header', (name) => String(field.read(name)));
  const prefix = text('cookie') ?? 'oauth-grant';
  if (!isToken(prefix)) throw fault('cookie', `expected a cookie name, found ${JSON.stringify(prefix)}`);
  const secure = text('insecure') !== 'true';
  const callbackPath = text('callback') ?? '/.well-known/oauth2-callback';
  const subdomains = text('subdomains') ?? '1';
  if (!['true', 'false', undefined].includes(text('insecure')))
    throw fault('insecure', `expected "true" or "false", found ${JSON.stringify(text('insecure'))}`);
  if (!callbackPath.startsWith('/'))
    throw fault('callback', `expected a path such as "/callback", found ${JSON.stringify(callbackPath)}`);
  if (!/^\d$/.test(subdomains)) throw fault('subdomains', `expected a digit, found ${JSON.stringify(subdomains)}`);
  const parameters = Object.fromEntries(new URLSearchParams((text('parameters') ?? '').replaceAll(',', '&')));
  const keyring = checked('secrets', (path) => watchFile(path, readKeyring, log, at('secrets')));
  const flow = new CodeFlow<GrantSession>({
    configuration: { ready: async () => provider() },
    keys: () => keyring.content,
    cookies: { prefix, subdomainsToRemove: Number(subdomains), secure },
    boundTo: [server.issuer, auth, id.written],
    callbackUrl: (ctx) => callbackUrl(ctx, secure, callbackPath),
    parameters: () => parameters,
    expectsIdToken: false,
    isEnded: ({ id }) => endedSessions.get(id) === true,
    sessionOf: async (_, tokens) => grantSession(tokens, null),
  });
  const subject = text('subject') ?? 'uid';
  return {
    flow,
    provider,
    tokenInfo: tokenInfo === null ? null : new TokenClient(tokenInfoEndpoint(tokenInfo)),
    canRevoke: revoke !== null,
    header,
    subjectOf: (facts) => facts[subject],
    keyring,
  };
}

function providerOf(server: client.ServerMetadata, id: string, secret: string): client.Configuration {
  const configuration = new (openid().Configuration)(server, id, secret, openid().ClientSecretBasic(secret));
  configuration.timeout = 5;
  configuration[openid().customFetch] = boundedFetch;
  if (server.token_endpoint !== undefined && new URL(server.token_endpoint).protocol === 'http:')
    openid().allowInsecureRequests(configuration);
  return configuration;
}

/** Where the provider sends users back to: the host that they asked for. @throws ProxyError (400) when it is none. */
function callbackUrl({ request }: FilterContext, secure: boolean, path: string): URL {
  const url = `${secure ? 'https' : 'http'}://${request.host}${path}`;
  if (isAuthority(request.host) && URL.canParse(url)) return new URL(url);
  const message = 'nobody can be sent back to a host of that name';
  throw new ProxyError({ code: 'bad-host', status: 400, source: 'downstream', message });
}
