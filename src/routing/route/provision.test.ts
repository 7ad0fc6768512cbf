import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arg, definePredicate } from '../../plugin/index.ts';
import type { ProvisionFault } from '../../routes/index.ts';
import { ProvisionError, provisionRoute } from '../index.ts';
import { Accounts, recordsOf, requestTo, testEnv } from '../table/table.fixture.ts';

const FAULTS: [eskip: string, fault: Omit<ProvisionFault, 'routeId'>, message: RegExp][] = [
  ['Closing() && Nope() -> <shunt>', { part: 'predicate', index: 1, argIndex: -1 }, /unknown predicate "Nope"/],
  ['Closing() && Weight(1.5) -> <shunt>', { part: 'predicate', index: 1, argIndex: 0 }, /expected an integer/],
  ['Closing() && Broken() -> <shunt>', { part: 'predicate', index: 1, argIndex: -1 }, /broken on purpose/],
  [
    'Closing() && Path("/*x/y") -> <shunt>',
    { part: 'predicate', index: 1, argIndex: 0 },
    /expected "\*x" to be the last segment/,
  ],
  ['Path("/a") && PathSubtree("/a") -> <shunt>', { part: 'predicate', index: 1, argIndex: -1 }, /only one Path/],
  ['Closing() -> closing() -> nope() -> <shunt>', { part: 'filter', index: 1, argIndex: -1 }, /unknown filter "nope"/],
  ['Closing() -> closing() -> broken() -> <shunt>', { part: 'filter', index: 1, argIndex: -1 }, /broken on purpose/],
  ['Closing() -> closing() -> <forward>', { part: 'backend', index: 0, argIndex: -1 }, /no forward here/],
];

for (const [eskip, fault, message] of FAULTS) {
  test(`refuses ${eskip} and closes what it had made`, () => {
    const accounts = new Accounts();
    const env = testEnv(accounts);
    const [record] = recordsOf(`r: ${eskip};`);
    assert.throws(
      () => provisionRoute(record!, env),
      (error) => {
        assert.ok(error instanceof ProvisionError);
        assert.match(error.message, message);
        const { routeId, part, index, argIndex } = error;
        assert.deepEqual({ routeId, part, index, argIndex }, { routeId: 'r', ...fault });
        return true;
      },
    );
    assert.equal(accounts.open.size, 0);
    assert.deepEqual(accounts.faults, []);
  });
}

test('closing goes on when something cannot be closed', async () => {
  const accounts = new Accounts();
  const failures: unknown[] = [];
  const env = { ...testEnv(accounts), closeFailed: (id: string, error: unknown) => failures.push([id, error]) };
  const late = Promise.reject('late');
  const filters = [{ close: () => late }, { close: () => assert.fail('now') }];
  env.registry.filters.add({
    ...env.registry.filters.get('closing')!,
    overrides: true,
    create: () => filters.shift()!,
  });
  const [record] = recordsOf('r: Closing() -> closing() -> closing() -> <shunt>;');
  provisionRoute(record!, env).retire();
  await assert.rejects(late);
  assert.equal(failures.length, 2);
  assert.equal(accounts.open.size, 0);
});

test('equal predicates are shared, until their name means something else', () => {
  const env = testEnv(new Accounts());
  let made = 0;
  const counting = (answer: boolean) =>
    definePredicate({
      name: 'Counting',
      summary: '',
      args: [arg.any('any')],
      examples: [],
      overrides: true,
      create: () => {
        made++;
        return { match: () => answer };
      },
    });
  env.registry.predicates.add(counting(true), 'a.ts');
  const records = recordsOf(
    'a: Counting(1) -> <shunt>; b: Counting(1) && True() -> <shunt>; c: Counting("1") -> <shunt>;',
  );
  const accepts = () => records.map((record) => provisionRoute(record, env).accepts(requestTo('h/')));
  assert.deepEqual(accepts(), [true, true, true]);
  assert.equal(made, 2);
  env.registry.predicates.remove('a.ts');
  env.registry.predicates.add(counting(false), 'a.ts');
  assert.deepEqual(accepts(), [false, false, false]);
});
