import { arg, defineFilter, type FilterContext } from '../../../src/plugin/index.ts';
import { asciiJson, headerText } from '../lib/ascii.ts';
import { type Claims, tokenFacts, verifiedClaims } from '../lib/auth-state.ts';
import { readClaimQuery } from '../lib/claim-query.ts';

const header = arg.headerName('header', { writes: true });
const query = arg.custom('field', 'claim query', (value) => readClaimQuery(String(value)), {
  doc: 'name of a field, or a query such as "claims.email"',
});
const OURS_ALONE =
  "The header is never the client's: where there is nothing to forward it is removed. Text beyond ASCII goes as JSON escapes.";

/** Sends what is known of the token to the backend. */
export const forwardToken = defineFilter({
  name: 'forwardToken',
  summary: 'Gives the request header what an oauthTokeninfo or oauthTokenintrospection filter learnt, as JSON.',
  details: `Stands to the right of such a filter. With keys, only these are sent. ${OURS_ALONE}\n\nDifference from Skipper: without such a filter the header that a client made up is removed, not passed on.`,
  source: 'Skipper',
  args: [header, arg.rest(arg.string('key', { doc: 'sent if it is there; default: all' }))],
  examples: [
    {
      title: 'What the client claims of itself is dropped',
      route: '* -> forwardToken("X-Token", "uid", "scope") -> "http://origin.example"',
      request: { headers: { 'X-Token': '{"uid":"root"}' } },
      upstream: { headers: { 'X-Token': null } },
    },
  ],
  create: ([name, keys]) => ({
    request({ request: { headers }, state }) {
      const facts = tokenFacts(state);
      const shown = facts === undefined || keys.length === 0 ? facts : retained(facts, keys);
      headers.assert(name, shown === undefined ? null : asciiJson(shown));
    },
  }),
});

/** Sends one field of what is known of the token or the user to the backend. */
export const forwardTokenField = defineFilter({
  name: 'forwardTokenField',
  summary: 'Gives the request header one field of what a filter for authentication learnt.',
  details: `Stands to the right of an oauthTokeninfo, oauthTokenintrospection, jwtValidation or oauthOidc filter; what the first of these that is there learnt is used. Of the latter two the fields are "subject" and "claims", as in "claims.email", and a claim may also be named alone. Text goes as it is, anything else as JSON. ${OURS_ALONE}\n\nDifference from Skipper: as for forwardToken.`,
  source: 'Skipper',
  args: [header, query],
  examples: [
    {
      title: 'What the client claims of itself is dropped',
      route: '* -> forwardTokenField("X-User", "sub") -> "http://origin.example"',
      request: { headers: { 'X-User': 'root' } },
      upstream: { headers: { 'X-User': null } },
    },
  ],
  create: ([name, find]) => ({
    request(ctx) {
      const found = find(factsOf(ctx) ?? {});
      ctx.request.headers.assert(name, found === undefined ? null : headerText(found));
    },
  }),
});

function retained(facts: Claims, keys: readonly string[]): Claims {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(facts, key)).map((key) => [key, facts[key]]));
}

function factsOf({ state }: FilterContext): Claims | undefined {
  const claims = state.get(verifiedClaims);
  return tokenFacts(state) ?? (claims === undefined ? undefined : { ...claims, subject: claims['sub'], claims });
}
