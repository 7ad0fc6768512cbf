// The package as it is published: built, packed, and used from a folder of somebody else's.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Folder } from '../kit/folder.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** Runs a program of node_modules, or Node itself, in a folder. */
function node(args: readonly string[], cwd: string): Promise<{ stdout: string; stderr: string }> {
  // A test runner within a test runner would take itself for a part of it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return run(process.execPath, args, { cwd, env });
}

describe('the package', { timeout: 120_000 }, () => {
  let folder: Folder;
  let shop: string;

  before(async () => {
    folder = await Folder.make({});
    shop = folder.at('shop');
    const installed = join(shop, 'node_modules/sluice');
    await mkdir(installed, { recursive: true });
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    await node([tsc, '-p', 'tsconfig.build.json', '--outDir', join(installed, 'dist')], ROOT);
    await cp(join(ROOT, 'package.json'), join(installed, 'package.json'));
    for (const name of [...Object.keys(manifest.dependencies), '@types/node', 'typescript', 'undici-types']) {
      const link = join(shop, 'node_modules', name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(ROOT, 'node_modules', name), link);
    }
    // What a dependency of ours depends on is found beside it, where npm put it.
    await symlink(join(ROOT, 'node_modules'), join(installed, 'node_modules'));
  });

  after(() => folder[Symbol.asyncDispose]());

  it('has no tests and fixtures in it, and every door of package.json', async () => {
    const { stdout } = await run(
      'find',
      ['node_modules/sluice/dist', '-name', '*.test.*', '-o', '-name', '*.fixture.*'],
      {
        cwd: shop,
      },
    );
    assert.equal(stdout, '');
    for (const [door, { types, default: code }] of Object.entries<{ types: string; default: string }>(
      manifest.exports,
    )) {
      for (const file of [types, code]) assert.ok(readFileSync(join(shop, 'node_modules/sluice', file)), door);
    }
  });

  it('makes a folder to begin with, whose types are right and whose test passes', async () => {
    const bin = join(shop, 'node_modules/sluice', manifest.bin.sluice);
    const { stdout } = await node([bin, 'init'], shop);
    assert.match(stdout, /^wrote {2}routes\/main\.eskip$/m);
    assert.match(stdout, /npm install && npm test && npm start/);
    const again = await node([bin, 'init'], shop);
    assert.doesNotMatch(again.stdout, /^wrote/m);
    await node([join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.'], shop);
    await node([bin, 'check', '--filters-dir', 'filters', 'routes'], shop);
    const tested = await node(['--test', '--test-reporter=tap'], shop);
    assert.match(tested.stdout, /^# pass 1$/m);
  });

  it('is a library with defaults, which names an option that is none', async () => {
    await folder.write(
      'shop/library.mjs',
      `import { startGateway, UsageError } from 'sluice/gateway';
      for (const options of [{ adress: ':0' }, { workers: '2' }])
        await startGateway(options).catch((error) => console.log(error instanceof UsageError, error.message));
      const gateway = await startGateway({
        address: '127.0.0.1:0', 'support-listener': '', 'inline-routes': '* -> status(204) -> <shunt>', workers: 1,
      });
      console.log((await fetch('http://127.0.0.1:' + gateway.port)).status, gateway.supportPort);
      await gateway.close();`,
    );
    const { stdout } = await node(['library.mjs'], shop);
    assert.deepEqual(stdout.trim().split('\n'), [
      'true unknown option "adress"',
      'true option "workers": expected a number, found "2"',
      '204 null',
    ]);
  });
});

describe('an old Node', () => {
  it('is told which one is needed, by the command and by the npm scripts', async () => {
    const oldest = Number(/^>=(\d+)$/.exec(manifest.engines.node)?.[1]);
    // Stands for Node 20: what the guards look at.
    const pretend = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.1.0'})`;
    for (const guarded of [
      ['--import', pretend, '--import', join(ROOT, 'scripts/require-node.mjs'), '-e', ''],
      ['--import', pretend, join(ROOT, 'src/bin.ts'), '--version'],
    ]) {
      const failure = await node(guarded, ROOT).then(
        () => assert.fail('it ran'),
        (error: { code: number; stderr: string }) => error,
      );
      assert.equal(failure.code, 1);
      assert.match(failure.stderr, new RegExp(`runs on Node ${oldest} or later`));
    }
    for (const script of ['start', 'sluice', 'test', 'docs', 'fuzz']) {
      assert.match(manifest.scripts[script], /^node --import \.\/scripts\/require-node\.mjs /, script);
    }
  });
});
