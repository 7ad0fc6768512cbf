import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Body } from '../../src/plugin/index.ts';
import { ManualSource } from '../../test/kit/bodies.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { loopbackIfStatus } from './loopback-if-status.ts';

test('the response of the other route takes the place', async () => {
  const source = new ManualSource();
  const ctx = fakeContext({
    target: '/old?x=1',
    response: { status: 404, body: new Body(source, null) },
    loopback: ({ request }) => ({ status: 200, body: request.target }),
  });
  await makeFilter(loopbackIfStatus, 404, '/a b').response?.(ctx);
  assert.ok(source.cancelled);
  assert.equal(ctx.response.status, 200);
  assert.equal(await ctx.response.body?.text(100), '/a%20b?x=1');
});

test('another status passes, without a promise', () => {
  const ctx = fakeContext({ response: { status: 200 } });
  assert.equal(makeFilter(loopbackIfStatus, 404, '/x').response?.(ctx), undefined);
  assert.equal(ctx.request.path, '/');
});

test('a loopback that fails fails the hook', async () => {
  const ctx = fakeContext({
    response: { status: 404 },
    loopback: () => {
      throw new Error('too many loopbacks');
    },
  });
  await assert.rejects(async () => makeFilter(loopbackIfStatus, 404, '/x').response?.(ctx), /too many/);
});

test('arguments', () => {
  assert.equal(faultOf(loopbackIfStatus, [99, '/x'])?.index, 0);
  assert.equal(faultOf(loopbackIfStatus, [404, 'x'])?.index, 1);
  assert.equal(faultOf(loopbackIfStatus, [404])?.index, -1);
  assert.equal(faultOf(loopbackIfStatus, [404, '/x', 'ignored']), null);
});
