import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DescriptorReserve, descriptorLimit } from './descriptor-reserve.ts';
import { newFlags } from './thread-setup.ts';

const errors: string[] = [];
const log = { debug() {}, info() {}, warn() {}, error: (message: string) => void errors.push(message) };

test('there is room as long as the next descriptor is not one of the last', () => {
  // This process has some open already, and far fewer than a million.
  for (const [limit, isShort] of [
    [0, false],
    [8, true],
    [1_000_000, false],
  ] as const) {
    const reserve = new DescriptorReserve(limit, newFlags(), log);
    assert.deepEqual([reserve.isShort(), reserve.isShort()], [isShort, isShort], `of ${limit}`);
  }
  assert.ok(descriptorLimit() >= 0);
});

test('of all threads one tells the shortage; each counts what it turned away', () => {
  const flags = newFlags();
  const [one, two] = [new DescriptorReserve(8, flags, log), new DescriptorReserve(8, flags, log)];
  one.turnAway();
  one.turnAway();
  two.turnAway();
  two.turnAway('upstream');
  assert.equal(errors.length, 1);
  assert.match(errors[0] ?? '', /^out of file descriptors: .*ulimit -n/);
  const counts = (reserve: DescriptorReserve) => reserve.snapshot('s').values.map(({ value }) => value);
  assert.deepEqual(
    [counts(one), counts(two)],
    [
      [2, 0],
      [1, 1],
    ],
  );
});
