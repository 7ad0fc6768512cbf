import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Body, type FilterSpec } from '../../src/plugin/index.ts';
import { ManualSource, RecordingSink } from '../../test/kit/bodies.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { backendBandwidth, backendChunks, bandwidth, chunks } from './bandwidth.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('chunks: pieces of the size, a pause before each', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const source = new ManualSource();
  const ctx = fakeContext({ response: { status: 200, body: new Body(source, 7) } });
  await makeFilter(chunks, 3, '10ms').response?.(ctx);
  assert.equal(ctx.response.body?.length, 7);
  const sink = new RecordingSink(ctx.response.body ?? assert.fail());
  source.push('ab');
  assert.equal(source.held, true);
  await turn();
  assert.equal(sink.text, '');
  mock.timers.tick(10);
  await turn();
  assert.equal(sink.text, 'ab');
  source.push('cdefg');
  await turn();
  assert.equal(sink.text, 'abc');
  mock.timers.tick(10);
  await turn();
  assert.equal(sink.text, 'abcdef');
  source.end();
  mock.timers.tick(10);
  await turn();
  assert.equal(sink.text, 'abcdefg');
  assert.equal(sink.ended, true);
});

test('bandwidth spreads what came at once', async () => {
  const ctx = fakeContext({ response: { status: 200, body: Buffer.alloc(4096, 'a') } });
  const startedAt = performance.now();
  await makeFilter(bandwidth, 100).response?.(ctx);
  assert.equal(ctx.response.body?.length, 4096);
  assert.equal((await ctx.response.body?.bytes(1e5))?.length, 4096);
  // 4 KiB at 100 KiB/s take 40 ms, of which the last 20 belong to a slice that is out already.
  assert.ok(performance.now() - startedAt >= 15);
});

test('the request forms, and messages without a body', async () => {
  for (const [spec, args] of [
    [backendBandwidth, [1000]],
    [backendChunks, [2, 0]],
  ] as [FilterSpec, number[]][]) {
    const ctx = fakeContext({ method: 'POST', body: 'hello' });
    await makeFilter(spec, ...args).request?.(ctx);
    assert.equal(await ctx.request.body?.text(10), 'hello');
    const none = fakeContext();
    await makeFilter(spec, ...args).request?.(none);
    assert.equal(none.request.body, null);
  }
});

test('no timer outlives a client that goes away', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const source = new ManualSource();
  const ctx = fakeContext({ response: { status: 200, body: new Body(source, null) } });
  await makeFilter(chunks, 1, '1h').response?.(ctx);
  const sink = new RecordingSink(ctx.response.body ?? assert.fail());
  source.push('abc');
  sink.source.cancel(new Error('gone'));
  await turn();
  assert.ok(source.cancelled);
  assert.equal(sink.text, '');
});

test('arguments', () => {
  for (const rate of [0, -1, 'x']) assert.equal(faultOf(bandwidth, [rate])?.index, 0);
  assert.equal(faultOf(chunks, [0, 1])?.index, 0);
  assert.equal(faultOf(chunks, [1, '-1s'])?.index, 1);
  assert.equal(faultOf(chunks, [1])?.index, -1);
});
