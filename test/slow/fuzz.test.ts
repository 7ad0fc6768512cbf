import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds } from '../fuzz/kinds.ts';
import seeds from '../fuzz/seeds.json' with { type: 'json' };
import type { Tally } from '../fuzz/tally.ts';

const FRESH_SEEDS = 300;

for (const name of Object.keys(kinds) as (keyof typeof kinds)[]) {
  test(`${name}: seeds that failed once, and some more; npm run fuzz tries many`, async () => {
    const tally: Tally = { cases: 0, accepted: 0, refused: 0 };
    await using check = await kinds[name].open();
    const fresh = Array.from({ length: FRESH_SEEDS }, (_, at) => at + 1);
    for (const seed of [...(seeds[name] as number[]), ...fresh]) {
      await check(seed, tally).catch((error: Error) => {
        throw new Error(`npm run fuzz -- --only ${name} --seed ${seed}`, { cause: error });
      });
    }
    assert.ok(tally.accepted > FRESH_SEEDS / 2, `only ${tally.accepted} messages were accepted`);
    assert.ok(tally.refused > FRESH_SEEDS / 10, `only ${tally.refused} were refused`);
  });
}
