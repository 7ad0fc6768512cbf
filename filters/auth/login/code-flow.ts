import { hash, timingSafeEqual } from 'node:crypto';
import type * as client from 'openid-client';
import { type FilterContext, ProxyError, queryValue, type ResponseInit } from '../../../src/plugin/index.ts';
import { boundedFetch } from '../lib/ask.ts';
import type { Fresh } from '../lib/fresh.ts';
import { openid } from '../lib/libraries.ts';
import { refuse } from '../lib/refusal.ts';
import { type CookieScope, joinChunks, takeCookies, writeChunks, writeCookie } from './browser-cookies.ts';
import { opensPage } from './fetch-metadata.ts';
import type { Keyring } from './keyring.ts';

/** How long a user may take to log in at the provider, in seconds. */
const LOGIN_S = 600;
/**
 * How many logins a browser may have under way; the oldest makes room for one more. Their cookies are for the whole
 * site and not for the callback alone: whoever starts one more login must see those that there are.
 */
const MAX_JOURNEYS = 4;
/** How many cookies of abandoned logins one answer takes away. */
const MAX_FORGOTTEN = 40;
/** A longer target does not fit into a cookie; the user comes back to its path, or to the start page. */
const MAX_TARGET_LENGTH = 2000;

/** What the tokens that a login brought are. */
export type Tokens = client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;

/** How users are sent to the provider and come back. */
export interface CodeFlowOptions<S extends Session> {
  readonly configuration: Pick<Fresh<client.Configuration>, 'ready'>;
  readonly keys: () => Keyring;
  readonly cookies: CookieScope;
  /** Who vouches for a session, and for whom: one of another provider or client does not count. */
  readonly boundTo: readonly string[];
  /** Where the provider sends users back to. */
  readonly callbackUrl: (ctx: FilterContext) => URL;
  /** Parameters for the authorization endpoint besides those of the protocol. */
  readonly parameters: (ctx: FilterContext) => Record<string, string>;
  /** Whether the provider must say who the user is, in an ID token. */
  readonly expectsIdToken: boolean;
  /** Whether a session was ended before its time. Default: none can be. */
  readonly isEnded?: (session: S) => boolean;
  /** What is kept of a login. @throws Error to refuse it. */
  readonly sessionOf: (configuration: client.Configuration, tokens: Tokens) => Promise<S>;
}

/** What is kept of a login, sealed, in cookies of the browser. */
export interface Session {
  /** When it ends, in seconds since the epoch. */
  readonly endsAt: number;
}

/** What is kept, sealed, while a user is at the provider. */
interface Journey {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Where the user wanted to go: path and query. */
  readonly target: string;
  readonly endsAt: number;
}

const nowS = (): number => Math.floor(Date.now() / 1000);

/**
 * The authorization code flow with PKCE, state and nonce: sends users to the provider, takes them back and keeps what
 * they are logged in as in sealed cookies. Source: RFC 6749 §4.1, RFC 7636, RFC 9700, OpenID Connect Core 1.0 §3.1.
 */
export class CodeFlow<S extends Session> {
  readonly #options: CodeFlowOptions<S>;
  readonly #sessionPurpose: string;

  constructor(options: CodeFlowOptions<S>) {
    this.#options = options;
    this.#sessionPurpose = this.#purpose(options.cookies.prefix);
  }

  /** Takes the cookies out of the request; the session they hold, or null. */
  takeSession(ctx: FilterContext): { session: S | null; cookies: ReadonlyMap<string, string> } {
    const { prefix } = this.#options.cookies;
    const cookies = takeCookies(ctx.request.headers, prefix);
    const sealed = joinChunks(cookies, prefix);
    const session = sealed === null ? null : (this.#options.keys().open(this.#sessionPurpose, sealed) as S | null);
    const isAlive = session !== null && session.endsAt > nowS() && !this.#options.isEnded?.(session);
    return { session: isAlive ? session : null, cookies };
  }

  /** Sends the user to the provider; whoever cannot be sent (no GET, or no page that is opened) is refused. */
  async depart(ctx: FilterContext, cookies: ReadonlyMap<string, string>): Promise<void> {
    if (!opensPage(ctx.request)) {
      refuse(ctx, { status: 401, reason: 'missing-token', challenge: 'Bearer' });
      return;
    }
    const { location, setCookies } = await this.begin(ctx, cookies);
    ctx.serve(redirect(location.href, setCookies));
  }

  /**
   * Prepares a login: where to send the user, and the cookies for the callback. Of the logins that this browser has
   * under way, by its `cookies`, the oldest go, so that what is never finished does not fill it with cookies.
   */
  async begin(
    ctx: FilterContext,
    cookies: ReadonlyMap<string, string>,
  ): Promise<{ location: URL; setCookies: string[] }> {
    const configuration = await this.#configuration();
    const { callbackUrl, parameters, keys, expectsIdToken } = this.#options;
    const journey: Journey = {
      state: openid().randomState(),
      nonce: openid().randomNonce(),
      verifier: openid().randomPKCECodeVerifier(),
      target: ownTarget(ctx.request.target),
      endsAt: nowS() + LOGIN_S,
    };
    const location = openid().buildAuthorizationUrl(configuration, {
      ...parameters(ctx),
      redirect_uri: callbackUrl(ctx).href,
      state: journey.state,
      ...(expectsIdToken ? { nonce: journey.nonce } : {}),
      code_challenge: await openid().calculatePKCECodeChallenge(journey.verifier),
      code_challenge_method: 'S256',
    });
    const name = this.#journeyName(journey.state);
    const value = keys().seal(this.#purpose(name), journey);
    const kept = writeCookie(this.#options.cookies, ctx.request.host, { name, value, lifeS: LOGIN_S });
    return { location, setCookies: [kept, ...this.#forgetOldest(cookies, ctx.request.host)] };
  }

  /** The Set-Cookie lines that make room for one more login. Browsers send the oldest cookies first (RFC 6265 §5.4). */
  #forgetOldest(found: ReadonlyMap<string, string>, host: string): string[] {
    const journeys = [...found].filter(([name]) => name.startsWith(`${this.#options.cookies.prefix}-`));
    const surplus = journeys.slice(0, Math.max(0, journeys.length - (MAX_JOURNEYS - 1))).slice(0, MAX_FORGOTTEN);
    return this.forget(new Map(surplus), host);
  }

  /** Takes a user back from the provider and redirects to the page that was asked for; anyone else gets 401. */
  async arrive(ctx: FilterContext, cookies: ReadonlyMap<string, string>): Promise<void> {
    const { host, query } = ctx.request;
    const state = queryValue(query, 'state') ?? '';
    const name = this.#journeyName(state);
    const journey = this.#journey(cookies.get(name), state);
    const forget = writeCookie(this.#options.cookies, host, { name, value: '', lifeS: 0 });
    const kept = journey === null ? null : await this.#exchange(ctx, journey);
    if (journey === null || kept === null) {
      refuse(ctx, { status: 401, reason: 'invalid-access', challenge: 'Bearer' });
      ctx.response.headers.append('Set-Cookie', forget);
      return;
    }
    ctx.serve(redirect(journey.target, [...kept, forget]));
  }

  /** The Set-Cookie lines that keep a session. @throws Error when it is too large for cookies. */
  keep(session: S, host: string): string[] {
    const { cookies, keys } = this.#options;
    const value = keys().seal(this.#sessionPurpose, session);
    return writeChunks(cookies, host, { name: cookies.prefix, value, lifeS: session.endsAt - nowS() });
  }

  /** The Set-Cookie lines that end what `takeSession` found. */
  forget(found: ReadonlyMap<string, string>, host: string): string[] {
    return [...found.keys()].map((name) => writeCookie(this.#options.cookies, host, { name, value: '', lifeS: 0 }));
  }

  /** What a cookie is sealed for: nothing but this name, at this provider and client. */
  #purpose(name: string): string {
    return JSON.stringify([name, ...this.#options.boundTo]);
  }

  async #configuration(): Promise<client.Configuration> {
    const configuration = await this.#options.configuration.ready();
    if (configuration !== null) return configuration;
    throw new ProxyError({
      code: 'auth-provider-unknown',
      status: 503,
      source: 'internal',
      message: 'the metadata of the OpenID provider could not be loaded',
    });
  }

  #journey(sealed: string | undefined, state: string): Journey | null {
    if (sealed === undefined) return null;
    const journey = this.#options.keys().open(this.#purpose(this.#journeyName(state)), sealed) as Journey | null;
    return journey !== null && journey.endsAt > nowS() && sameText(journey.state, state) ? journey : null;
  }

  /** Trades the code for tokens; the Set-Cookie lines that keep them, or null when there are none to be had. */
  async #exchange(ctx: FilterContext, { state, nonce, verifier }: Journey): Promise<string[] | null> {
    const { callbackUrl, expectsIdToken, sessionOf } = this.#options;
    const configuration = await this.#configuration();
    const here = callbackUrl(ctx);
    here.search = ctx.request.query ?? '';
    try {
      const tokens = await openid().authorizationCodeGrant(configuration, here, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        ...(expectsIdToken ? { expectedNonce: nonce, idTokenExpected: true } : {}),
      });
      return this.keep(await sessionOf(configuration, tokens), ctx.request.host);
    } catch (error) {
      const { message, cause } = error as Error;
      ctx.log.warn('a login failed', { message, ...(cause instanceof Error ? { cause: cause.message } : {}) });
      return null;
    }
  }

  /** One for each login under way, so that several tabs do not spoil each other's. */
  #journeyName(state: string): string {
    return `${this.#options.cookies.prefix}-${hash('sha256', state).slice(0, 8)}`;
  }
}

function redirect(location: string, cookies: readonly string[]): ResponseInit {
  return { status: 307, headers: { Location: location, 'Cache-Control': 'no-store', 'Set-Cookie': [...cookies] } };
}

/** The target as a place on this site, as far as a cookie holds it: one that begins with two slashes would lead to another. */
function ownTarget(target: string): string {
  const own = target.replace(/^[/\\]+/, '/');
  if (own.length <= MAX_TARGET_LENGTH) return own;
  const path = own.slice(0, Math.max(0, own.indexOf('?')));
  return path !== '' && path.length <= MAX_TARGET_LENGTH ? path : '/';
}

function sameText(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}

/** Loads what a provider says of itself. Plain http is for providers on the way to nowhere, such as in tests. */
export async function loadProvider(issuer: string, id: string, secret: string): Promise<client.Configuration> {
  const execute = new URL(issuer).protocol === 'http:' ? [openid().allowInsecureRequests] : [];
  const bounds = { timeout: 5, [openid().customFetch]: boundedFetch };
  const found = await openid().discovery(new URL(issuer), id, secret, undefined, { execute, ...bounds });
  const server = found.serverMetadata();
  // Without a word about it a server takes Basic (OpenID Connect Discovery 1.0 §3).
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const authentication = methods.includes('client_secret_basic')
    ? openid().ClientSecretBasic(secret)
    : openid().ClientSecretPost(secret);
  const configuration = new (openid().Configuration)(server, id, secret, authentication);
  Object.assign(configuration, bounds);
  openid().enableNonRepudiationChecks(configuration);
  for (const each of execute) each(configuration);
  return configuration;
}
