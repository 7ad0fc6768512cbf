import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FilterChain } from '../route/chain.ts';
import { ConditionPool } from '../route/conditions.ts';
import { Route } from '../route/route.ts';
import { RoutingTable } from './table.ts';

function tableOf(closed: string[]): RoutingTable<null> {
  const table = new RoutingTable<null>();
  const conditions = new ConditionPool().conditions(0, [], []);
  const put = ['a', 'b'].map(
    (id, order) =>
      new Route<null>({
        id,
        order,
        pattern: null,
        conditions,
        chain: new FilterChain([], []),
        backend: null,
        work: '',
        owned: [{ close: () => void closed.push(id) }],
        end: {},
      }),
  );
  table.prepare(1, { put });
  table.commit(1);
  return table;
}

it('a moved route keeps what it owns, which is closed once, after its last request', () => {
  const closed: string[] = [];
  const table = tableOf(closed);
  const before = table.route('a');
  before?.retain();
  table.prepare(2, {
    move: [
      { id: 'a', order: 5 },
      { id: 'unknown', order: 1 },
    ],
  });
  table.commit(2);
  assert.equal(table.route('a')?.order, 5);
  assert.equal(table.size, 2);
  table.prepare(3, { remove: ['a'] });
  table.commit(3);
  while (table.collectGarbage());
  assert.deepEqual(closed, []);
  before?.release();
  assert.deepEqual(closed, ['a']);
});

it('a move that is aborted leaves the route where it was, alive', () => {
  const closed: string[] = [];
  const table = tableOf(closed);
  table.prepare(2, { move: [{ id: 'a', order: 5 }] });
  table.abort(2);
  while (table.collectGarbage());
  assert.equal(table.route('a')?.order, 0);
  assert.deepEqual(closed, []);
  table.close();
  assert.deepEqual(closed, ['a', 'b']);
});
