import { arg, defineFilter, type Filter, pathReadings, type Request } from '../../../src/plugin/index.ts';
import { verifiedClaims } from '../lib/auth-state.ts';
import { type ClaimQuery, readClaimQuery } from '../lib/claim-query.ts';
import { bearerRefusal, refuse } from '../lib/refusal.ts';

/** The queries for all paths that begin alike; one that finds something is enough. */
interface PathRule {
  readonly prefix: string;
  readonly queries: readonly ClaimQuery[];
}

const rules = arg.rest(
  arg.custom('rule', '"path:query…"', readRule, {
    doc: 'beginning of the path, a colon, and queries with spaces between, of which one must find something',
  }),
  1,
);

const LANGUAGE = `Of the rules the first whose path fits decides; where none fits, or no query of it finds anything, the request gets 403, and 401 where nobody is logged in. The path is compared decoded and cleaned, as routes see it; no rule fits a path that a server may read so that another rule is for it ("/admin/..%2fx").

A query is a name ("email", "address.city"), "groups.#(==\\"staff\\")" for an element of a list, "@_:email%\\"*@example.org\\"" for a claim that is text, with * and ? as wildcards; operators are == != < <= > >= % !%.

Differences from Skipper: 403, not 401, for a user who may not; of GJSON modifiers only @this and @_ are known, and a query with another is refused when the route is loaded.`;

function readRule(value: string | number): PathRule {
  const text = String(value);
  const colon = text.indexOf(':');
  if (colon < 1) throw new Error(`expected "path:query", found ${JSON.stringify(text)}`);
  return { prefix: text.slice(0, colon), queries: splitQueries(text.slice(colon + 1)).map(readClaimQuery) };
}

/** Splits at spaces, but not within double quotes; quotes around a whole query are left out. */
function splitQueries(text: string): string[] {
  const queries: string[] = [];
  for (const piece of text.split(' ')) {
    const last = queries.at(-1);
    if (last === undefined || last.split('"').length % 2 === 1) queries.push(piece);
    else queries[queries.length - 1] = `${last} ${piece}`;
  }
  return queries.map((query) => query.replace(/^(["'])(.+)\1$/s, '$2'));
}

/** The rule for the path of a request; none where servers may read the path so that another one is for it. */
function ruleFor(request: Request, pathRules: readonly PathRule[]): PathRule | undefined {
  const find = (path: string) => pathRules.find(({ prefix }) => path.startsWith(prefix));
  const rule = find(request.matchPath);
  if (request.isPlainPath) return rule;
  return pathReadings(request.path)?.every((reading) => find(reading) === rule) ? rule : undefined;
}

function queryFilter(pathRules: readonly PathRule[]): Filter {
  return {
    request(ctx) {
      const claims = ctx.state.get(verifiedClaims);
      const rule = ruleFor(ctx.request, pathRules);
      if (claims === undefined) refuse(ctx, bearerRefusal.missing);
      else if (!rule?.queries.some((query) => query(claims) !== undefined))
        refuse(ctx, { status: 403, reason: 'invalid-access' });
    },
  };
}

/** Decides by the claims of who is logged in. */
export const oidcClaimsQuery = defineFilter({
  name: 'oidcClaimsQuery',
  summary: 'Lets only requests pass whose path and verified claims fit a rule.',
  details: `Stands to the right of a jwtValidation or oauthOidc filter. ${LANGUAGE}`,
  source: 'Skipper; GJSON Path Syntax',
  args: [rules],
  examples: [
    {
      title: 'Nobody is logged in',
      route:
        '* -> oidcClaimsQuery("/admin:groups.#(==\\"admins\\")", "/:@_:email%\\"*@example.org\\"") -> "http://origin.example"',
      response: { status: 401 },
      upstream: null,
    },
  ],
  create: ([pathRules]) => queryFilter(pathRules),
});

/** The same for logins by oauthGrant. */
export const grantClaimsQuery = defineFilter({
  name: 'grantClaimsQuery',
  summary: 'Lets only requests pass whose path and token info fit a rule.',
  details: `Stands to the right of oauthGrant. ${LANGUAGE}`,
  source: 'Skipper; GJSON Path Syntax',
  args: [rules],
  examples: [
    {
      title: 'Nobody is logged in',
      route: '* -> grantClaimsQuery("/:@_:uid%\\"a*\\"") -> "http://origin.example"',
      response: { status: 401 },
      upstream: null,
    },
  ],
  create: ([pathRules]) => queryFilter(pathRules),
});
