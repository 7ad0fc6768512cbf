// Harms nobody else: each disaster that a filter, predicate or balancer can cause, in a route of its own, while steady
// traffic runs on a neighbour route of the same thread, over the same connections to the same origin.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { arg, defineBalancer, defineFilter, definePredicate, filterBounds } from '../../src/plugin/index.ts';
import { builtinRegistry } from '../../src/vocabulary/index.ts';
import { BAD_BALANCERS, BAD_PREDICATES, DISASTERS, type Disaster } from '../contract/disasters.ts';
import { ask } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { startTestProxy, type TestProxy } from '../kit/proxy.ts';
import { type RecordingOrigin, startRecordingOrigin } from '../kit/recording-origin.ts';
import { SteadyTraffic } from '../kit/steady-traffic.ts';

const disaster = defineFilter({
  name: 'disaster',
  summary: '',
  args: [arg.string('which')],
  examples: [],
  create: ([which]) => (DISASTERS[which] as Disaster).filter,
});
const bad = definePredicate({
  name: 'Bad',
  summary: '',
  args: [arg.string('which')],
  examples: [],
  create: ([which]) => (BAD_PREDICATES[which] as (typeof BAD_PREDICATES)[string])(),
});

/** Bodies that come with the head, and one that streams. */
const ASKS = [{ method: 'GET' }, { method: 'POST', body: 'short' }, { method: 'POST', body: 'x'.repeat(200_000) }];

suite('what goes wrong in one route harms no other', () => {
  let proxy: TestProxy;
  let origin: RecordingOrigin;
  let traffic: SteadyTraffic;
  const { timeoutMs } = filterBounds;
  before(async () => {
    filterBounds.timeoutMs = 100;
    const registry = builtinRegistry();
    registry.filters.add(disaster);
    registry.predicates.add(bad);
    for (const [at, [name, create]] of Object.entries(BAD_BALANCERS).entries())
      registry.balancers.add(defineBalancer({ name: `bad${at}`, summary: name, create }));
    origin = await startRecordingOrigin();
    origin.reply = { body: 'good' };
    proxy = await startTestProxy(`good: Path("/good") -> "http://127.0.0.1:${origin.port}"`, { registry });
    traffic = new SteadyTraffic(proxy.port, [
      { path: '/good', isRight: ({ status, body }) => status === 200 && body === 'good' },
    ]);
  });
  after(async () => {
    const wrong = await traffic.stop();
    filterBounds.timeoutMs = timeoutMs;
    // Resolves when no connection, to clients or to the origin, is left in anybody's hands.
    await proxy.close();
    await origin.close();
    assert.deepEqual(wrong, []);
    assert.ok(traffic.answered > 100);
  });

  /** Puts a bad route beside the good one, asks it, and holds what came of it against what is allowed. */
  async function ruin(route: string, allowed: readonly number[]): Promise<void> {
    const target = `"http://127.0.0.1:${origin.port}"`;
    proxy.route(`bad: ${route.replace('ORIGIN', target)}; good: Path("/good") -> ${target}`);
    for (const each of ASKS) {
      const before = traffic.answered;
      const { status } = await ask({ port: proxy.port, target: '/bad', ...each }).catch(() => ({ status: 0 }));
      assert.ok(allowed.includes(status), `${each.method} ${each.body?.length ?? 0}: ${status}`);
      await eventually('the neighbour is served', () => traffic.answered > before);
    }
    assert.deepEqual(traffic.wrong, []);
  }

  for (const [name, { allowed }] of Object.entries(DISASTERS))
    test(name, () => ruin(`Path("/bad") -> disaster("${name}") -> ORIGIN`, allowed));

  for (const name of Object.keys(BAD_PREDICATES)) {
    // Asked first of all, for the neighbour's path too.
    test(`a predicate: ${name}`, () => ruin(`Path("/:any") && Bad("${name}") && Weight(1000) -> ORIGIN`, [404, 500]));
    test(`a predicate of the same path: ${name}`, () =>
      ruin(`Path("/good") && Bad("${name}") && Weight(1000) -> ORIGIN`, [404, 500]));
  }

  for (const at of Object.keys(BAD_BALANCERS).keys())
    test(`a balancer: ${Object.keys(BAD_BALANCERS)[at]}`, () =>
      ruin(`Path("/bad") -> <bad${at}, ORIGIN, "http://127.0.0.1:1">`, [500, 503]));
});
