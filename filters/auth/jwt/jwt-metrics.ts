import { isDeepStrictEqual } from 'node:util';
import {
  arg,
  type BearerPayload,
  bearerPayload,
  defineFilter,
  type HeaderList,
  octetsToText,
} from '../../../src/plugin/index.ts';
import { type Claims, tokenInfo, tokenIntrospection, verifiedClaims } from '../lib/auth-state.ts';
import { OPT_OUT_RULES, type OptOut, optsOut, readOptOut } from '../lib/opt-out.ts';
import { readYamlRules, ruleList, textList } from '../lib/yaml-rules.ts';

/** What the filter is told in YAML. */
interface MetricsRules {
  /** One of these must have issued the token; empty: whoever. */
  readonly issuers: readonly string[];
  /** The token must have all claims of one of these; empty: whatever. */
  readonly claims: readonly Claims[];
  readonly optOut: OptOut;
  /** Names of values in the request's state; with one of them set nothing is counted. */
  readonly optOutState: readonly string[];
}

/** What can be wrong with a token, as the counters name it. */
type Problem =
  | 'missing-token'
  | 'invalid-token-type'
  | 'invalid-token'
  | 'missing-issuer'
  | 'invalid-issuer'
  | 'invalid-claims';

const RULES = ['issuers', 'claims', ...OPT_OUT_RULES, 'optOutStateBag'] as const;

/** Counts requests without a good token. */
export const jwtMetrics = defineFilter({
  name: 'jwtMetrics',
  summary: 'Counts requests that bear no token, or another one than the rules ask for; refuses none.',
  details: `Finds routes that are open by mistake: the token is read, not verified. When the response comes, and unless its status is 4xx, what is wrong with the token is counted in sluice_custom_total, as jwtMetrics.custom.GET.example_org.200.missing-token: "missing-token" without Authorization, "invalid-token-type" for another scheme than Bearer and, where there are rules for them, "invalid-token" for what is no JWT, "missing-issuer", "invalid-issuer" and "invalid-claims". Characters of the host other than letters, digits and "_" become "_". The trace gets the last word as its tag "jwt".

The rules, in YAML: "issuers" lists issuers; "claims" lists sets of claims, of which the token must have one whole. Nothing is counted where "optOutAnnotations" lists a key of annotate, "optOutHosts" a regular expression that fits the host, or "optOutStateBag" a value that another filter found out, such as token-info, token-introspection or verified-claims; Skipper's names of these (tokeninfo, tokenintrospection, oidcclaimscachekey) are known.

The client chooses host and method: where any is served, clients can make up keys until all 10 000 are taken and the rest counts as "_other_". Predicates on the route bound them.

Differences from Skipper: an unknown word in the rules is an error; error responses are counted too; "Bearer" in any case; two lines of Authorization are an "invalid-token"; claims that are lists or objects may be asked for.`,
  args: [arg.optional(arg.custom('rules', 'string', readRules, { doc: 'YAML; without it any Bearer token is good' }))],
  source: 'Skipper; RFC 7519',
  examples: [
    {
      title: 'Counts tokens of other issuers',
      route:
        '* -> jwtMetrics("{issuers: [https://id.example.org, https://id.example.com]}") -> "http://origin.example"',
      response: { status: 200 },
    },
    {
      title: 'Counts tokens that have none of two sets of claims',
      route:
        '* -> jwtMetrics("{claims: [{iss: https://id.example.org, realm: staff}, {iss: https://id.example.com}]}") -> status(200) -> <shunt>',
      response: { status: 200 },
    },
    {
      title: 'A route that opts out',
      route:
        '* -> annotate("oauth.disabled", "public") -> jwtMetrics("{optOutAnnotations: [oauth.disabled]}") -> "http://origin.example"',
      response: { status: 200 },
    },
  ],
  create: ([rules = NO_RULES], { metrics }) => ({
    response(ctx) {
      const { request, response, span, state } = ctx;
      if (response.status >= 400 && response.status < 500) return;
      if (optsOut(ctx, rules.optOut) || rules.optOutState.some((name) => state.named(name) !== undefined)) return;
      for (const problem of problemsOf(request.headers, rules)) {
        const host = octetsToText(request.host).replace(NOT_IN_KEYS, '_');
        metrics.count(`jwtMetrics.custom.${request.method}.${host}.${response.status}.${problem}`);
        span.setTag('jwt', problem);
      }
    },
  }),
});

const NO_RULES: MetricsRules = { issuers: [], claims: [], optOut: { annotated: [], hosts: [] }, optOutState: [] };
const NOT_IN_KEYS = /\W/gu;
const BEARER = /^Bearer /i;

/** In the place of Skipper's names those of the same facts here. */
const STATE_NAMES: ReadonlyMap<string, string> = new Map([
  ['tokeninfo', tokenInfo.name],
  ['tokenintrospection', tokenIntrospection.name],
  ['oidcclaimscachekey', verifiedClaims.name],
]);

function problemsOf(headers: HeaderList, { issuers, claims }: MetricsRules): readonly Problem[] {
  const authorization = headers.get('Authorization') ?? '';
  if (authorization === '') return ['missing-token'];
  if (headers.hasSeveral('Authorization')) return ['invalid-token'];
  if (!BEARER.test(authorization)) return ['invalid-token-type'];
  if (issuers.length === 0 && claims.length === 0) return [];
  const payload = bearerPayload(headers);
  if (payload === null) return ['invalid-token'];
  const problems: Problem[] = [];
  if (issuers.length > 0) {
    const issuer = payload['iss'];
    if (typeof issuer !== 'string') problems.push('missing-issuer');
    else if (!issuers.includes(issuer)) problems.push('invalid-issuer');
  }
  if (claims.length > 0 && !claims.some((wanted) => hasAll(payload, wanted))) problems.push('invalid-claims');
  return problems;
}

function hasAll(payload: BearerPayload, wanted: Claims): boolean {
  for (const claim in wanted) {
    if (!Object.hasOwn(payload, claim) || !isDeepStrictEqual(payload[claim], wanted[claim])) return false;
  }
  return true;
}

function readRules(text: unknown): MetricsRules {
  if (typeof text !== 'string') throw new Error(`expected a string, found the number ${text}`);
  const rules = readYamlRules(text, RULES);
  return {
    issuers: textList(rules.issuers),
    claims: ruleList(rules.claims).map(claimsSet),
    optOut: readOptOut(rules),
    optOutState: textList(rules.optOutStateBag).map((name) => STATE_NAMES.get(name) ?? name),
  };
}

function claimsSet(value: unknown): Claims {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`expected claims such as {iss: https://id.example}, found ${JSON.stringify(value)}`);
  return value as Claims;
}
