import {
  arg,
  defineFilter,
  type FilterContext,
  type HeaderList,
  isLeftBehind,
  withoutSecrets,
} from '../../src/plugin/index.ts';
import { ask } from './lib/ask.ts';
import { admit, type Refusal, refuse, refusesDoubled } from './lib/refusal.ts';
import { urlArgument } from './lib/url-argument.ts';

const field = arg.headerName('header', { writes: true });
const headerNames = arg.custom(
  'headers',
  'header names',
  (value) => {
    const names = String(value)
      .split(',')
      .map((name) => name.trim());
    for (const name of names) field.read(name);
    return names;
  },
  { doc: 'fields of its answer that go to the backend, with commas between' },
);

/** Lets another server decide. */
export const webhook = defineFilter({
  name: 'webhook',
  summary: 'Asks another server whether the request may pass: below 300 it may, 403 becomes 403, anything else 401.',
  details: `The question is a GET without a body, with the header fields of the request (but those that belong to the connection or frame the body). The header fields named by the second argument are taken from the answer into the request, in place of those it had; where the answer lacks one, the client's own is removed. The other server has 2 seconds. When it does not answer the request gets 401, and the log says why.

Differences from Skipper: a field the answer lacks does not stay as the client wrote it, which would let clients name themselves; WWW-Authenticate is that of the answer, if it is a 401 that has one.`,
  source: 'Skipper',
  args: [urlArgument('url', 'asked for each request'), arg.optional(headerNames, [])],
  examples: [
    {
      title: 'Nobody answers there: nothing passes',
      route: '* -> webhook("http://127.0.0.1:1/check", "X-User,X-Roles") -> "http://origin.example"',
      request: { headers: { Authorization: 'Bearer x' } },
      response: { status: 401 },
      upstream: null,
    },
  ],
  create: ([target, fields]) => ({
    request: async (ctx) => {
      if (refusesDoubled(ctx)) return;
      const verdict = await askVerdict(target, ctx);
      if (verdict === null) return refuse(ctx, UNAVAILABLE);
      if (verdict.status >= 300) return refuse(ctx, refusalOf(verdict));
      takeFields(verdict.headers, fields, ctx.request.headers);
      admit(ctx, 'webhook');
    },
  }),
});

const UNAVAILABLE: Refusal = { status: 401, reason: 'auth-service-access', challenge: 'Webhook' };

function refusalOf({ status, headers }: globalThis.Response): Refusal {
  if (status === 403) return { status: 403, reason: 'invalid-scope' };
  const challenge = status === 401 ? headers.get('WWW-Authenticate') : null;
  return { status: 401, reason: 'invalid-access', challenge: challenge ?? 'Webhook' };
}

async function askVerdict(target: string, ctx: FilterContext): Promise<globalThis.Response | null> {
  try {
    const question = { headers: questionFields(ctx.request.headers), signal: ctx.signal };
    return await ask(target, question, (answer) => answer);
  } catch (error) {
    ctx.log.error('the webhook could not be asked', { url: withoutSecrets(target), message: (error as Error).message });
    return null;
  }
}

function questionFields(headers: HeaderList): [string, string][] {
  return [...headers].filter(([name]) => !isLeftBehind(name));
}

function takeFields(answer: Headers, names: readonly string[], headers: HeaderList): void {
  for (const name of names) headers.assert(name, answer.get(name));
}
