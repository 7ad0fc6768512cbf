/**
 * `npm run fuzz -- --seconds 60 [--only requests|responses|gateway] [--seed N]`: what clients and origins may send, read by
 * Sluice and by llhttp (see kinds.ts). With --only and --seed, checks that one and shows its bytes. A seed that fails is
 * printed, and kept in seeds.json for fuzz.test.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Check, type Kind, kinds } from './kinds.ts';
import type { Tally } from './tally.ts';

type Name = keyof typeof kinds;

const SEEDS = new URL('seeds.json', import.meta.url);
const MAX_FAILURES = 10;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const names = (Object.keys(kinds) as Name[]).filter((name) => values.only === undefined || values.only === name);
if (names.length === 0) throw new Error(`--only takes one of ${Object.keys(kinds).join(', ')}`);
for (const name of names) {
  const failures =
    values.seed === undefined
      ? await search(name, Number(values.seconds) / names.length)
      : await show(name, Number(values.seed));
  if (failures > 0) process.exitCode = 1;
}

async function search(name: Name, seconds: number): Promise<number> {
  const until = Date.now() + seconds * 1000;
  const tally: Tally = { cases: 0, accepted: 0, refused: 0 };
  await using check = await kinds[name].open();
  let seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`fuzz ${name}: from seed ${seed}`);
  let failures = 0;
  for (; Date.now() < until && failures < MAX_FAILURES; seed = (seed + 1) | 0)
    failures += await fails(name, seed, { check, tally });
  console.log(`fuzz ${name}: ${tally.cases} cases, ${tally.accepted} messages accepted, ${tally.refused} refused`);
  return failures;
}

async function show(name: Name, seed: number): Promise<number> {
  const kind: Kind = kinds[name];
  console.log(kind.show(seed).replaceAll('\\n', '\\n\n'));
  await using check = await kind.open();
  return fails(name, seed, { check, tally: { cases: 0, accepted: 0, refused: 0 } });
}

async function fails(name: Name, seed: number, { check, tally }: { check: Check; tally: Tally }): Promise<number> {
  try {
    await check(seed, tally);
    return 0;
  } catch (error) {
    console.error(`fuzz: seed ${seed} fails (npm run fuzz -- --only ${name} --seed ${seed}):`, error);
    keep(name, seed);
    return 1;
  }
}

function keep(name: Name, seed: number): void {
  const seeds = JSON.parse(readFileSync(SEEDS, 'utf8')) as Record<Name, number[]>;
  if (seeds[name].includes(seed)) return;
  seeds[name].push(seed);
  writeFileSync(SEEDS, `${JSON.stringify(seeds, null, 2)}\n`);
}
