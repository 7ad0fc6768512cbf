import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BackOff } from './back-off.ts';

it('waits longer from failure to failure, and begins anew after a quiet time', () => {
  const backOff = new BackOff();
  const waits = Array.from({ length: 12 }, (_, at) => backOff.failed(at * 1000));
  assert.deepEqual(waits, [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000, 30_000]);
  assert.equal(backOff.failed(11_000 + BackOff.stableMs + BackOff.longestMs + 1), 100);
});
