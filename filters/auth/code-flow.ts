import { hash, timingSafeEqual } from 'node:crypto';
import type * as client from 'openid-client';
import { type FilterContext, ProxyError, queryValue, type ResponseInit } from '../../src/plugin/index.ts';
import { boundedFetch } from './ask.ts';
import { type CookieScope, joinChunks, takeCookies, writeChunks, writeCookie } from './browser-cookies.ts';
import type { Fresh } from './fresh.ts';
import type { Keyring } from './keyring.ts';
import { openid } from './libraries.ts';
import { refuse } from './refusal.ts';

/** How long a user may take to log in at the provider, in seconds. */
const LOGIN_S = 600;

/** What the tokens that a login brought are. */
export type Tokens = client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;

/** How users are sent to the provider and come back. */
export interface CodeFlowOptions<S extends Session> {
  readonly configuration: Pick<Fresh<client.Configuration>, 'ready'>;
  readonly keys: () => Keyring;
  readonly cookies: CookieScope;
  /** Where the provider sends users back to. */
  readonly callbackUrl: (ctx: FilterContext) => URL;
  /** Parameters for the authorization endpoint besides those of the protocol. */
  readonly parameters: (ctx: FilterContext) => Record<string, string>;
  /** Whether the provider must say who the user is, in an ID token. */
  readonly expectsIdToken: boolean;
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

  constructor(options: CodeFlowOptions<S>) {
    this.#options = options;
  }

  /** Takes the cookies out of the request; the session they hold, or null. */
  takeSession(ctx: FilterContext): { session: S | null; cookies: ReadonlyMap<string, string> } {
    const { prefix } = this.#options.cookies;
    const cookies = takeCookies(ctx.request.headers, prefix);
    const sealed = joinChunks(cookies, prefix);
    const session = sealed === null ? null : (this.#options.keys().open(prefix, sealed) as S | null);
    return { session: session !== null && session.endsAt > nowS() ? session : null, cookies };
  }

  /** Sends the user to the provider; whoever cannot be sent (no GET) is refused. */
  async depart(ctx: FilterContext): Promise<void> {
    const { request } = ctx;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(ctx, { status: 401, reason: 'missing-token', challenge: 'Bearer' });
      return;
    }
    const { location, setCookie } = await this.begin(ctx);
    ctx.serve(redirect(location.href, [setCookie]));
  }

  /** Prepares a login: where to send the user, and the cookie for his way back. */
  async begin(ctx: FilterContext): Promise<{ location: URL; setCookie: string }> {
    const configuration = await this.#configuration();
    const { callbackUrl, parameters, cookies, keys, expectsIdToken } = this.#options;
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
    const value = keys().seal(name, journey);
    return { location, setCookie: writeCookie(cookies, ctx.request.host, { name, value, lifeS: LOGIN_S }) };
  }

  /** Takes a user back from the provider and sends him where he wanted to go; anyone else gets 401. */
  async arrive(ctx: FilterContext, cookies: ReadonlyMap<string, string>): Promise<void> {
    const { host, query } = ctx.request;
    const state = queryValue(query, 'state') ?? '';
    const name = this.#journeyName(state);
    const journey = this.#journey(cookies.get(name), state);
    const forget = writeCookie(this.#options.cookies, host, { name, value: '', lifeS: 0 });
    const session = journey === null ? null : await this.#exchange(ctx, journey);
    if (journey === null || session === null) {
      refuse(ctx, { status: 401, reason: 'invalid-access', challenge: 'Bearer' });
      ctx.response.headers.append('Set-Cookie', forget);
      return;
    }
    ctx.serve(redirect(journey.target, [...this.keep(session, host), forget]));
  }

  /** The Set-Cookie lines that keep a session. */
  keep(session: S, host: string): string[] {
    const { cookies, keys } = this.#options;
    const value = keys().seal(cookies.prefix, session);
    return writeChunks(cookies, host, { name: cookies.prefix, value, lifeS: session.endsAt - nowS() });
  }

  /** The Set-Cookie lines that end what `takeSession` found. */
  forget(found: ReadonlyMap<string, string>, host: string): string[] {
    return [...found.keys()].map((name) => writeCookie(this.#options.cookies, host, { name, value: '', lifeS: 0 }));
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
    const journey = this.#options.keys().open(this.#journeyName(state), sealed) as Journey | null;
    return journey !== null && journey.endsAt > nowS() && sameText(journey.state, state) ? journey : null;
  }

  async #exchange(ctx: FilterContext, { state, nonce, verifier }: Journey): Promise<S | null> {
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
      return await sessionOf(configuration, tokens);
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

/** The target as a place on this site: one that begins with two slashes would lead to another. */
function ownTarget(target: string): string {
  return target.replace(/^[/\\]+/, '/');
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
