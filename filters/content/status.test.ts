import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import { makeFilter, runFilter } from '../../test/kit/specs.ts';
import { annotations } from '../lib/annotations.ts';
import { annotate, comment } from '../observe/annotation.ts';
import { status } from './status.ts';

test('status takes the reason phrase with it and leaves the rest', async () => {
  const ctx = fakeContext({
    method: 'HEAD',
    response: { status: 500, statusText: 'Oh No', headers: { 'Content-Length': '7' } },
  });
  await runFilter(makeFilter(status, 204), ctx);
  assert.equal(ctx.response.status, 204);
  assert.equal(ctx.response.statusText, null);
  assert.equal(ctx.response.headers.get('Content-Length'), '7');
});

test('annotate keeps the last note of a key, per request', async () => {
  const chain = [makeFilter(annotate, 'a', '1'), makeFilter(annotate, 'b', '2'), makeFilter(annotate, 'a', '3')];
  const [first, second] = [fakeContext(), fakeContext()];
  for (const filter of chain) await runFilter(filter, first);
  await runFilter(chain[1] as (typeof chain)[0], second);
  assert.deepEqual(Object.fromEntries(first.state.get(annotations) ?? []), { a: '3', b: '2' });
  assert.deepEqual(Object.fromEntries(second.state.get(annotations) ?? []), { b: '2' });
});

test('comment costs a request nothing', () => {
  const filter = makeFilter(comment, 'why', 1);
  assert.equal(filter.request, undefined);
  assert.equal(filter.response, undefined);
});
