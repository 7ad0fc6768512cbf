import { arg, defineFilter, type FilterContext, ProxyError, stateKey } from '../../../src/plugin/index.ts';
import { annotations } from '../../lib/annotations.ts';
import { shownOption } from '../../lib/options.ts';
import { tokenInfo, verifiedClaims } from '../lib/auth-state.ts';
import { openid } from '../lib/libraries.ts';
import { admit, bearerRefusal, refuse, unavailable } from '../lib/refusal.ts';
import { isOwnWish } from '../login/fetch-metadata.ts';
import { type GrantOptions, readGrantOptions } from './grant-options.ts';
import { GrantRenewals, releaseSessions, retainSessions } from './grant-renewals.ts';
import { endedSessions, type GrantSession } from './grant-session.ts';

const STUB = 'oauthGrant.loginRedirectStub';

const options = arg.rest(
  arg.string('option', {
    doc: '"name=value"; each may instead be an environment variable: see below',
    secret: (value) => shownOption(value, 'secret'),
  }),
);

const SETTINGS = `Settings are given as "name=value", or for all routes by environment variables: auth, token, tokeninfo and revoke are the provider's URLs (SLUICE_OAUTH2_AUTH_URL, _TOKEN_URL, _TOKENINFO_URL, _REVOKE_TOKEN_URL), issuer its name where that is not the origin of the first (_ISSUER); id and secret are the client's, or "secretRef:path" (_CLIENT_ID, _CLIENT_SECRET); secrets is the file with what cookies are sealed with, as for oauthOidcUserInfo (_SECRET_FILE); callback is the path of the route with grantCallback, default "/.well-known/oauth2-callback" (_CALLBACK_PATH); parameters are added for the provider, "a=b,c=d" (_AUTH_URL_PARAMETERS); cookie is the cookies' name, default "oauth-grant" (_TOKEN_COOKIE_NAME); subdomains how many labels of the host their Domain leaves out, default 1 (_TOKEN_COOKIE_REMOVE_SUBDOMAINS); insecure=true is for plain http (_GRANT_INSECURE); header is the request header that gets "Bearer" and the access token (_ACCESS_TOKEN_HEADER_NAME); subject the field with the user's name, default "uid" (_TOKENINFO_SUBJECT_KEY). The grant filters that belong together need the same settings.`;

const SHOWN =
  '"auth=http://127.0.0.1:1/auth", "token=http://127.0.0.1:1/token", "id=gateway", "secret=x", "secrets=test/fixtures/oidc-secrets"';

const refreshedCookies = stateKey<readonly string[]>('refreshed-grant-cookies');

/** Logs users in with OAuth 2. */
export const oauthGrant = defineFilter({
  name: 'oauthGrant',
  summary: 'Logs users in with OAuth 2 (authorization code grant with PKCE) and keeps their tokens in sealed cookies.',
  details: `A user who is not logged in is redirected to the provider and comes back by a route with grantCallback, which must be written: Path("/.well-known/oauth2-callback") -> grantCallback() -> <shunt>. An access token that has ended is renewed with the refresh token, once for all requests that wait for it, in any data thread; where the provider refuses that, the user logs in anew, and while it cannot be asked the answer is 503. Each request asks the token info endpoint, if there is one; what it says is kept for forwardToken and grantClaimsQuery. With annotate("${STUB}", page) before it, the page is served with 200 instead of a redirect, {authCodeURL} in it replaced. Requests that open no page get 401 instead of a redirect, and no cookie, as with oauthOidcUserInfo. A session counts for the provider (issuer and auth) and the client it was made with.\n\n${SETTINGS}\n\nDifferences from Skipper: the callback route is not added by itself; the token info endpoint may be left out; while it cannot be asked the answer is 503, not a new login.`,
  source: 'Skipper; RFC 6749 §4.1, RFC 7636, RFC 9700',
  args: [options],
  examples: [
    {
      title: 'A stranger is sent to the provider',
      route: `* -> oauthGrant(${SHOWN}) -> "http://origin.example"`,
      response: { status: 307, headers: { Location: /^http:\/\/127\.0\.0\.1:1\/auth\?.*code_challenge=/ } },
      upstream: null,
    },
  ],
  create: ([values], { log }) => {
    const grant = readGrantOptions(values, log);
    const renewals = new GrantRenewals(grant.provider);
    retainSessions();
    return {
      request: async (ctx) => {
        const { session, cookies } = grant.flow.takeSession(ctx);
        const current = session === null ? null : await renewals.current(session, ctx);
        if (current !== null && current !== session)
          ctx.state.set(refreshedCookies, grant.flow.keep(current, ctx.request.host));
        if (current === null || !(await letPass(ctx, current, grant))) await depart(ctx, grant, cookies);
      },
      response({ state, response }) {
        for (const cookie of state.get(refreshedCookies) ?? []) response.headers.append('Set-Cookie', cookie);
      },
      close: () => close(grant),
    };
  },
});

function close({ keyring }: GrantOptions): void {
  keyring.close();
  releaseSessions();
}

/** Lets the request pass if the token is good; says whether it is. */
async function letPass(ctx: FilterContext, session: GrantSession, grant: GrantOptions): Promise<boolean> {
  const { accessToken } = session;
  if (grant.tokenInfo !== null) {
    const answer = await grant.tokenInfo.about(accessToken, ctx);
    if ('refusal' in answer) {
      if (answer.refusal === bearerRefusal.unavailable) throw unavailable('the token info endpoint could not be asked');
      return false;
    }
    const subject = grant.subjectOf(answer.facts);
    const facts = { ...answer.facts, sub: subject };
    admit(ctx, subject);
    ctx.state.set(tokenInfo, facts);
    ctx.state.set(verifiedClaims, facts);
  }
  if (grant.header !== null) ctx.request.headers.assert(grant.header, `Bearer ${accessToken}`);
  return true;
}

async function depart(ctx: FilterContext, { flow }: GrantOptions, cookies: ReadonlyMap<string, string>): Promise<void> {
  const stub = ctx.state.get(annotations)?.get(STUB);
  ctx.state.delete(refreshedCookies);
  if (stub === undefined || ctx.request.method !== 'GET') return flow.depart(ctx, cookies);
  const { location, setCookies } = await flow.begin(ctx, cookies);
  ctx.serve({
    status: 200,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Auth-Code-Url': location.href,
      'Set-Cookie': setCookies,
    },
    body: stub.replaceAll('{{authCodeURL}}', () => location.href).replaceAll('{authCodeURL}', () => location.href),
  });
}

/** Takes users back from the provider. */
export const grantCallback = defineFilter({
  name: 'grantCallback',
  summary: 'Takes users that oauthGrant sent to the provider back, and sends them on to where they wanted to go.',
  details: `A callback that this browser did not start, or whose code the provider does not take, gets 401.\n\n${SETTINGS}`,
  source: 'Skipper; RFC 6749 §4.1.2',
  args: [options],
  examples: [
    {
      title: 'A callback that nobody started',
      route: `Path("/.well-known/oauth2-callback") -> grantCallback(${SHOWN}) -> <shunt>`,
      request: { target: '/.well-known/oauth2-callback?code=x&state=y' },
      response: { status: 401 },
    },
  ],
  create: ([values], { log }) => {
    const { flow, keyring } = readGrantOptions(values, log);
    return {
      request: (ctx) => flow.arrive(ctx, flow.takeSession(ctx).cookies),
      close: () => keyring.close(),
    };
  },
});

/** Logs users out. */
export const grantLogout = defineFilter({
  name: 'grantLogout',
  summary: "Calls the tokens of oauthGrant's cookies back at the provider, and removes the cookies.",
  details: `The tokens are called back where the provider has a URL for that; whoever has none then gets 401, and a provider that fails 502, but the cookies go all the same. The response is that of the route. A copy of the cookies is worth nothing afterwards, in any data thread of this process; other processes know of it where the provider says so, by tokeninfo.

A request that another site made gets 403 and changes nothing. It is one of this site when Sec-Fetch-Site is not "cross-site", and a GET opens a page (Sec-Fetch-Mode: navigate, not ahead of time); without that field when Origin, else Referer, names the host; without any of them a POST is taken, a GET is not.\n\n${SETTINGS}`,
  source: 'Skipper; RFC 7009; W3C, Fetch Metadata Request Headers',
  args: [options],
  examples: [
    {
      title: 'Nobody is logged in',
      route: `Path("/logout") -> grantLogout(${SHOWN}, "revoke=http://127.0.0.1:1/revoke") -> <shunt>`,
      request: { method: 'POST', target: '/logout' },
      response: { status: 401 },
    },
  ],
  create: ([values], { log }) => {
    const grant = readGrantOptions(values, log);
    retainSessions();
    return {
      request: async (ctx) => {
        const { session, cookies } = grant.flow.takeSession(ctx);
        if (!isOwnWish(ctx.request)) return refuse(ctx, { status: 403, reason: 'cross-site-logout' });
        if (session !== null) endedSessions.tell(session.id, true, session.endsAt);
        ctx.state.set(refreshedCookies, grant.flow.forget(cookies, ctx.request.host));
        if (!grant.canRevoke) return;
        if (session === null) refuse(ctx, { status: 401, reason: 'missing-token', challenge: 'Bearer' });
        else await revoke(session, grant);
      },
      response({ state, response }) {
        for (const cookie of state.get(refreshedCookies) ?? []) response.headers.append('Set-Cookie', cookie);
      },
      close: () => close(grant),
    };
  },
});

async function revoke({ accessToken, refreshToken }: GrantSession, { provider }: GrantOptions): Promise<void> {
  const tokens = refreshToken === null ? [accessToken] : [refreshToken, accessToken];
  try {
    for (const token of tokens) await openid().tokenRevocation(provider(), token);
  } catch (error) {
    const { message } = error as Error;
    throw new ProxyError({ code: 'auth-revocation-failed', status: 502, source: 'upstream', message, cause: error });
  }
}
