import {
  type Arg,
  ArgError,
  arg,
  defineFilter,
  type Filter,
  type Log,
  MASKED,
  withoutSecrets,
} from '../../../src/plugin/index.ts';
import { shownCredential } from '../../lib/options.ts';
import { tokenIntrospection } from '../lib/auth-state.ts';
import { bearerToken } from '../lib/credentials.ts';
import { discover } from '../lib/discovery.ts';
import { Fresh, shareFresh } from '../lib/fresh.ts';
import { admit, bearerRefusal, refuse, refusesDoubled } from '../lib/refusal.ts';
import { TokenClient } from '../lib/token-client.ts';
import { readUrl, urlArgument } from '../lib/url-argument.ts';
import { claimsIn, pairsIn, type Quantifier, type Requirement } from './requirements.ts';

const ENDPOINT = `The issuer's introspection endpoint is found by its metadata at <issuer>/.well-known/openid-configuration, which are loaded in the background and refreshed every 15 minutes. It is sent the bearer token of each request and answers whether that is active and what is known of it. Without a token, or with one that is not active or has no "sub", the request gets 401; so it does when the endpoint cannot be asked, and the log says why. What is known is kept for forwardToken, the "sub" noted for the access log. Several of these filters in one route ask once.

Differences from Skipper: nothing is fetched while routes are loaded; a token that is good but lacks what is required gets 403, not 401 (RFC 6750 §3.1); claims count at the top of the answer (RFC 7662) as well as below "claims"; whether the issuer supports a claim is not checked.`;

const OPEN = 'Credentials for the endpoint may stand in the URL of the issuer: "https://id:secret@issuer.example".';
const SECURE =
  'Client id and secret authenticate this proxy at the endpoint; where one is empty, the environment variable OAUTH_CLIENT_ID or OAUTH_CLIENT_SECRET counts.';

interface Client {
  readonly id: string;
  readonly secret: string;
}

function introspectionFilter(issuerUrl: string, client: Client | null, holds: Requirement, log: Log): Filter {
  const { fresh, release } = shareFresh(`metadata ${issuerUrl}`, () => new Fresh(() => discover(issuerUrl), log));
  const authorization = client === null ? {} : { Authorization: basic(client) };
  const endpoint = new TokenClient({
    name: `${issuerUrl} ${client?.id ?? ''}`,
    async url() {
      const metadata = await fresh.ready();
      if (metadata === null) throw new Error('the metadata of the issuer could not be loaded');
      return metadata.url('introspection_endpoint');
    },
    question: (token) => ({
      method: 'POST',
      headers: { ...authorization, Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
    }),
  });
  return {
    request: async (ctx) => {
      if (refusesDoubled(ctx)) return;
      const token = bearerToken(ctx.request.headers);
      if (token === null) return refuse(ctx, bearerRefusal.missing);
      const answer = await endpoint.about(token, ctx);
      if ('refusal' in answer) return refuse(ctx, answer.refusal);
      const { sub, active } = answer.facts;
      if (active !== true) return refuse(ctx, { ...bearerRefusal.invalid, reason: 'inactive-token' });
      if (typeof sub !== 'string') return refuse(ctx, { ...bearerRefusal.invalid, reason: 'invalid-sub-in-token' });
      if (!holds(answer.facts)) return refuse(ctx, { ...bearerRefusal.scope, reason: 'invalid-claim' });
      admit(ctx, sub);
      ctx.state.set(tokenIntrospection, answer.facts);
    },
    close: release,
  };
}

/** Id and secret as RFC 6749 §2.3.1 wants them: encoded like a form before they are joined. */
function basic({ id, secret }: Client): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
}

const USER_INFO = /^(https?:\/\/)[^/?#]*@/i;

/** The issuer without credentials, and these. @throws Error when it is no URL. */
function splitIssuer(url: string | number): { issuer: string; client: Client | null } {
  const issuer = readUrl(String(url).replace(USER_INFO, '$1'));
  const { username, password } = new URL(String(url));
  if (username === '') return { issuer, client: null };
  return { issuer, client: { id: decodeURIComponent(username), secret: decodeURIComponent(password) } };
}

function clientOf(id: string, secret: string): Client {
  const client = {
    id: id === '' ? (process.env['OAUTH_CLIENT_ID'] ?? '') : id,
    secret: secret === '' ? (process.env['OAUTH_CLIENT_SECRET'] ?? '') : secret,
  };
  if (client.id === '') throw new ArgError('expected a client id, or the environment variable OAUTH_CLIENT_ID', 1);
  if (client.secret === '')
    throw new ArgError('expected a client secret, or the environment variable OAUTH_CLIENT_SECRET', 2);
  return client;
}

/** One family: how it is named, what its last arguments are, and what is required of a token. */
interface Kind {
  readonly what: 'Claims' | 'KV';
  readonly how: Quantifier;
  readonly summary: string;
  readonly wanted: Arg<string>;
  /** The last arguments of the example. */
  readonly shown: string;
  require(values: readonly string[], at: number): Requirement;
}

const kinds = {
  anyClaims: {
    what: 'Claims',
    how: 'any',
    summary: 'Lets only requests pass whose bearer token the issuer knows with at least one of the claims.',
    wanted: arg.string('claim', { doc: 'name of a claim' }),
    shown: '"email", "phone"',
    require: (values) => claimsIn('any', values),
  },
  allClaims: {
    what: 'Claims',
    how: 'all',
    summary: 'Lets only requests pass whose bearer token the issuer knows with all of the claims.',
    wanted: arg.string('claim', { doc: 'name of a claim' }),
    shown: '"email", "phone"',
    require: (values) => claimsIn('all', values),
  },
  anyKv: {
    what: 'KV',
    how: 'any',
    summary: 'Lets only requests pass for whose bearer token the issuer names at least one of the values.',
    wanted: arg.string('key, value', { doc: 'in turn' }),
    shown: '"client_id", "shop", "client_id", "app"',
    require: (values, at) => pairsIn('any', values, at),
  },
  allKv: {
    what: 'KV',
    how: 'all',
    summary: 'Lets only requests pass for whose bearer token the issuer names all of the values.',
    wanted: arg.string('key, value', { doc: 'in turn' }),
    shown: '"client_id", "shop", "scope", "read"',
    require: (values, at) => pairsIn('all', values, at),
  },
} as const satisfies Record<string, Kind>;

const ISSUER = 'what its metadata stand below';
const issuerArgument = urlArgument('issuer', ISSUER);
const openIssuerArgument = arg.custom('issuer', 'URL', splitIssuer, {
  doc: ISSUER,
  secret: (url) => withoutSecrets(url.replace(USER_INFO, `$1${MASKED}@`)),
});

const nameOf = ({ how, what }: Kind): string => `${how === 'any' ? 'Any' : 'All'}${what}`;

const example = (call: string) => [
  {
    title: 'Without a token',
    route: `* -> ${call} -> "http://origin.example"`,
    response: { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } },
    upstream: null,
  },
];

function open(kind: Kind) {
  const name = `oauthTokenintrospection${nameOf(kind)}`;
  return defineFilter({
    name,
    summary: kind.summary,
    details: `${OPEN} ${ENDPOINT}`,
    source: 'Skipper; RFC 7662',
    args: [openIssuerArgument, arg.rest(kind.wanted, 1)],
    examples: example(`${name}("http://127.0.0.1:1", ${kind.shown})`),
    create: ([{ issuer, client }, values], { log }) =>
      introspectionFilter(issuer, client, kind.require(values, 1), log),
  });
}

function secure(kind: Kind) {
  const name = `secureOauthTokenintrospection${nameOf(kind)}`;
  return defineFilter({
    name,
    summary: kind.summary,
    details: `${SECURE} ${ENDPOINT}`,
    source: 'Skipper; RFC 7662',
    args: [
      issuerArgument,
      arg.string('clientId', { doc: 'of this proxy at the issuer' }),
      arg.string('clientSecret', { doc: 'belonging to it', secret: shownCredential }),
      arg.rest(kind.wanted, 1),
    ],
    examples: example(`${name}("http://127.0.0.1:1", "gateway", "secret", ${kind.shown})`),
    create: ([issuer, id, secret, values], { log }) =>
      introspectionFilter(issuer, clientOf(id, secret), kind.require(values, 3), log),
  });
}

/** Asks the issuer for one of some claims. */
export const oauthTokenintrospectionAnyClaims = open(kinds.anyClaims);
/** Asks the issuer for some claims. */
export const oauthTokenintrospectionAllClaims = open(kinds.allClaims);
/** Asks the issuer for one of some values. */
export const oauthTokenintrospectionAnyKv = open(kinds.anyKv);
/** Asks the issuer for some values. */
export const oauthTokenintrospectionAllKv = open(kinds.allKv);
/** Asks the issuer, as a client it knows, for one of some claims. */
export const secureOauthTokenintrospectionAnyClaims = secure(kinds.anyClaims);
/** Asks the issuer, as a client it knows, for some claims. */
export const secureOauthTokenintrospectionAllClaims = secure(kinds.allClaims);
/** Asks the issuer, as a client it knows, for one of some values. */
export const secureOauthTokenintrospectionAnyKv = secure(kinds.anyKv);
/** Asks the issuer, as a client it knows, for some values. */
export const secureOauthTokenintrospectionAllKv = secure(kinds.allKv);
