import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { logBody } from './log-body.ts';

test('writes up to the limit, passes all', async () => {
  async function* chunks(): AsyncGenerator<string> {
    yield 'abc';
    yield 'def';
    yield 'ghi';
  }
  const ctx = fakeContext({ headers: { 'X-Flow-Id': 'f' }, response: { status: 200, body: chunks() } });
  await makeFilter(logBody, 'response', 4).response?.(ctx);
  assert.equal(await ctx.response.body?.text(100), 'abcdefghi');
  assert.deepEqual(
    ctx.logLines.map(({ message, fields }) => [message, fields]),
    [
      ['response body', { flowId: 'f', chunk: 'abc' }],
      ['response body', { flowId: 'f', chunk: 'd' }],
    ],
  );
});

test('the request, or no body at all', async () => {
  const filter = makeFilter(logBody, 'request', 10);
  assert.equal(filter.response, undefined);
  const ctx = fakeContext({ body: 'abc' });
  await filter.request?.(ctx);
  assert.equal(ctx.request.body?.length, 3);
  assert.equal(await ctx.request.body?.text(10), 'abc');
  assert.deepEqual(ctx.logLines[0]?.fields, { chunk: 'abc' });
  const none = fakeContext();
  await filter.request?.(none);
  assert.equal(none.request.body, null);
  assert.equal(faultOf(logBody, ['both', 1])?.index, 0);
  assert.equal(faultOf(logBody, ['request', -1])?.index, 1);
  assert.equal(faultOf(logBody, ['request'])?.index, -1);
});
