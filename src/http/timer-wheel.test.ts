import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Deadline, TimerWheel } from './timer-wheel.ts';

/** A wheel of 8 slots of 10 ms, and what fired, each with its tick. */
function bench() {
  const wheel = new TimerWheel({ tickMs: 10, slots: 8, ticking: false });
  const fired: string[] = [];
  const deadline = (name: string) => new Deadline(wheel, () => fired.push(`${name}@${wheel.tick}`));
  return { wheel, fired, deadline };
}

describe('timer wheel', () => {
  for (const [delayMs, tick] of [
    [1, 2],
    [10, 2],
    [11, 3],
    [60, 7],
    [70, 8],
    [200, 21],
    [1000, 101],
  ] as const)
    test(`${delayMs} ms fire at tick ${tick}, once`, () => {
      const { wheel, fired, deadline } = bench();
      deadline('a').set(delayMs);
      wheel.advance(300);
      assert.deepEqual(fired, [`a@${tick}`]);
      assert.equal(wheel.size, 0);
    });

  test('set later, it fires later; set earlier, earlier', () => {
    const { wheel, fired, deadline } = bench();
    const [later, earlier] = [deadline('later'), deadline('earlier')];
    later.set(20);
    earlier.set(500);
    wheel.advance(1);
    later.set(100);
    earlier.set(20);
    wheel.advance(30);
    assert.deepEqual(fired, ['earlier@4', 'later@12']);
  });

  test('cleared or set to 0 it does not fire, and leaves the wheel with its slot', () => {
    const { wheel, fired, deadline } = bench();
    const [cleared, zero, disposed] = [deadline('a'), deadline('b'), deadline('c')];
    for (const each of [cleared, zero, disposed]) each.set(20);
    cleared.clear();
    zero.set(0);
    disposed.dispose();
    assert.equal(wheel.size, 2);
    wheel.advance(10);
    assert.deepEqual(fired, []);
    assert.equal(wheel.size, 0);
  });

  test('a deadline may set itself, or dispose of its neighbours, as it fires', () => {
    const wheel = new TimerWheel({ tickMs: 10, slots: 8, ticking: false });
    let count = 0;
    const neighbour = new Deadline(wheel, () => assert.fail('it was disposed of'));
    const again: Deadline = new Deadline(wheel, () => {
      neighbour.dispose();
      if (++count < 3) again.set(10);
    });
    neighbour.set(10);
    again.set(10);
    wheel.advance(20);
    assert.equal(count, 3);
    assert.equal(wheel.size, 0);
  });

  test('it agrees with a plain list of due ticks', () => {
    const { wheel, fired, deadline } = bench();
    const expected: string[] = [];
    for (let at = 0; at < 200; at++) {
      const delayMs = 1 + ((at * 37) % 330);
      deadline(`${at}`).set(delayMs);
      expected.push(`${at}@${Math.ceil(delayMs / 10) + 1}`);
    }
    wheel.advance(50);
    assert.deepEqual(fired.sort(), expected.sort());
  });

  test('it ticks by itself, while something is set', async () => {
    const wheel = new TimerWheel({ tickMs: 1 });
    const keepAlive = setInterval(() => {}, 1000);
    await new Promise<void>((resolve) => new Deadline(wheel, resolve).set(5));
    clearInterval(keepAlive);
    assert.equal(wheel.size, 0);
  });
});
