import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Body, ProxyError } from '../../src/plugin/index.ts';
import { ManualSource, RecordingSink } from '../../test/kit/bodies.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { blockContent, blockContentHex } from './block-content.ts';

/** Streams the chunks through the filter and gives what a backend got, and why it broke off. */
async function pass(
  filter: ReturnType<typeof makeFilter>,
  chunks: string[],
): Promise<{ sent: string; error: Error | null }> {
  const source = new ManualSource();
  const ctx = fakeContext({ method: 'POST', body: new Body(source, null) });
  await filter.request?.(ctx);
  const sink = new RecordingSink(ctx.request.body ?? assert.fail());
  for (const chunk of chunks) source.push(chunk);
  source.end();
  return { sent: sink.text, error: sink.error };
}

test('a forbidden text is found wherever chunks break it, and never sent whole', async () => {
  const filter = makeFilter(blockContent, 'abab', 'xyz');
  for (const text of ['abab', '--abab--', 'aabab', 'ababab', 'aab-xxyz', `${'-'.repeat(100)}xyz`]) {
    for (const size of [1, 2, 3, 1000]) {
      const { sent, error } = await pass(filter, text.match(new RegExp(`.{1,${size}}`, 'g')) ?? []);
      assert.ok(error instanceof ProxyError && error.status === 400, text);
      assert.ok(!sent.includes('abab') && !sent.includes('xyz'));
    }
  }
});

test('anything else passes whole', async () => {
  const filter = makeFilter(blockContent, 'abab', 'xyz');
  for (const text of ['', 'aba', 'ABAB', 'xyxyaba-bab', 'zyx']) {
    for (const size of [1, 2, 1000]) {
      const { sent, error } = await pass(filter, text.match(new RegExp(`.{1,${size}}`, 'g')) ?? []);
      assert.deepEqual({ sent, error }, { sent: text, error: null });
    }
  }
});

test('what cannot be the beginning of a forbidden text goes on at once', async () => {
  const source = new ManualSource();
  const ctx = fakeContext({ body: new Body(source, 9) });
  await makeFilter(blockContentHex, '414243').request?.(ctx);
  assert.equal(ctx.request.body?.length, 9);
  const sink = new RecordingSink(ctx.request.body ?? assert.fail());
  source.push('hello');
  assert.equal(sink.text, 'hello');
  source.push('A');
  assert.equal(sink.text, 'hello');
  source.push('BD');
  assert.equal(sink.text, 'helloABD');
  source.push('ABC');
  assert.ok(sink.error);
  assert.ok(source.cancelled);
});

test('no body, and arguments', async () => {
  const ctx = fakeContext();
  await makeFilter(blockContent, 'x').request?.(ctx);
  assert.equal(ctx.request.body, null);
  assert.equal(faultOf(blockContent, [])?.index, -1);
  assert.equal(faultOf(blockContent, ['a', ''])?.index, 1);
  assert.equal(faultOf(blockContent, ['a', 1])?.index, 1);
  assert.equal(faultOf(blockContentHex, ['abc'])?.index, 0);
  assert.equal(faultOf(blockContentHex, ['ab', 'zz'])?.index, 1);
});
