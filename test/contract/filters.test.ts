// What every filter owes its callers, whatever it does: each spec, with the arguments of its own examples, on messages
// without content, with content that streams, with clients that leave, on errors, and on two requests at a time.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, mock, suite, test } from 'node:test';
import { builtinFilters } from '../../filters/index.ts';
import { type Filter, type FilterSpec, ProxyError, Response } from '../../src/plugin/index.ts';
import { RecordingSink } from '../kit/bodies.ts';
import { type FakeContext, type FakeContextInit, fakeContext } from '../kit/context.ts';
import { eventually } from '../kit/eventually.ts';
import { makeFilter } from '../kit/specs.ts';
import { LiveTimers } from './live-timers.ts';
import { Supply } from './supply.ts';
import { usesOf } from './uses.ts';

/** Filters whose two runs are not alike, and why. */
const UNLIKE: Readonly<Record<string, string>> = {
  flowId: 'it draws an id',
  randomContent: 'it draws the content',
  tarpit: 'its content never ends',
  oauthGrant: 'it draws a state and a challenge',
};

const GONE = new Error('the client is gone');
const KIB16 = randomBytes(16 * 1024);
/** What a body may have delivered, in pieces of 16 KiB, while its reader holds it back. */
const MAX_HELD_PIECES = 64;

const { setTimeout: realTimeout, clearTimeout: realClear } = globalThis;

/** How long a hook may take to notice that its client left, in ms: far more than it needs. */
const PATIENCE_MS = 10_000;

const timers = new LiveTimers();

/** A context in the request phase. */
function contextOf(init: FakeContextInit = {}): FakeContext {
  return fakeContext({
    target: '/a?b=1',
    headers: { Host: 'example.org', 'Accept-Encoding': 'gzip', 'Content-Type': 'text/plain', Cookie: 'a=b' },
    loopback: () => ({ status: 200, body: 'from the loopback' }),
    ...init,
  });
}

/** Gives the context the response of the backend, unless a filter has served one. */
function respond(ctx: FakeContext, body: Supply | string | null): void {
  if (ctx.served !== null) return;
  ctx.response = new Response({ status: 200, headers: { 'Content-Type': 'text/plain' }, body });
}

/** Lets what is at hand happen. */
async function turns(count = 10): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Runs a hook to its end, be that a failure. */
async function settle(step: void | Promise<void>): Promise<void> {
  try {
    await step;
  } catch (error) {
    assert.ok(error instanceof Error, 'what is thrown is an error');
  }
}

/** A hook that throws at once fails as one that rejects. */
async function run(filter: Filter, hook: 'request' | 'response', ctx: FakeContext): Promise<void> {
  await filter[hook]?.(ctx);
}

/** What the proxy does at the end of an exchange: nothing that nobody read is left open. */
function letGo(ctx: FakeContext): void {
  ctx.request.body?.discard(GONE);
  if (ctx.served !== null) ctx.served.body?.discard(GONE);
}

for (const spec of builtinFilters as readonly FilterSpec[]) {
  suite(`${spec.name} keeps the contract`, () => {
    for (const args of usesOf(spec)) {
      const about = JSON.stringify(args);
      const make = (): Filter => makeFilter(spec, ...args);

      test(`without content, and on HEAD ${about}`, async () => {
        const filter = make();
        for (const method of ['GET', 'HEAD', 'POST']) {
          for (const body of [null, '']) {
            const ctx = contextOf({ method, body });
            await settle(run(filter, 'request', ctx));
            respond(ctx, body);
            await run(filter, 'response', ctx);
            letGo(ctx);
            ctx.response.body?.discard(GONE);
          }
        }
        await filter.close?.();
      });

      test(`a slow reader holds content back, and cancels it ${about}`, async () => {
        const filter = make();
        const [up, down] = [new Supply(KIB16, 256), new Supply(KIB16, 256)];
        const ctx = contextOf({ method: 'POST', body: up });
        await settle(run(filter, 'request', ctx));
        await readABit(ctx.request.body, up);
        respond(ctx, down);
        await run(filter, 'response', ctx);
        await readABit(ctx.response.body, down);
        letGo(ctx);
        await eventually('both bodies are let go', () => up.settled && down.settled);
        await filter.close?.();
      });

      test(`a client that leaves before or while the request hook runs ends it ${about}`, async () => {
        const filter = make();
        for (const early of [true, false]) {
          const up = new Supply(KIB16, 2);
          const ctx = contextOf({ method: 'POST', body: up });
          await withoutTime(async () => {
            if (early) ctx.abort();
            const hook = settle(run(filter, 'request', ctx));
            if (!early) ctx.abort();
            up.fail(GONE);
            await hook;
            letGo(ctx);
          });
          await eventually('the body is let go', () => up.settled);
        }
        await filter.close?.();
      });

      test(`a client that leaves while the response hook runs ends it ${about}`, async () => {
        const filter = make();
        const down = new Supply(KIB16, 2);
        const ctx = contextOf();
        await settle(run(filter, 'request', ctx));
        respond(ctx, down);
        await withoutTime(async () => {
          const hook = settle(run(filter, 'response', ctx));
          ctx.abort();
          await hook;
        });
        ctx.response.body?.discard(GONE);
        letGo(ctx);
        await eventually('the body is let go', () => down.settled);
        await filter.close?.();
      });

      test(`an error response passes, also where the request hook never ran ${about}`, async () => {
        const filter = make();
        for (const reached of [true, false]) {
          const error = new ProxyError({ code: 'upstream-refused', status: 502, source: 'upstream' });
          const ctx = contextOf({ error });
          if (reached) await settle(run(filter, 'request', ctx));
          letGo(ctx);
          ctx.response = new Response({
            status: 502,
            headers: { 'Content-Type': 'text/plain' },
            body: 'Bad Gateway\n',
          });
          await run(filter, 'response', ctx);
          const { status, body } = ctx.response;
          assert.ok(Number.isInteger(status) && status >= 200 && status <= 599);
          body?.discard(GONE);
        }
        await filter.close?.();
      });

      test(`two requests at once are served as one after the other ${about}`, {
        skip: UNLIKE[spec.name] ?? false,
      }, async () => {
        const [first, second, shared] = [make(), make(), make()];
        const alone = { get: await exchange(first, 'GET'), head: await exchange(second, 'HEAD') };
        let head: unknown;
        const get = await exchange(shared, 'GET', async () => {
          head = await exchange(shared, 'HEAD');
        });
        for (const each of [first, second, shared]) await each.close?.();
        assert.deepEqual({ get, head }, alone);
      });

      test(`closing is final, may be done twice, and leaves no timer ${about}`, async () => {
        const filter = make();
        await filter.close?.();
        await filter.close?.();
        await turns();
        assert.deepEqual(timers.setters, []);
      });
    }
  });
}

/** Runs steps while no timer fires: what they wait for must come without one. */
async function withoutTime(steps: () => Promise<void>): Promise<void> {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  let patience: NodeJS.Timeout | undefined;
  const inVain = new Promise<never>((_, reject) => {
    patience = realTimeout(() => reject(new Error('it waits on, though the client left')), PATIENCE_MS);
  });
  try {
    await Promise.race([steps(), inVain]);
  } finally {
    mock.timers.reset();
    realClear(patience);
  }
}

/** Reads some of a body, stops to read, and leaves. */
async function readABit(body: FakeContext['request']['body'], supply: Supply): Promise<void> {
  if (body === null || body.used) return;
  const before = supply.delivered;
  const sink = new RecordingSink(body, true);
  await turns();
  assert.ok(supply.delivered - before <= MAX_HELD_PIECES, `${supply.delivered - before} pieces went by`);
  sink.source.cancel(GONE);
}

/** What both hooks make of a request and its response; `between` runs after the first. */
async function exchange(filter: Filter, method: string, between = async () => {}): Promise<unknown> {
  const ctx = contextOf({ method, target: `/${method}?a=1` });
  await settle(run(filter, 'request', ctx));
  await between();
  respond(ctx, `content for ${method}`);
  await run(filter, 'response', ctx);
  const { request, response, upstream } = ctx;
  const body = response.body === null ? null : await response.body.text(1 << 20);
  return [request.target, [...request.headers], response.status, [...response.headers], body, { ...upstream }];
}

after(() => timers.close());
