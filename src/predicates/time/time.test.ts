import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext } from '../../../test/kit/context.ts';
import { faultOf, makePredicate } from '../../../test/kit/specs.ts';
import type { ArgValue, PredicateSpec } from '../../plugin/index.ts';
import { cron } from './cron.ts';
import { after, before, between } from './interval.ts';

const { request } = fakeContext();

function matchesAt(spec: unknown, values: readonly ArgValue[], time: string): boolean {
  return makePredicate(spec as PredicateSpec, values, {
    draining: () => false,
    now: () => Date.parse(time),
  }).match(request);
}

const NOON_BERLIN = ['2026-07-01T12:00:00', 'Europe/Berlin'];

const CASES: [spec: unknown, args: ArgValue[], now: string, matches: boolean][] = [
  [after, ['2026-01-01T00:00:00Z'], '2026-01-01T00:00:00Z', true],
  [after, ['2026-01-01T00:00:00Z'], '2025-12-31T23:59:59.999Z', false],
  [after, ['2026-01-01T00:00:00.5Z'], '2026-01-01T00:00:00.499Z', false],
  [after, ['2026-01-01T01:00:00+01:00'], '2026-01-01T00:00:00Z', true],
  [after, [1767225600], '2026-01-01T00:00:00Z', true],
  [after, NOON_BERLIN, '2026-07-01T10:00:00Z', true],
  [after, NOON_BERLIN, '2026-07-01T09:59:59Z', false],
  [after, ['2026-01-01T12:00:00', 'Europe/Berlin'], '2026-01-01T11:00:00Z', true],
  [after, ['2026-01-01T12:00:00', 'Europe/Berlin'], '2026-01-01T10:59:59Z', false],
  [before, ['2026-01-01T00:00:00Z'], '2026-01-01T00:00:00Z', false],
  [before, ['2026-01-01T00:00:00Z'], '2025-12-31T23:59:59.999Z', true],
  [before, NOON_BERLIN, '2026-07-01T10:00:00Z', false],
  [between, [1767225600, 1767225601], '2026-01-01T00:00:00.999Z', true],
  [between, [1767225600, 1767225601], '2026-01-01T00:00:01Z', false],
  // The clocks go forward from 2 to 3 at 2026-03-29, and back from 3 to 2 at 2026-10-25.
  [between, ['2026-03-29T01:59:00', '2026-03-29T03:00:00', 'Europe/Berlin'], '2026-03-29T00:59:30Z', true],
  [between, ['2026-03-29T01:59:00', '2026-03-29T03:00:00', 'Europe/Berlin'], '2026-03-29T01:00:00Z', false],
  [after, ['2026-10-25T03:00:00', 'Europe/Berlin'], '2026-10-25T02:00:00Z', true],
  [after, ['2026-10-25T03:00:00', 'Europe/Berlin'], '2026-10-25T01:59:59Z', false],
  [after, ['2026-11-01T03:00:00', 'America/New_York'], '2026-11-01T08:00:00Z', true],
  [after, ['2026-11-01T03:00:00', 'America/New_York'], '2026-11-01T07:59:59Z', false],
  [cron, ['20-40,50 * * * *', 'UTC'], '2026-07-04T07:40:59Z', true],
  [cron, ['20-40,50 * * * *', 'UTC'], '2026-07-04T07:41:00Z', false],
  [cron, ['20-40,50 * * * *', 'UTC'], '2026-07-04T07:50:30.5Z', true],
  [cron, ['* 9-17 * * 1-5', 'Europe/Berlin'], '2026-07-03T15:59:00Z', true],
  [cron, ['* 9-17 * * 1-5', 'Europe/Berlin'], '2026-07-03T16:00:00Z', false],
  [cron, ['* 9-17 * * MON-FRI', 'UTC'], '2026-07-04T10:00:00Z', false],
  [cron, ['*/15 * * * *', 'UTC'], '2026-07-04T10:45:10Z', true],
  [cron, ['* * 13 * 5', 'UTC'], '2026-11-13T00:00:00Z', true],
  [cron, ['* * 13 * 5', 'UTC'], '2026-11-20T00:00:00Z', false],
  [cron, ['* * * * 7', 'UTC'], '2026-07-05T00:00:00Z', true],
];

for (const [spec, args, now, matches] of CASES) {
  test(`${(spec as PredicateSpec).name}(${args.join(', ')}) at ${now}`, () =>
    assert.equal(matchesAt(spec, args, now), matches));
}

test('a mask is asked once a minute', () => {
  let now = Date.parse('2026-07-04T07:40:59Z');
  const predicate = makePredicate(cron, ['40 * * * *', 'UTC'], { draining: () => false, now: () => now });
  assert.equal(predicate.match(request), true);
  assert.equal(predicate.match(request), true);
  now += 1000;
  assert.equal(predicate.match(request), false);
});

const REFUSED: [spec: unknown, args: ArgValue[], index: number][] = [
  [after, [], -1],
  [after, ['tomorrow'], 0],
  [after, ['2026-02-30T00:00:00Z'], 0],
  [after, ['2026-01-01T00:00:00'], 0],
  [after, ['2026-01-01T00:00:00Z', 'UTC'], 0],
  [after, [1, 'UTC'], 0],
  [after, ['2026-01-01T00:00:00', 'Europe/Nowhere'], 1],
  [between, ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'], 1],
  [between, ['2026-01-01T00:00:00Z', 'x'], 1],
  [between, ['2026-01-01T00:00:00', '2026-01-02T00:00:00', 'x'], 2],
  [cron, ['a * * * *'], 0],
  [cron, ['* * * *'], 0],
  [cron, ['* * * * * *'], 0],
  [cron, ['61 * * * *'], 0],
  [cron, ['* * * * *', 'x/y'], 1],
];

for (const [spec, args, index] of REFUSED) {
  const { name } = spec as PredicateSpec;
  test(`${name}(${args.join(', ')}) is refused`, () =>
    assert.equal(faultOf(spec as PredicateSpec, args)?.index, index));
}
