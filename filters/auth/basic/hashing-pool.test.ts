import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HashingPool } from './hashing-pool.ts';

/** A hash of cost 10: a check takes some thread as long as hundreds of requests. */
const SLOW = '$2b$10$S1C5xtAOp5ddjJDoWNgahea5oPnHS7kK2ImtGJaw/4BXEkymQohNy';
const QUICK = '$2y$05$fFZ0j5GUrkVmK3TUA72gUOFg11D2myqfmF7YhQiu8tTSJthqplO9q';

test('while a password is hashed this thread does not hash', async () => {
  const pool = new HashingPool();
  pool.retain();
  await pool.check('a', { password: 'x', own: QUICK, others: [] });
  const [all, own] = [process.cpuUsage(), process.threadCpuUsage()];
  await Promise.all([1, 2, 3].map((each) => pool.check('a', { password: `${each}`, own: SLOW, others: [] })));
  const [ofAll, ofThis] = [process.cpuUsage(all), process.threadCpuUsage(own)];
  assert.ok(ofThis.user * 4 < ofAll.user, `${ofThis.user} of ${ofAll.user} µs in this thread`);
  pool.release();
});

test('turns of the event loop go on meanwhile', async () => {
  const pool = new HashingPool();
  pool.retain();
  let [turns, pending] = [0, true];
  const check = Promise.resolve(pool.check('a', { password: 'x', own: SLOW, others: [] }));
  const done = check.finally(() => (pending = false));
  while (pending) {
    await new Promise((resolve) => setImmediate(resolve));
    turns++;
  }
  assert.equal(await done, false);
  assert.ok(turns > 20, `${turns} turns`);
  pool.release();
});

test('clients have their turns, and each its bound', async () => {
  const pool = new HashingPool({ perClient: 4, all: 6 });
  const settled: string[] = [];
  const check = (client: string, password: string) => {
    const found = pool.check(client, { password, own: QUICK, others: [] });
    if (typeof found === 'string') return found;
    return found.then((right) => void settled.push(`${client}${right ? '+' : '-'}`));
  };
  const loud = ['1', '2', '3', '4'].map((password) => check('a', password));
  assert.equal(check('a', '5'), 'client');
  const [quiet, other] = [check('b', 'secret'), check('c', '1')];
  assert.equal(check('d', '1'), 'all');
  await Promise.all([...loud, quiet, other]);
  assert.deepEqual(settled, ['a-', 'a-', 'b+', 'c-', 'a-', 'a-']);
  assert.equal(await pool.check('a', { password: 'secret', own: QUICK, others: [] }), true, 'there is room again');
});

test('what a hash does to the thread is told to its caller alone', async () => {
  const pool = new HashingPool();
  const broken = pool.check('a', { password: 'x', own: SLOW.replace('$10$', '$99$'), others: [] });
  const next = pool.check('a', { password: 'secret', own: QUICK, others: [] });
  assert.notEqual(typeof broken, 'string');
  const outcome = await Promise.allSettled([broken, next]);
  assert.deepEqual(
    outcome.map(({ status }) => status),
    ['rejected', 'fulfilled'],
  );
});
