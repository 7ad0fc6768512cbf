// What a file of a family exports is built in: the lists in families.ts are made from the text of the files, this from what
// they are.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtinFilters, filterFolders } from '../filters/index.ts';
import { balancers } from '../src/balance/index.ts';
import { builtinPredicates } from '../src/predicates/index.ts';

const ROOT = join(import.meta.dirname, '..');
const LISTED: readonly [folders: string, specs: readonly object[]][] = [
  // Other folders there are of drop-ins that somebody tries out.
  [`filters/{${filterFolders}}`, builtinFilters],
  ['src/predicates/*', builtinPredicates],
  ['src/balance/*', balancers],
];

/** All that the modules in some folders export and that is a spec, with its file. Those that are threads are no modules. */
async function specsIn(folders: string): Promise<{ spec: object; file: string }[]> {
  const files = globSync(`${folders}/**/*.ts`, { cwd: ROOT }).filter((file) => !/(?:\.test|-thread)\.ts$/.test(file));
  const modules = await Promise.all(
    files.map(async (file) => ({ file, exported: Object.values(await import(join(ROOT, file))) })),
  );
  return modules.flatMap(({ file, exported }) =>
    exported
      .filter((each): each is object => typeof each === 'object' && each !== null && 'name' in each && 'create' in each)
      .map((spec) => ({ spec, file })),
  );
}

for (const [folders, specs] of LISTED) {
  test(`every spec in ${folders} is built in, once`, async () => {
    const found = await specsIn(folders);
    assert.deepEqual(
      found.filter(({ spec }) => !specs.includes(spec)),
      [],
    );
    assert.equal(found.length, specs.length);
    assert.equal(new Set(specs).size, specs.length);
  });
}
