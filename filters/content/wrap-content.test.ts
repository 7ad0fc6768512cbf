import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Body } from '../../src/plugin/index.ts';
import { ManualSource, RecordingSink } from '../../test/kit/bodies.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { wrapContent, wrapContentHex } from './wrap-content.ts';

test('bodies of all kinds', async () => {
  const filter = makeFilter(wrapContent, '<', '>');
  for (const [body, length, text] of [
    ['abc', 5, '<abc>'],
    ['', 2, '<>'],
    [null, 2, '<>'],
  ] as [string | null, number, string][]) {
    const ctx = fakeContext({ response: { status: 200, headers: { 'Content-Length': '3', ETag: '"1"' }, body } });
    await filter.response?.(ctx);
    assert.equal(ctx.response.body?.length, length);
    assert.equal(await ctx.response.body?.text(10), text);
    assert.deepEqual([...ctx.response.headers], [['ETag', 'W/"1"']]);
  }
  for (const [method, status] of [
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ] as [string, number][]) {
    const ctx = fakeContext({ method, response: { status } });
    await filter.response?.(ctx);
    assert.equal(ctx.response.body, null);
  }
});

test('a streaming body flows through', async () => {
  const source = new ManualSource();
  const ctx = fakeContext({ response: { status: 200, body: new Body(source, null) } });
  await makeFilter(wrapContentHex, '3c', '3e').response?.(ctx);
  assert.equal(ctx.response.body?.length, null);
  const sink = new RecordingSink(ctx.response.body ?? assert.fail());
  source.push('a');
  assert.equal(sink.text, '<a');
  source.push('b');
  source.end();
  assert.equal(sink.text, '<ab>');
  assert.equal(faultOf(wrapContentHex, ['3', ''])?.index, 0);
  assert.equal(faultOf(wrapContent, ['3'])?.index, -1);
});
