import {
  ArgError,
  arg,
  defineFilter,
  type Filter,
  type FilterContext,
  type HeaderList,
  isToken,
  type Log,
  requestCookies,
} from '../../../src/plugin/index.ts';
import { readOptions } from '../../lib/options.ts';
import { type Claims, verifiedClaims } from '../lib/auth-state.ts';
import { bearerToken } from '../lib/credentials.ts';
import { Fresh, shareFresh } from '../lib/fresh.ts';
import { admit, bearerRefusal, doubledCredentials, refuse, refusesDoubled } from '../lib/refusal.ts';
import { urlArgument } from '../lib/url-argument.ts';
import { JwtVerifier, type TokenRules } from './jwt-verifier.ts';
import { type KeySet, loadIssuerKeys, loadKeys } from './key-set.ts';

const OPTION_NAMES = ['aud', 'iss', 'leeway', 'cookie'] as const;

const options = arg.rest(
  arg.string('option', {
    doc: '"aud=…" an audience (may be repeated: one of them), "iss=…" an issuer (likewise), "leeway=…" seconds clocks may differ (default 0), "cookie=…" where the token is if not in Authorization',
  }),
);

const TOKENS = `The token follows "Bearer" in Authorization, else in the cookie named by "cookie=…". It must be a JWT signed with a private key (RS, PS, ES or EdDSA); "none" and shared secrets (HS) are refused whatever the key set holds. "exp" and "nbf" are checked where the token has them. Its claims are kept for oidcClaimsQuery and forwardTokenField, its "sub" for the access log.

Keys are loaded in the background: at the start, every 15 minutes, and, a few times in a minute at most, when a token names a key that is not known. A server that cannot be reached neither holds up a reload nor fails requests whose keys are known; before the first keys have come, requests wait for them up to 5 seconds and then get 503. While they cannot be loaded at all the server is asked again after 1, 2, 4, 8 and then every 10 seconds, however many requests come.`;

/** Checks JWTs against the keys an issuer publishes. */
export const jwtValidation = defineFilter({
  name: 'jwtValidation',
  summary: 'Lets only requests pass that bear a valid JWT of the OpenID Connect issuer; others get 401.',
  details: `The keys are found by the metadata at <issuer>/.well-known/openid-configuration. The token must have a "sub". ${TOKENS}

Differences from Skipper: nothing is fetched while routes are loaded; the token must name the issuer in "iss"; options are new.`,
  source: 'Skipper; RFC 7519, RFC 8725, OpenID Connect Discovery 1.0',
  args: [urlArgument('issuer', 'what its metadata stand below'), options],
  examples: [
    {
      title: 'Without a token',
      route: '* -> jwtValidation("http://127.0.0.1:1", "aud=shop", "leeway=5") -> "http://origin.example"',
      response: { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } },
      upstream: null,
    },
  ],
  create: ([issuer, values], { log }) => {
    const read = readJwtOptions(values, 1);
    return new JwtFilter(`issuer ${issuer}`, () => loadIssuerKeys(issuer), read, log);
  },
});

/** Checks JWTs against the keys at a URL. */
export const jwtValidationKeys = defineFilter({
  name: 'jwtValidationKeys',
  summary: 'Lets only requests pass that bear a JWT signed with one of the keys at the URL; others get 401.',
  details: `For issuers without OpenID Connect metadata. The issuer is not checked unless "iss=…" says so. ${TOKENS}

Differences from Skipper: nothing is fetched while routes are loaded; options are new.`,
  source: 'Skipper; RFC 7517 §5, RFC 7519, RFC 8725',
  args: [urlArgument('url', 'of the JSON Web Key Set'), options],
  examples: [
    {
      title: 'Without a token',
      route:
        '* -> jwtValidationKeys("http://127.0.0.1:1/jwks.json", "iss=https://issuer.example") -> "http://origin.example"',
      response: { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } },
      upstream: null,
    },
  ],
  create: ([url, values], { log }) => {
    const read = readJwtOptions(values, 1);
    return new JwtFilter(`keys ${url}`, () => loadKeys(url), { ...read, needsSubject: false }, log);
  },
});

interface JwtOptions extends TokenRules {
  readonly cookie: string | null;
  readonly needsSubject: boolean;
}

function readJwtOptions(values: readonly string[], at: number): JwtOptions {
  const { aud, iss, leeway, cookie } = readOptions(values, OPTION_NAMES, at);
  const fault = (start: string, wanted: string): ArgError =>
    new ArgError(`expected ${wanted}`, at + values.findIndex((value) => value.startsWith(start)));
  if (leeway.length > 1 || !/^\d{0,4}$/.test(leeway[0] ?? ''))
    throw fault('leeway=', 'one "leeway=…" with whole seconds');
  if (cookie.length > 1 || !isToken(cookie[0] ?? 'x')) throw fault('cookie=', 'one "cookie=…" with a cookie name');
  return {
    audiences: aud,
    issuers: iss,
    leewayS: Number(leeway[0] ?? 0),
    cookie: cookie[0] ?? null,
    needsSubject: true,
  };
}

class JwtFilter implements Filter {
  readonly #verifier: JwtVerifier;
  readonly #options: JwtOptions;
  readonly close: () => void;

  constructor(key: string, load: () => Promise<KeySet>, options: JwtOptions, log: Log) {
    const { fresh, release } = shareFresh(key, () => new Fresh(load, log));
    this.#verifier = new JwtVerifier(fresh, options);
    this.#options = options;
    this.close = release;
  }

  request(ctx: FilterContext): void | Promise<void> {
    if (refusesDoubled(ctx)) return;
    const token = this.#tokenOf(ctx);
    if (token === DOUBLED) return refuse(ctx, doubledCredentials);
    if (token === null) return refuse(ctx, bearerRefusal.missing);
    const found = this.#verifier.verify(token);
    return found instanceof Promise ? found.then((claims) => this.#conclude(ctx, claims)) : this.#conclude(ctx, found);
  }

  #tokenOf({ request: { headers } }: FilterContext): string | typeof DOUBLED | null {
    const { cookie } = this.#options;
    const token = bearerToken(headers);
    if (cookie === null) return token;
    const inCookies = cookieToken(headers, cookie);
    return inCookies === DOUBLED ? DOUBLED : (token ?? inCookies);
  }

  #conclude(ctx: FilterContext, claims: Claims | Error): void {
    if (claims instanceof Error) {
      ctx.log.debug('the token is not valid', { message: claims.message });
      refuse(ctx, bearerRefusal.invalid);
    } else if (this.#options.needsSubject && !isSubject(claims['sub'])) {
      refuse(ctx, { ...bearerRefusal.invalid, reason: 'invalid-sub-in-token' });
    } else {
      admit(ctx, claims['sub']);
      ctx.state.set(verifiedClaims, claims);
    }
  }
}

/** Stands for two tokens where there may be one: whoever stands behind may believe the other. */
const DOUBLED = Symbol('two tokens');

/** The token in the cookie, or null. The same one twice is one. */
function cookieToken(headers: HeaderList, cookie: string): string | typeof DOUBLED | null {
  let token: string | null = null;
  for (const [name, value] of requestCookies(headers)) {
    if (name !== cookie) continue;
    if (token !== null && token !== value) return DOUBLED;
    token = value;
  }
  return token;
}

function isSubject(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
