import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { originMarker } from '../observe/origin-marker.ts';
import { healthcheck } from './healthcheck.ts';

test('healthcheck makes every response a 200', async () => {
  const ctx = fakeContext({ response: { status: 503, statusText: 'Down' } });
  await makeFilter(healthcheck, 'whatever', 1).response?.(ctx);
  assert.deepEqual([ctx.response.status, ctx.response.statusText], [200, null]);
});

test('originMarker does nothing, but looks at its arguments', () => {
  const filter = makeFilter(originMarker, 'ingress', 'a/b', '2026-01-31T12:00:00+01:00');
  assert.deepEqual([filter.request, filter.response], [undefined, undefined]);
  for (const created of ['yesterday', '2026-01-31', '2026-13-31T12:00:00Z', 1])
    assert.equal(faultOf(originMarker, ['ingress', 'a/b', created])?.index, 2);
});
