import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArgValue, FilterSpec } from '../../src/plugin/index.ts';
import { RecordingSink } from '../../test/kit/bodies.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { randomContent, repeatContent, repeatContentHex } from './generated-content.ts';

async function served(spec: FilterSpec, ...args: ArgValue[]) {
  const ctx = fakeContext();
  await makeFilter(spec, ...args).request?.(ctx);
  return ctx.served?.body ?? assert.fail();
}

test('bodies have the length asked for, over the size of chunks', async () => {
  for (const length of [0, 1, 16_384, 16_385, 100_000]) {
    const random = await served(randomContent as FilterSpec, length);
    assert.equal(random.length, length);
    assert.match(await random.text(1e6), /^[A-Za-z0-9]*$/);
    for (const pattern of ['a', 'abc', 'x'.repeat(20_000), 'grün']) {
      const body = await served(repeatContent as FilterSpec, pattern, length);
      const expected = Buffer.alloc(length, pattern);
      assert.equal(body.length, length);
      assert.ok((await body.bytes(1e6)).equals(expected), `${pattern.slice(0, 5)} ${length}`);
    }
  }
  assert.deepEqual(await (await served(repeatContentHex as FilterSpec, '00ff', 3)).bytes(10), Buffer.from([0, 255, 0]));
});

test('a slow reader gets no more than it takes', async () => {
  const sink = new RecordingSink(await served(randomContent as FilterSpec, 2 ** 50), true);
  assert.equal(sink.chunks.length, 1);
  sink.source.resume();
  assert.equal(sink.chunks.length, 2);
  sink.source.cancel(new Error('gone'));
  sink.source.resume();
  assert.equal(sink.chunks.length, 2);
  assert.equal(sink.ended, false);
});

test('arguments', () => {
  assert.equal(faultOf(randomContent, [])?.index, -1);
  for (const length of [-1, 1.5, 'x']) assert.equal(faultOf(randomContent, [length])?.index, 0);
  assert.equal(faultOf(repeatContent, ['', 1])?.index, 0);
  assert.equal(faultOf(repeatContent, ['a', -1])?.index, 1);
  assert.equal(faultOf(repeatContentHex, ['', 1])?.index, 0);
  assert.equal(faultOf(repeatContentHex, ['0', 1])?.index, 0);
});
