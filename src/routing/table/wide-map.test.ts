import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WideMap } from './wide-map.ts';

test('does what a Map does', () => {
  const key = fc.constantFrom('', 'a', 'b', 'cc');
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.option(fc.nat(), { nil: null }))), (steps) => {
      const map = new WideMap<number>();
      const model = new Map<string, number>();
      for (const [key, value] of steps) {
        for (const each of [map, model]) {
          if (value === null) each.delete(key);
          else each.set(key, value);
        }
        assert.equal(map.size, model.size);
        assert.equal(map.get(key), model.get(key));
        assert.deepEqual([...map.values()].sort(), [...model.values()].sort());
      }
    }),
  );
});

test('holds more than one Map is to hold, evenly enough', () => {
  const map = new WideMap<number>();
  for (let n = 0; n < 20_000; n++) map.set(`tenant-${n}.example.org`, n);
  assert.equal(map.size, 20_000);
  for (let n = 0; n < 20_000; n += 7) assert.equal(map.get(`tenant-${n}.example.org`), n);
  for (let n = 0; n < 20_000; n++) map.delete(`tenant-${n}.example.org`);
  assert.deepEqual([...map.values()], []);
});
