import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { backendLatency, latency } from './latency.ts';

test('waits as long as it says, in its phase', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  for (const [spec, hook] of [
    [latency, 'response'],
    [backendLatency, 'request'],
  ] as const) {
    for (const value of [120, '120ms']) {
      const filter = makeFilter(spec, value);
      let over = false;
      const waiting = Promise.resolve(filter[hook]?.(fakeContext())).then(() => {
        over = true;
      });
      mock.timers.tick(119);
      await Promise.resolve();
      assert.equal(over, false);
      mock.timers.tick(1);
      await waiting;
    }
  }
});

test('ends when the client goes away', async () => {
  const ctx = fakeContext();
  const waiting = makeFilter(latency, '1h').response?.(ctx);
  ctx.abort();
  await waiting;
  await makeFilter(latency, '1h').response?.(ctx);
});

test('no time costs no promise', () => {
  assert.equal(makeFilter(latency, 0).response?.(fakeContext()), undefined);
});

test('arguments', () => {
  for (const value of [-1, '-1s', 'soon', '1000h']) assert.equal(faultOf(latency, [value])?.index, 0, String(value));
  assert.equal(faultOf(latency, [])?.index, -1);
});
