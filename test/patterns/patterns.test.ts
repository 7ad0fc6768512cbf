// The usage patterns that Skipper's documentation describes (shared reference, Appendix C), through a real proxy. Those that
// need files, clocks or logs beyond one request are in test/e2e; those whose words come later are in later.eskip.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { checkRoute } from '../../src/routes/index.ts';
import { builtinRegistry } from '../../src/vocabulary/index.ts';
import { optionsClaimed, verifyClaims } from '../kit/claims.ts';
import { ask } from '../kit/client.ts';
import { command } from '../kit/command.ts';
import { type DemoProxy, startDemoProxy } from '../kit/demo.ts';
import { eventually } from '../kit/eventually.ts';
import { definitions, startTestProxy } from '../kit/proxy.ts';
import { startRecordingOrigin } from '../kit/recording-origin.ts';
import { refusalsClaimed } from './refusals.ts';

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');
const served = readdirSync(import.meta.dirname).filter((name) => /^\d\d-.*\.eskip$/.test(name));

suite('documented patterns', () => {
  let demo: DemoProxy;
  before(async () => {
    demo = await startDemoProxy();
  });
  after(() => demo.close());

  for (const name of served) {
    test(name, async () => {
      const text = demo.localised(read(name));
      demo.proxy.route(text, optionsClaimed(text));
      await verifyClaims(text, demo.proxy.port);
    });
  }

  test('16: one session always meets the same instance, and sessions spread over both', async () => {
    demo.proxy.route(demo.localised(read('16-sticky-sessions.eskip')));
    const instanceOf = async (sid: number): Promise<number> => {
      const { body } = await ask({ port: demo.proxy.port, target: '/session', headers: { Cookie: `sid=${sid}` } });
      return (JSON.parse(body) as { instance: number }).instance;
    };
    const sessions = Array.from({ length: 32 }, (_, sid) => sid);
    const first = await Promise.all(sessions.map(instanceOf));
    assert.deepEqual(await Promise.all(sessions.map(instanceOf)), first);
    assert.equal(new Set(first).size, 2);
  });
});

test('05: a share of the traffic is copied to a test backend, whose answer nobody sees', async () => {
  const main = await startRecordingOrigin();
  const shadow = await startRecordingOrigin();
  shadow.reply = { status: 500, body: 'broken' };
  const proxy = await startTestProxy(`
    main: Path("/all") -> "http://127.0.0.1:${main.port}";
    split: Path("/all") && Traffic(1.0) -> teeLoopback("trial") -> "http://127.0.0.1:${main.port}";
    trial: Path("/all") && Tee("trial") && True() -> "http://127.0.0.1:${shadow.port}";
  `);
  const { status } = await ask({ port: proxy.port, method: 'POST', target: '/all?n=1', body: 'all of it' });
  assert.equal(status, 200);
  await eventually('the copy', () => shadow.received.length === 1);
  for (const { received } of [main, shadow]) {
    assert.deepEqual(
      received.map(({ method, target, body }) => [method, target, body]),
      [['POST', '/all?n=1', 'all of it']],
    );
  }
  await proxy.close();
  await Promise.all([main.close(), shadow.close()]);
});

test('12: the health endpoint turns red while the process drains', async () => {
  let draining = false;
  const routes = `
    up: Path("/healthz") -> inlineContent("OK") -> <shunt>;
    down: Path("/healthz") && Shutdown() -> status(503) -> inlineContent("shutting down") -> <shunt>;
  `;
  const proxy = await startTestProxy(routes, { draining: () => draining });
  const state = async () => {
    const { status, body } = await ask({ port: proxy.port, target: '/healthz' });
    return [status, body];
  };
  assert.deepEqual(await state(), [200, 'OK']);
  draining = true;
  assert.deepEqual(await state(), [503, 'shutting down']);
  await proxy.close();
});

test('later.eskip: check knows each word, and says that it comes later', async () => {
  const text = read('later.eskip');
  const registry = builtinRegistry();
  const claimed = refusalsClaimed(text);
  for (const def of definitions(text)) {
    const { filters, reason } = claimed.get(def.id) ?? assert.fail(`nothing is claimed of ${def.id}`);
    const found = checkRoute(def, registry);
    assert.deepEqual(
      found.map(({ code, place: span }) => `${code} ${text.slice(span.start, span.end)}`),
      filters.map((name) => `refused-filter ${name}`),
    );
    for (const { message } of found) {
      assert.ok(message.includes(reason), message);
      assert.match(message, /it comes in a later version of Sluice/);
    }
  }
  const { code, out } = await command(['check', join(import.meta.dirname, 'later.eskip')]);
  assert.equal(code, 1);
  assert.doesNotMatch(out, /unknown-/);
});

for (const name of readdirSync(join(import.meta.dirname, 'documented'))) {
  test(`documented/${name}: check takes each route, or refuses it for the reason claimed`, () => {
    const text = read(join('documented', name));
    const registry = builtinRegistry();
    const claimed = refusalsClaimed(text);
    for (const def of definitions(text)) {
      const found = checkRoute(def, registry);
      const { filters, reason } = claimed.get(def.id) ?? { filters: [], reason: '' };
      const messages = found.map(({ message }) => message).join('\n');
      assert.deepEqual(
        found.map(({ code, place: span }) => `${code} ${text.slice(span.start, span.end)}`),
        filters.map((filter) => `refused-filter ${filter}`),
        `${def.id}: ${messages}`,
      );
      assert.ok(messages.includes(reason), messages);
    }
  });
}
