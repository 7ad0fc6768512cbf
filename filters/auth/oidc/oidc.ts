import {
  type ArgValues,
  arg,
  defineFilter,
  type Example,
  type Filter,
  type FilterContext,
  type FilterEnv,
} from '../../../src/plugin/index.ts';
import { shownCredential } from '../../lib/options.ts';
import { asciiJson, headerText } from '../lib/ascii.ts';
import { type Claims, verifiedClaims } from '../lib/auth-state.ts';
import { Fresh, shareFresh } from '../lib/fresh.ts';
import { admit, refuse } from '../lib/refusal.ts';
import { urlArgument } from '../lib/url-argument.ts';
import { CodeFlow, loadProvider } from '../login/code-flow.ts';
import { type OidcOptions, type OidcSession, oidcSession, readOidcOptions } from './oidc-options.ts';

const LOGIN = `A user who is not logged in is sent to the provider (authorization code flow with PKCE, state and nonce) and comes back to the callback URL, whose path must lead to a route with this filter; then he goes on to where he wanted to. What he is logged in as is kept in cookies of his browser, encrypted and authenticated (AES-256-GCM), until the ID token expires, or for an hour. They do not reach the backend. A request that opens no page cannot be sent away and gets 401 without a cookie: another method than GET or HEAD, a script's (a Sec-Fetch-Mode other than "navigate", or X-Requested-With: XMLHttpRequest), a WebSocket; so does a login that fails. A user who lacks the claims gets 403. A session counts for the provider and the client it was made with. A browser may have 4 logins under way; the cookies of older ones go. A target of more than 2000 characters comes down to its path, or to "/".

The secrets the cookies are sealed with stand in a file, named by the environment variable SLUICE_OIDC_SECRETS_FILE or by "secrets=…" as the last argument: one a line, at least 16 characters each; the first seals, all open, so that secrets can be rotated. The file is followed. The provider's metadata are loaded in the background; before the first have come, users wait up to 5 seconds and then get 503.

For the backend, upstreamHeaders names header fields and queries (see oidcClaimsQuery) on what is known: "claims", "userInfo", "subject", "oidctoken", "oauth2token.access_token". Without it the whole goes as JSON in Skipper-Oidc-Info, which never passes as a client wrote it. Where a query finds nothing the header is removed.

Differences from Skipper: nothing is fetched while routes are loaded; sessions end on the server's side too, not only in the browser; ID tokens are bound to the login by a nonce; several logins at once do not disturb each other; only the exact path of the callback URL takes users back; requests of scripts get 401 instead of a redirect; 403, not 401, for a user without the claims; cookies are for the host alone where no subdomain is removed.`;

const text = (name: string, doc: string) => arg.string(name, { doc });

const args = [
  urlArgument('provider', 'the issuer, which its metadata stand below'),
  text('clientId', 'of this proxy at the provider; empty: OIDC_CLIENT_ID; "secretRef:path": out of a file'),
  arg.string('clientSecret', {
    doc: 'belonging to it; empty: OIDC_CLIENT_SECRET; "secretRef:path": out of a file',
    secret: shownCredential,
  }),
  urlArgument('callbackUrl', 'where the provider sends users back to'),
  text('scopes', 'to request in addition to "openid", separated by spaces'),
  text('claims', 'that the user must have, with spaces between; empty: none'),
  arg.optional(
    text('authOptions', 'parameters for the provider, "a=b c=d"; "skipper-request-query" as value: that of the query'),
    '',
  ),
  arg.optional(text('upstreamHeaders', '"X-User:claims.email X-Sub:subject"'), ''),
  arg.optional(text('subdomainsToRemove', "how many labels of the host are left out of the cookies' Domain"), '1'),
  arg.optional(text('cookieName', 'what the names of the cookies begin with'), ''),
  arg.rest(arg.string('option', { doc: '"secrets=path"' })),
] as const;

/** Gets all that is known of the user where no header fields are named for parts of it; never the client's. */
const WHOLE = 'Skipper-Oidc-Info';

type Check = (claims: readonly string[], user: Claims) => boolean;

function oidcFilter(
  kind: 'user info' | 'claims',
  check: Check,
  values: ArgValues<typeof args>,
  env: FilterEnv,
): Filter {
  const options = readOidcOptions(values, env.log);
  const { clientId, clientSecret } = options;
  const { fresh, release } = shareFresh(
    `provider ${JSON.stringify([options.issuer, values[1], values[2]])}`,
    () => new Fresh(() => loadProvider(options.issuer, clientId.read(), clientSecret.read()), env.log),
  );
  const flow = new CodeFlow<OidcSession>({
    configuration: fresh,
    keys: () => options.keyring.content,
    cookies: options.cookies,
    boundTo: [options.issuer, clientId.written],
    callbackUrl: () => new URL(options.callbackUrl),
    parameters: options.parameters,
    expectsIdToken: true,
    sessionOf: (configuration, tokens) => oidcSession(configuration, tokens, kind === 'user info'),
  });
  const callbackPath = new URL(options.callbackUrl).pathname;
  return {
    request(ctx) {
      const { session, cookies } = flow.takeSession(ctx);
      if (session === null)
        return ctx.request.path === callbackPath ? flow.arrive(ctx, cookies) : flow.depart(ctx, cookies);
      if (check(options.claims, { ...session.userInfo, ...session.claims })) letPass(ctx, session, options);
      else refuse(ctx, { status: 403, reason: 'invalid-claim' });
      return undefined;
    },
    close() {
      release();
      options.keyring.close();
    },
  };
}

function letPass(ctx: FilterContext, session: OidcSession, { upstreamHeaders }: OidcOptions): void {
  const { headers } = ctx.request;
  admit(ctx, session.subject);
  ctx.state.set(verifiedClaims, session.claims);
  headers.assert(WHOLE, upstreamHeaders.length === 0 ? asciiJson(session) : null);
  for (const { name, query } of upstreamHeaders) {
    const found = query(session);
    headers.assert(name, found === undefined ? null : headerText(found));
  }
}

const has = (user: Claims, claim: string): boolean => Object.hasOwn(user, claim);
const hasAll: Check = (claims, user) => claims.every((claim) => has(user, claim));
const hasAny: Check = (claims, user) => claims.length === 0 || claims.some((claim) => has(user, claim));

const example = (name: string): Example[] => [
  {
    title: 'The provider cannot be reached: nobody passes',
    route: `* -> ${name}("http://127.0.0.1:1", "gateway", "secret", "https://app.example.org/callback", "email profile", "name email", "", "X-User:claims.email", "1", "login", "secrets=test/fixtures/oidc-secrets") -> "http://origin.example"`,
    response: { status: 503 },
    upstream: null,
  },
];

const source = 'Skipper; OpenID Connect Core 1.0 §3.1, RFC 6749 §4.1, RFC 7636';

/** Logs users in and asks the provider about them. */
export const oauthOidcUserInfo = defineFilter({
  name: 'oauthOidcUserInfo',
  summary: 'Logs users in with OpenID Connect, asks the provider about them, and wants all of the claims.',
  details: `Claims count in the ID token and in the user info. ${LOGIN}`,
  source,
  args,
  examples: example('oauthOidcUserInfo'),
  create: (values, env) => oidcFilter('user info', hasAll, values, env),
});

/** Logs users in and wants one of some claims. */
export const oauthOidcAnyClaims = defineFilter({
  name: 'oauthOidcAnyClaims',
  summary: 'Logs users in with OpenID Connect, and wants at least one of the claims in the ID token.',
  details: LOGIN,
  source,
  args,
  examples: example('oauthOidcAnyClaims'),
  create: (values, env) => oidcFilter('claims', hasAny, values, env),
});

/** Logs users in and wants some claims. */
export const oauthOidcAllClaims = defineFilter({
  name: 'oauthOidcAllClaims',
  summary: 'Logs users in with OpenID Connect, and wants all of the claims in the ID token.',
  details: LOGIN,
  source,
  args,
  examples: example('oauthOidcAllClaims'),
  create: (values, env) => oidcFilter('claims', hasAll, values, env),
});
