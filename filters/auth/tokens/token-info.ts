import { ArgError, arg, defineFilter, type Filter } from '../../../src/plugin/index.ts';
import { tokenInfo } from '../lib/auth-state.ts';
import { bearerToken } from '../lib/credentials.ts';
import { admit, bearerRefusal, refuse, refusesDoubled } from '../lib/refusal.ts';
import { pairsIn, type Requirement, scopesIn } from './requirements.ts';
import { TOKEN_INFO_VARIABLE, tokenInfoClient } from './token-info-client.ts';

const ENDPOINT = `The bearer token of the request is sent to the token info endpoint, which answers 200 with a JSON object, or 401 or 403 for a token that is not valid. Its URL is the environment variable ${TOKEN_INFO_VARIABLE}, or the first argument "url=https://…". Further options may follow it: "timeout=2s" (the default), and "cache=30s" to use answers again, never longer than "expires_in" (default: no cache, so that a token that was called back is refused at once). Without a token, or with one that is not valid, the request gets 401; so it does when the endpoint cannot be asked, and the log says why. The answer is kept for forwardToken and its "uid" noted for the access log. Several of these filters in one route ask once.

Differences from Skipper: the names are always there, not only with a flag; the word "Bearer" may be written in any case; "scope" may also be one text with spaces between.`;

const EXAMPLE_URL = 'url=http://127.0.0.1:1/tokeninfo';

function tokenInfoFilter(
  values: readonly string[],
  require: (rest: readonly string[], at: number) => Requirement,
): Filter {
  const { client, at } = tokenInfoClient(values);
  const rest = values.slice(at);
  if (rest.length === 0) throw new ArgError('expected at least one requirement after the options', Math.max(0, at - 1));
  const holds = require(rest, at);
  return {
    request: async (ctx) => {
      if (refusesDoubled(ctx)) return;
      const token = bearerToken(ctx.request.headers);
      if (token === null) return refuse(ctx, bearerRefusal.missing);
      const answer = await client.about(token, ctx);
      if ('refusal' in answer) return refuse(ctx, answer.refusal);
      if (!holds(answer.facts)) return refuse(ctx, bearerRefusal.scope);
      admit(ctx, answer.facts['uid']);
      ctx.state.set(tokenInfo, answer.facts);
    },
  };
}

const scopes = arg.rest(arg.string('scope', { doc: 'options may stand before the first' }), 1);
const pairs = arg.rest(arg.string('key, value', { doc: 'in turn; options may stand before the first' }), 1);

const example = (call: string) => [
  {
    title: 'Without a token',
    route: `* -> ${call} -> "http://origin.example"`,
    response: { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } },
    upstream: null,
  },
];

/** Asks for one of some scopes. */
export const oauthTokeninfoAnyScope = defineFilter({
  name: 'oauthTokeninfoAnyScope',
  summary: 'Lets only requests pass whose bearer token has at least one of the scopes; others get 403.',
  details: ENDPOINT,
  source: 'Skipper; RFC 6750',
  args: [scopes],
  examples: example(`oauthTokeninfoAnyScope("${EXAMPLE_URL}", "read", "write")`),
  create: ([values]) => tokenInfoFilter(values, (wanted) => scopesIn('any', wanted)),
});

/** Asks for some scopes. */
export const oauthTokeninfoAllScope = defineFilter({
  name: 'oauthTokeninfoAllScope',
  summary: 'Lets only requests pass whose bearer token has all of the scopes; others get 403.',
  details: ENDPOINT,
  source: 'Skipper; RFC 6750',
  args: [scopes],
  examples: example(`oauthTokeninfoAllScope("${EXAMPLE_URL}", "read", "write")`),
  create: ([values]) => tokenInfoFilter(values, (wanted) => scopesIn('all', wanted)),
});

/** Asks for one of some fields. */
export const oauthTokeninfoAnyKv = defineFilter({
  name: 'oauthTokeninfoAnyKV',
  summary: 'Lets only requests pass for whose bearer token at least one field has its value; others get 403.',
  details: `Only fields that are text count. ${ENDPOINT}`,
  source: 'Skipper; RFC 6750',
  args: [pairs],
  examples: example(`oauthTokeninfoAnyKV("${EXAMPLE_URL}", "realm", "staff", "realm", "partners")`),
  create: ([values]) => tokenInfoFilter(values, (wanted, at) => pairsIn('any', wanted, at)),
});

/** Asks for some fields. */
export const oauthTokeninfoAllKv = defineFilter({
  name: 'oauthTokeninfoAllKV',
  summary: 'Lets only requests pass for whose bearer token all fields have their values; others get 403.',
  details: `Only fields that are text count. ${ENDPOINT}`,
  source: 'Skipper; RFC 6750',
  args: [pairs],
  examples: example(`oauthTokeninfoAllKV("${EXAMPLE_URL}", "realm", "staff", "uid", "ada")`),
  create: ([values]) => tokenInfoFilter(values, (wanted, at) => pairsIn('all', wanted, at)),
});
