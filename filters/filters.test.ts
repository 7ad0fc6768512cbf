import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FilterSpec } from '../src/plugin/index.ts';
import { usesOf } from '../test/contract/uses.ts';
import { builtinFilters } from './index.ts';

/** A built-in imports the contract by its path; what does not is a drop-in that somebody tries out here. */
function isBuiltin(file: string): boolean {
  return readFileSync(join(import.meta.dirname, file), 'utf8').includes("from '../src/plugin/index.ts'");
}

test('every built-in filter of this folder is in the index', async () => {
  const modules = readdirSync(import.meta.dirname).filter((name) => /^(?!index).*(?<!\.test)\.ts$/.test(name));
  for (const file of modules.filter(isBuiltin)) {
    for (const each of Object.values(await import(join(import.meta.dirname, file))))
      if (typeof each === 'object' && each !== null && 'create' in each && 'examples' in each)
        assert.ok(builtinFilters.includes(each as FilterSpec), file);
  }
});

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
