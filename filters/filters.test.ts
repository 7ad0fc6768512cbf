import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usesOf } from '../test/contract/uses.ts';
import { builtinFilters } from './index.ts';

test('no name is taken twice', () => {
  const names = builtinFilters.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  assert.deepEqual(
    names.filter((name, at) => names.indexOf(name) !== at),
    [],
  );
});

for (const spec of builtinFilters) {
  test(`${spec.name} tells what it does`, () => {
    assert.match(spec.summary, /^[A-Z].*\.$/s);
    assert.ok(spec.source !== undefined);
    assert.ok(usesOf(spec).length > 0, 'no example uses it');
  });
}
