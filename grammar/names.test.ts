// The language is syntax: what predicates, filters and algorithms there are is not its business.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtinRegistry } from '../src/vocabulary/index.ts';

test('no source of the grammar compares or maps the name of a predicate, filter or algorithm', () => {
  const registry = builtinRegistry();
  const names = new Set(
    [...registry.predicates, ...registry.filters].flatMap(({ name, aliases = [] }) => [name, ...aliases]),
  );
  for (const { name } of registry.balancers) names.add(name);
  const files = globSync('**/*.ts', { cwd: import.meta.dirname }).filter((file) => !/\.(test|bench)\.ts$/.test(file));
  assert.ok(files.length > 20 && names.has('Path') && names.has('status'));
  const found = files.flatMap((file) =>
    [...readFileSync(join(import.meta.dirname, file), 'utf8').matchAll(/['"](\w+)['"]/g)]
      .filter(([, word]) => names.has(word as string))
      .map(([quoted]) => `${file}: ${quoted}`),
  );
  assert.deepEqual(found, []);
});
