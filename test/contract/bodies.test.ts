// What becomes of a body that filters read, replace, hand on or lose, in any order: it goes on whole, or the request fails.
// Held against a model, over the wire, with bodies that are at hand at once and bodies that stream.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import fc from 'fast-check';
import { arg, defineFilter, type FilterContext, filterBounds, teeBody, transformBody } from '../../src/plugin/index.ts';
import { builtinRegistry } from '../../src/vocabulary/index.ts';
import { ask } from '../kit/client.ts';
import { startTestProxy, type TestProxy } from '../kit/proxy.ts';
import { type RecordingOrigin, startRecordingOrigin } from '../kit/recording-origin.ts';

type Message = FilterContext['request'] | FilterContext['response'];

/** What a filter does to a body, and what then is of it: its text, or null where it is lost. */
interface Act {
  run(message: Message): void | Promise<void>;
  /** Undefined: the filter fails, as it reads what is lost. */
  becomes(text: string | null): string | null | undefined;
}

const upper = async function* (body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const chunk of body) yield Buffer.from(chunk).toString('latin1').toUpperCase();
};
/** Stands for content that is made of lost content, which only its reader finds out. */
const BROKEN = 'broken';
const unlessLost = (text: string | null): string | undefined => (text === BROKEN ? undefined : (text ?? undefined));
const changed = (text: string | null): string | undefined => (text === BROKEN ? BROKEN : text?.toUpperCase());
const nothing = { async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {} };

async function readThrough(body: AsyncIterable<Uint8Array> | null): Promise<void> {
  for await (const chunk of body ?? nothing) assert.ok(chunk.length > 0);
}

const ACTS: Readonly<Record<string, Act>> = {
  pass: { run: () => {}, becomes: (text) => text },
  read: { run: async ({ body }) => void (await body?.bytes()), becomes: unlessLost },
  readTwice: {
    run: async ({ body }) => assert.equal(await body?.text(), await body?.text(1 << 24)),
    becomes: unlessLost,
  },
  readBySide: { run: async ({ body }) => void (await Promise.all([body?.bytes(), body?.text()])), becomes: unlessLost },
  readUnawaited: {
    run: ({ body }) => void body?.bytes().catch(() => {}),
    becomes: (text) => (text === BROKEN ? null : text),
  },
  loop: { run: ({ body }) => readThrough(body), becomes: unlessLost },
  loopAndLeave: {
    async run({ body }) {
      for await (const _ of body ?? nothing) break;
    },
    becomes: (text) => (text === null || text === BROKEN ? undefined : text === '' ? '' : null),
  },
  take: {
    run: ({ body }) => void body?.take(),
    becomes: (text) => (text === null ? undefined : text === '' ? '' : null),
  },
  tee: {
    run(message) {
      if (message.body !== null) message.body = teeBody(message.body, 1 << 24).main;
    },
    becomes: (text) => text ?? undefined,
  },
  transform: {
    run(message) {
      if (message.body !== null)
        message.body = transformBody(message.body, {
          chunk: (chunk, emit) => emit(Buffer.from(chunk).toString('latin1').toUpperCase()),
        });
    },
    becomes: changed,
  },
  generate: {
    run(message) {
      if (message.body !== null) message.body = upper(message.body);
    },
    becomes: (text) => changed(text) ?? BROKEN,
  },
  replace: { run: (message) => void (message.body = 'another'), becomes: () => 'another' },
  replaceBytes: { run: (message) => void (message.body = Buffer.from('bytes')), becomes: () => 'bytes' },
  remove: { run: (message) => void (message.body = null), becomes: () => '' },
};

const act = defineFilter({
  name: 'act',
  summary: '',
  args: [arg.oneOf('side', ['request', 'response']), arg.string('act')],
  examples: [],
  create: ([side, name]) => ({ [side]: (ctx: FilterContext) => (ACTS[name] as Act).run(ctx[side]) }),
});

/** Has the request routed again when its first answer is here, with other content where there is some. */
const round = defineFilter({
  name: 'round',
  summary: '',
  args: [arg.string('content')],
  examples: [],
  create: ([text]) => ({
    async response(ctx) {
      if (ctx.request.path === '/again') return;
      ctx.request.path = '/again';
      if (text !== '') ctx.request.body = text;
      ctx.response = await ctx.loopback();
    },
  }),
});

/** What the model says of acts one after the other: the text that arrives; undefined: the request fails. */
function modelled(sent: string, names: readonly string[]): string | undefined {
  let text: string | null = sent;
  for (const name of names) {
    const next = (ACTS[name] as Act).becomes(text);
    if (next === undefined) return undefined;
    text = next;
  }
  return unlessLost(text);
}

/** Long texts as a failure shows them. */
const brief = (text = 'none'): string => `${text.length}: ${text.slice(0, 10)}`;

suite('bodies in the hands of filters', () => {
  let proxy: TestProxy;
  let origin: RecordingOrigin;
  const answers = (body: string): void => void (origin.reply = { body });
  before(async () => {
    const registry = builtinRegistry();
    registry.filters.add(act);
    registry.filters.add(round);
    origin = await startRecordingOrigin();
    proxy = await startTestProxy('', { registry });
  });
  after(async () => {
    await proxy.close();
    await origin.close();
  });

  const names = fc.array(fc.constantFrom(...Object.keys(ACTS)), { minLength: 1, maxLength: 4 });
  const content = fc.constantFrom('', 'short', 'x'.repeat(200_000));
  const route = (side: string, acts: readonly string[]): string =>
    `r: * -> ${acts.map((name) => `act("${side}", "${name}")`).join(' -> ')} -> "http://127.0.0.1:${origin.port}"`;

  test('a request goes on as the model says, or fails', async () => {
    await fc.assert(
      fc.asyncProperty(names, content, async (acts, sent) => {
        origin.received.length = 0;
        proxy.route(route('request', acts));
        const { status } = await ask({ port: proxy.port, method: 'POST', body: sent });
        const expected = modelled(sent, acts);
        if (expected === undefined) assert.equal(status, 500);
        else assert.deepEqual([status, brief(origin.received[0]?.body)], [200, brief(expected)]);
      }),
      { numRuns: 150 },
    );
  });

  test('a response goes on as the model says, or fails', async () => {
    await fc.assert(
      fc.asyncProperty(names, content, async (acts, sent) => {
        answers(sent);
        // The filter next to the backend comes first.
        proxy.route(route('response', acts.toReversed()));
        const expected = modelled(sent, acts);
        // What a generator finds to be lost breaks off behind the head.
        const { status, body } = await ask({ port: proxy.port }).catch(() => ({ status: 500, body: '' }));
        if (expected === undefined) assert.equal(status, 500);
        else assert.deepEqual([status, brief(body)], [200, brief(expected)]);
      }),
      { numRuns: 150 },
    );
    answers('');
  });

  test('what was lost names the filter, once something else may have taken its place', async () => {
    for (const [side, acts, culprit] of [
      ['request', ['pass', 'take', 'pass'], 'filter act took the content of the request'],
      ['response', ['pass', 'loopAndLeave'], 'filter act took the content of the response'],
    ] as const) {
      const long = 'x'.repeat(200_000);
      answers(long);
      proxy.failures.length = 0;
      proxy.route(route(side, acts));
      assert.equal((await ask({ port: proxy.port, method: 'POST', body: long })).status, 500);
      assert.match(String(proxy.failures[0]?.message), new RegExp(culprit));
      assert.equal(proxy.failures[0]?.filter, 'act');
    }
    answers('');
  });

  test('beyond the bound a request is a 413 and a response a 502', async () => {
    const tooLong = 'x'.repeat(filterBounds.maxBodyBytes + 1);
    answers(tooLong);
    for (const name of ['read', 'loop', 'readUnawaited']) {
      proxy.route(route('request', [name]));
      assert.equal((await ask({ port: proxy.port, method: 'POST', body: tooLong })).status, 413, name);
      proxy.route(route('response', [name]));
      assert.equal((await ask({ port: proxy.port })).status, 502, name);
    }
    answers('');
  });

  test('content that streamed to a backend is not there for a second one: a filter says what is, or the request fails', async () => {
    const long = 'x'.repeat(200_000);
    const rest = `-> "http://127.0.0.1:${origin.port}"; again: Path("/again") -> "http://127.0.0.1:${origin.port}"`;
    origin.reply = { status: 404, body: 'none' };
    for (const [round, body, status, received] of [
      ['round("")', 'short', 404, 'short'],
      ['round("")', long, 500, null],
      ['round("another")', long, 404, 'another'],
      ['loopbackIfStatus(404, "/again")', long, 404, ''],
    ] as const) {
      origin.received.length = 0;
      proxy.route(`first: Path("/") -> ${round} ${rest}`);
      assert.equal((await ask({ port: proxy.port, method: 'POST', body })).status, status, round);
      const again = origin.received.find(({ target }) => target === '/again');
      assert.equal(again?.body ?? null, received, round);
    }
    origin.reply = {};
  });
});
