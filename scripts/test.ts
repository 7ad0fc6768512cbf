// Runs the tests: `npm test` all but the slow ones, `npm run test:slow` those of test/slow, `npm test -- <files or flags of
// node --test>` what is named. A test file belongs to one of the two by its place alone, so that none is left out.
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const SLOW = 'test/slow/';
/** What has no gateway around it. */
const UNITS = /^(?:grammar|src|filters)\//;
/** These start gateways, count what a process has open, or need one of their own for other reasons. */
const ALONE = /^test\/(?:e2e|contract|faults)\//;

/** Test files that run at the same time as other lanes. */
interface Lane {
  readonly name: string;
  readonly files: readonly string[];
  readonly flags: readonly string[];
}

/** A process for each file, so that what a test does to its process is its own affair. */
const APART = ['--test-concurrency=2', '--test-timeout=120000'];
/** All files in one process: loading Sluice costs more than most files take to run. */
const TOGETHER = ['--test-isolation=none', '--test-timeout=60000'];

function fastLanes(all: readonly string[]): Lane[] {
  const fast = all.filter((file) => !file.startsWith(SLOW));
  return [
    { name: 'units', files: fast.filter((file) => UNITS.test(file)), flags: TOGETHER },
    { name: 'together', files: fast.filter((file) => !UNITS.test(file) && !ALONE.test(file)), flags: TOGETHER },
    { name: 'apart', files: fast.filter((file) => ALONE.test(file)), flags: APART },
  ];
}

function lanesFor(args: readonly string[]): Lane[] {
  const all = globSync(['{grammar,src,filters,test}/**/*.test.ts'], { cwd: ROOT }).sort();
  if (args[0] === '--slow')
    return [{ name: 'slow', files: all.filter((file) => file.startsWith(SLOW)), flags: [...APART, ...args.slice(1)] }];
  const flags = args.filter((each) => each.startsWith('-'));
  const named = args.filter((each) => !each.startsWith('-'));
  if (named.length > 0) return [{ name: 'named', files: named, flags: [...APART, ...flags] }];
  return fastLanes(all).map((lane) => ({ ...lane, flags: [...lane.flags, ...flags] }));
}

/** Runs the lane; resolves to whether all of it passed. A lane among others writes when it has ended. */
function run({ name, files, flags }: Lane, alone: boolean): Promise<boolean> {
  const node = ['--import', './scripts/require-node.mjs', '--test', '--test-reporter=spec', ...flags, ...files];
  const child = spawn(process.execPath, node, { cwd: ROOT, stdio: ['ignore', alone ? 'inherit' : 'pipe', 'inherit'] });
  const written: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => written.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      if (!alone) process.stdout.write(Buffer.concat([Buffer.from(`\n${name}:\n`), ...written]));
      resolve(code === 0);
    });
  });
}

const lanes = lanesFor(process.argv.slice(2));
const passed = await Promise.all(lanes.map((lane) => run(lane, lanes.length === 1)));
for (const [at, { name, files }] of lanes.entries())
  console.log(`${passed[at] ? 'passed' : 'FAILED'}: ${name}, ${files.length} test files`);
process.exitCode = passed.every(Boolean) ? 0 : 1;
