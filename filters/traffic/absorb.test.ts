import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Body } from '../../src/plugin/index.ts';
import { ManualSource } from '../../test/kit/bodies.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { makeFilter } from '../../test/kit/specs.ts';
import { absorb, absorbSilent } from './absorb.ts';

test('answers when the body is read, and tells the log', async () => {
  const ctx = fakeContext({ method: 'POST', headers: { 'X-Flow-Id': 'f1' }, body: 'hello' });
  await makeFilter(absorb).request?.(ctx);
  assert.equal(ctx.served?.status, 200);
  assert.equal(ctx.request.body?.used, true);
  assert.deepEqual(
    ctx.logLines.map(({ message, fields }) => [message, fields]),
    [
      ['absorbing a request', { flowId: 'f1' }],
      ['absorbed a request', { flowId: 'f1', bytes: 5 }],
    ],
  );
});

test('the silent form; no body; a body that breaks off', async () => {
  const silent = fakeContext({ body: 'hello' });
  await makeFilter(absorbSilent).request?.(silent);
  assert.deepEqual([silent.served?.status, silent.logLines], [200, []]);

  const none = fakeContext();
  await makeFilter(absorb).request?.(none);
  assert.equal(none.logLines[1]?.fields['bytes'], 0);

  const source = new ManualSource();
  const broken = fakeContext({ body: new Body(source, null) });
  const reading = makeFilter(absorb).request?.(broken);
  source.push('ab');
  await new Promise(setImmediate);
  source.fail(new Error('reset'));
  await reading;
  assert.equal(broken.served?.status, 200);
  assert.equal(broken.logLines[1]?.message, 'the request to absorb broke off');
});
