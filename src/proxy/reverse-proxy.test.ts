import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { ask } from '../../test/kit/client.ts';
import { startTestProxy, type TestProxy } from '../../test/kit/proxy.ts';
import { type RecordingOrigin, startRecordingOrigin } from '../../test/kit/recording-origin.ts';
import { arg, defineFilter, definePredicate, type FilterContext } from '../plugin/index.ts';
import { builtinRegistry } from '../vocabulary/index.ts';

/** Notes in a response header that its hooks were called, and does in the request phase what it is told. */
const probe = defineFilter({
  name: 'probe',
  summary: '',
  args: [arg.string('name'), arg.optional(arg.string('act'), '')],
  examples: [],
  create: ([name, act]) => ({
    request: ACTS[act] as (ctx: FilterContext) => void | Promise<void>,
    response(ctx) {
      ctx.response.headers.append('X-Seen', ctx.error === null ? name : `${name}:${ctx.error.code}`);
      if (act === 'throw-late') throw new Error('late');
    },
  }),
});

const ACTS: Readonly<Record<string, (ctx: FilterContext) => void | Promise<void>>> = {
  '': () => {},
  'throw-late': () => {},
  throw: () => {
    throw new Error('early');
  },
  reject: async () => {
    throw new Error('later');
  },
  serve: (ctx) => ctx.serve({ status: 202, body: 'served' }),
  'serve later': async (ctx) => {
    await null;
    ctx.serve({ status: 203, body: 'served' });
  },
};

const broken = definePredicate({
  name: 'Broken',
  summary: '',
  args: [],
  examples: [],
  create: () => ({
    match() {
      throw new Error('broken predicate');
    },
  }),
});

suite('a pass', () => {
  let proxy: TestProxy;
  let origin: RecordingOrigin;
  before(async () => {
    const registry = builtinRegistry();
    registry.filters.add(probe);
    registry.predicates.add(broken);
    origin = await startRecordingOrigin();
    proxy = await startTestProxy('', { registry });
  });
  after(async () => {
    await proxy.close();
    await origin.close();
  });

  const CASES: readonly { name: string; route: string; status: number; seen: string; reached: boolean }[] = [
    {
      name: 'goes through all filters, back in reverse',
      route: 'probe("a") -> probe("b") -> ORIGIN',
      status: 200,
      seen: 'b, a',
      reached: true,
    },
    {
      name: 'skips what stands behind a filter that serves',
      route: 'probe("a") -> probe("b", "serve") -> probe("c") -> ORIGIN',
      status: 202,
      seen: 'b, a',
      reached: false,
    },
    {
      name: 'does so too for one that serves later',
      route: 'probe("a") -> probe("b", "serve later") -> probe("c") -> ORIGIN',
      status: 203,
      seen: 'b, a',
      reached: false,
    },
    {
      name: 'unwinds a throw',
      route: 'probe("a") -> probe("b", "throw") -> probe("c") -> ORIGIN',
      status: 500,
      seen: 'b:filter-failed, a:filter-failed',
      reached: false,
    },
    {
      name: 'unwinds a rejection',
      route: 'probe("a") -> probe("b", "reject") -> probe("c") -> ORIGIN',
      status: 500,
      seen: 'b:filter-failed, a:filter-failed',
      reached: false,
    },
    {
      name: 'goes on behind a throw on the way back',
      route: 'probe("a") -> probe("b", "throw-late") -> probe("c") -> ORIGIN',
      status: 500,
      seen: 'a:filter-failed',
      reached: true,
    },
    {
      name: 'brings back the failure of the backend',
      route: 'probe("a") -> "http://127.0.0.1:1"',
      status: 502,
      seen: 'a:upstream-refused',
      reached: false,
    },
    {
      name: 'answers 502 where nobody said where to send',
      route: 'probe("a") -> <dynamic>',
      status: 502,
      seen: 'a:no-dynamic-url',
      reached: false,
    },
    { name: 'answers 404 from a shunt', route: 'probe("a") -> <shunt>', status: 404, seen: 'a', reached: false },
  ];
  for (const { name, route, status, seen, reached } of CASES) {
    test(name, async () => {
      origin.received.length = 0;
      proxy.route(`r: * -> ${route.replace('ORIGIN', `"http://127.0.0.1:${origin.port}"`)}`);
      const answer = await ask({ port: proxy.port });
      assert.equal(answer.status, status);
      assert.equal(answer.headers['x-seen'], seen);
      assert.equal(origin.received.length, reached ? 1 : 0);
    });
  }

  test('a loopback goes through the filters of both routes, and no further than the limit', async () => {
    proxy.route(
      'a: Path("/a") -> probe("a") -> setPath("/b") -> <loopback>; b: Path("/b") -> probe("b") -> status(204) -> <shunt>;',
    );
    const answer = await ask({ port: proxy.port, target: '/a' });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers['x-seen'], 'b, a');
    proxy.route('r: * -> probe("r") -> <loopback>');
    const endless = await ask({ port: proxy.port });
    assert.equal(endless.status, 500);
    assert.equal(String(endless.headers['x-seen']).split(', ').length, 10);
  });

  test('a predicate that throws is a 500, and the next request is served', async () => {
    proxy.route('a: Path("/a") && Broken() -> <shunt>; b: Path("/b") -> status(204) -> <shunt>;');
    assert.equal((await ask({ port: proxy.port, target: '/a' })).status, 500);
    assert.equal((await ask({ port: proxy.port, target: '/b' })).status, 204);
  });

  test('OPTIONS * is about this server', async () => {
    proxy.route('r: * -> status(418) -> <shunt>');
    assert.equal((await ask({ port: proxy.port, method: 'OPTIONS', target: '*' })).status, 204);
  });

  test('Via is added in both directions, Max-Forwards counted down', async () => {
    origin.received.length = 0;
    proxy.route(`r: * -> "http://127.0.0.1:${origin.port}"`);
    const passed = await ask({
      port: proxy.port,
      method: 'OPTIONS',
      headers: { 'Max-Forwards': '3', Via: '1.0 other' },
    });
    assert.equal(passed.headers['via'], '1.1 sluice');
    assert.equal(origin.received[0]?.headers['max-forwards'], '2');
    assert.equal(origin.received[0]?.headers['via'], '1.0 other, 1.1 sluice');
    const last = await ask({
      port: proxy.port,
      method: 'TRACE',
      headers: { 'Max-Forwards': '0', Cookie: 'secret=1', 'X-A': 'b' },
    });
    assert.equal(last.headers['content-type'], 'message/http');
    assert.match(last.body, /^TRACE \/ HTTP\/1\.1\r\n[\s\S]*X-A: b\r\n/);
    assert.doesNotMatch(last.body, /secret/);
    assert.equal(origin.received.length, 1);
  });
});
