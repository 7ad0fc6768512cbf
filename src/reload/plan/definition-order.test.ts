import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { keysBetween, longestAscent, orderKeys } from './definition-order.ts';

function assertAscends(values: readonly number[]): void {
  values.forEach((value, at) => {
    if (at > 0) assert.ok((values[at - 1] as number) < value, `${values[at - 1]} < ${value}`);
  });
}

/** Below it numbers are coarser than their size tells. */
const SUBNORMAL = 2 ** -1022;
const infinite = Number.POSITIVE_INFINITY;

describe('keysBetween', () => {
  it('gives ascending keys strictly between the bounds, or null', () => {
    const bound = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.double({ noNaN: true, min: -1e15, max: 1e15 }));
    const property = fc.property(
      fc.option(bound, { nil: -infinite }),
      fc.option(bound, { nil: infinite }),
      fc.integer({ min: 1, max: 50 }),
      fc.constantFrom('low' as const, 'high' as const, 'middle' as const),
      (a, b, count, lean) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        if (low === high || low === infinite || high === -infinite) return;
        const keys = keysBetween(low, high, count, lean);
        if (keys === null) {
          const spacing = Math.max(SUBNORMAL, Number.EPSILON * Math.max(Math.abs(low), Math.abs(high)));
          return assert.ok(high - low < 2 * spacing * (count + 1), 'there was room');
        }
        assert.equal(keys.length, count);
        assertAscends([low, ...keys, high]);
      },
    );
    fc.assert(property);
  });
});

describe('longestAscent', () => {
  it('marks an ascending subsequence that no other exceeds', () => {
    const naive = (values: readonly number[]): number => {
      const best: number[] = [];
      values.forEach((value, at) => {
        best[at] =
          value < 0
            ? 0
            : 1 + Math.max(0, ...values.slice(0, at).map((v, i) => (v >= 0 && v < value ? (best[i] as number) : 0)));
      });
      return Math.max(0, ...best);
    };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 30 }), { maxLength: 30 }), (values) => {
        const marks = longestAscent(Int32Array.from(values));
        const marked = values.filter((_, at) => marks[at] === 1);
        assert.ok(marked.every((value, at) => value >= 0 && (at === 0 || value > (marked[at - 1] as number))));
        assert.equal(marked.length, naive(values));
      }),
    );
  });
});

describe('orderKeys', () => {
  const cases: [what: string, from: number[], before: number[], low: number, high: number, kept: number[]][] = [
    ['a new file', [-1, -1, -1], [], -infinite, infinite, []],
    ['a new file between two', [-1, -1], [], 5, 6, []],
    ['the same definitions', [0, 1, 2], [10, 20, 30], -infinite, infinite, [0, 1, 2]],
    ['an insertion', [0, -1, 1], [10, 11], -infinite, infinite, [0, 2]],
    ['a removal', [0, 2], [10, 20, 30], 1, 40, [0, 1]],
    ['a move to the end', [1, 2, 0], [10, 20, 30], 1, 40, [0, 1]],
    ['additions at both ends', [-1, 0, -1], [10], 9, 11, [1]],
    ['no definition', [], [10], 9, 11, []],
  ];
  for (const [what, from, before, low, high, kept] of cases) {
    it(`orders ${what}`, () => {
      const keys = orderKeys({ from: Int32Array.from(from), before, low, high });
      assert.ok(keys !== null);
      assert.equal(keys.length, from.length);
      assertAscends([low, ...keys, high]);
      for (const at of kept) assert.equal(keys[at], before[from[at] as number]);
    });
  }

  it('says when numbers run out', () => {
    const keys = orderKeys({ from: Int32Array.from([0, -1, 1]), before: [1, 1 + Number.EPSILON], low: 0, high: 2 });
    assert.equal(keys, null);
  });

  it('has room for many insertions at one place', () => {
    let before: number[] = [0, 2 ** 16];
    for (let round = 0; round < 40; round++) {
      const from = Int32Array.from([...before.keys()].flatMap((at) => (at === before.length - 1 ? [-1, at] : [at])));
      const keys = orderKeys({ from, before, low: -infinite, high: infinite });
      assert.ok(keys !== null, `round ${round}`);
      before = keys;
    }
  });
});
