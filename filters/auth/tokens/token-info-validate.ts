import { ArgError, arg, defineFilter } from '../../../src/plugin/index.ts';
import { tokenInfo } from '../lib/auth-state.ts';
import { bearerToken } from '../lib/credentials.ts';
import { OPT_OUT_RULES, type OptOut, optsOut, readOptOut } from '../lib/opt-out.ts';
import { admit, bearerRefusal, refuse, refusesDoubled } from '../lib/refusal.ts';
import { readYamlRules } from '../lib/yaml-rules.ts';
import { tokenInfoClient } from './token-info-client.ts';

/** What the filter is told in YAML. */
interface ValidateRules {
  readonly optOut: OptOut;
  readonly unauthorizedResponse: string | null;
}

/** Asks for any valid token. */
export const oauthTokeninfoValidate = defineFilter({
  name: 'oauthTokeninfoValidate',
  summary: 'Lets only requests pass that bear a valid token, whatever its scopes; others get 401.',
  details:
    'Meant to stand before all routes. The rules, in YAML: "optOutAnnotations" lists keys of annotate, "optOutHosts" regular expressions for the host, and where one fits nothing is asked; "unauthorizedResponse" is the text of the 401. Nothing is asked either where another oauthTokeninfo filter already let the request pass. Endpoint and options as for oauthTokeninfoAnyScope; options stand before the rules.\n\nDifference from Skipper: an unknown word in the rules is an error.',
  source: 'Skipper; RFC 6750',
  args: [arg.rest(arg.string('rules', { doc: 'YAML; options may stand before' }), 1)],
  examples: [
    {
      title: 'Without a token',
      route:
        '* -> oauthTokeninfoValidate("url=http://127.0.0.1:1/tokeninfo", "{unauthorizedResponse: \'Please log in.\'}") -> "http://origin.example"',
      response: { status: 401, headers: { 'WWW-Authenticate': 'Bearer' }, body: 'Please log in.' },
      upstream: null,
    },
    {
      title: 'A route that opts out',
      route:
        '* -> annotate("oauth.disabled", "public") -> oauthTokeninfoValidate("url=http://127.0.0.1:1/", "{optOutAnnotations: [oauth.disabled]}") -> "http://origin.example"',
      response: { status: 200 },
    },
  ],
  create: ([values]) => {
    const { client, at } = tokenInfoClient(values);
    if (values.length !== at + 1)
      throw new ArgError('expected one text with rules after the options', Math.min(at, values.length - 1));
    const rules = readRules(values[at] as string, at);
    return {
      request: async (ctx) => {
        if (ctx.state.get(tokenInfo) !== undefined || optsOut(ctx, rules.optOut)) return;
        if (refusesDoubled(ctx)) return;
        const token = bearerToken(ctx.request.headers);
        const answer = token === null ? { refusal: bearerRefusal.missing } : await client.about(token, ctx);
        if ('refusal' in answer) {
          refuse(ctx, answer.refusal);
          if (rules.unauthorizedResponse !== null) ctx.response.body = rules.unauthorizedResponse;
        } else {
          admit(ctx, answer.facts['uid']);
          ctx.state.set(tokenInfo, answer.facts);
        }
      },
    };
  },
});

function readRules(text: string, at: number): ValidateRules {
  try {
    const rules = readYamlRules(text, [...OPT_OUT_RULES, 'unauthorizedResponse']);
    const { unauthorizedResponse } = rules;
    return {
      optOut: readOptOut(rules),
      unauthorizedResponse: unauthorizedResponse === undefined ? null : String(unauthorizedResponse),
    };
  } catch (error) {
    throw new ArgError((error as Error).message, at);
  }
}
