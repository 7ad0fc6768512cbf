import { type Body, defineFilter, type FilterContext, type Log } from '../../src/plugin/index.ts';

const REPORT_EVERY_MS = 1000;

/** Reads the request body to nowhere, and tells the log. */
export const absorb = defineFilter({
  name: 'absorb',
  summary: 'Reads the request body, throws it away, answers 200, and writes to the log how much came.',
  details:
    'One line at the beginning, one each second while it comes, one at the end, level info, with the flow id (X-Flow-Id) where there is one.',
  source: 'Skipper',
  args: [],
  examples: [
    {
      route: '* -> absorb() -> <shunt>',
      request: { method: 'POST', body: 'to be forgotten' },
      response: { status: 200, body: '' },
    },
  ],
  create: () => ({ request: (ctx) => swallow(ctx, ctx.log) }),
});

/** Reads the request body to nowhere. */
export const absorbSilent = defineFilter({
  name: 'absorbSilent',
  summary: 'Reads the request body, throws it away, and answers 200.',
  details: 'As absorb, without a word to the log.',
  source: 'Skipper',
  args: [],
  examples: [
    {
      route: '* -> absorbSilent() -> <shunt>',
      request: { method: 'POST', body: 'to be forgotten' },
      response: { status: 200, body: '' },
    },
  ],
  create: () => ({ request: (ctx) => swallow(ctx, null) }),
});

async function swallow(ctx: FilterContext, log: Log | null): Promise<void> {
  const flowId = ctx.request.headers.get('X-Flow-Id');
  const fields = flowId === null ? {} : { flowId };
  log?.info('absorbing a request', fields);
  const { body } = ctx.request;
  const bytes = body === null ? 0 : await drain(body, log, fields);
  log?.info('absorbed a request', { ...fields, bytes });
  ctx.serve({ status: 200 });
}

/** Reads `body` to its end, or to where it breaks off, and gives the number of bytes. */
async function drain(body: Body, log: Log | null, fields: Readonly<Record<string, unknown>>): Promise<number> {
  let bytes = 0;
  let reportAtMs = performance.now() + REPORT_EVERY_MS;
  try {
    await body.drain((chunk) => {
      bytes += chunk.length;
      if (log === null || performance.now() < reportAtMs) return;
      reportAtMs += REPORT_EVERY_MS;
      log.info('absorbing a request', { ...fields, bytes });
    });
  } catch (error) {
    log?.info('the request to absorb broke off', { ...fields, bytes, error: String(error) });
  }
  return bytes;
}
