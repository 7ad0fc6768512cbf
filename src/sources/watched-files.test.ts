import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { pluginFiles, routeFiles, type SourceChange, type WatchedFiles } from './index.ts';

let base: string;
let watched: WatchedFiles | null;
let changes: SourceChange[];
let arrived: (() => void) | null;

beforeEach(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), 'sluice-sources-'));
  changes = [];
  watched = null;
  arrived = null;
});

afterEach(async () => {
  await watched?.close();
  await rm(base, { recursive: true });
});

const at = (...parts: string[]): string => path.join(base, ...parts);

async function watch(source: WatchedFiles): Promise<SourceChange> {
  watched = source;
  await source.start((change) => {
    changes.push(change);
    arrived?.();
  });
  return take();
}

/** The next change; a test that gets none runs into the runner's timeout. */
async function take(): Promise<SourceChange> {
  // What waits for a change must keep the process alive: watchers and timers of the source do not.
  const alive = setInterval(() => undefined, 1000);
  while (changes.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
  clearInterval(alive);
  return changes.shift() as SourceChange;
}

const texts = (change: SourceChange): Record<string, string> =>
  Object.fromEntries(change.put.map(({ name, text }) => [path.relative(base, name), text]).sort());

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('WatchedFiles', { timeout: 20_000 }, () => {
  it('delivers first what there is: named files, and the route files that stand in directories themselves', async () => {
    await mkdir(at('routes/team/.git'), { recursive: true });
    await mkdir(at('routes/examples'));
    await writeFile(at('routes/examples/d.eskip'), 'no');
    await writeFile(at('routes/a.eskip'), 'a');
    await writeFile(at('routes/team/b.eskip'), 'b');
    await writeFile(at('routes/team/.git/c.eskip'), 'no');
    await writeFile(at('routes/readme.md'), 'no');
    await writeFile(at('any-name'), 'x');
    const first = await watch(routeFiles([at('routes'), at('any-name'), at('routes/team')]));
    assert.deepEqual(texts(first), { 'any-name': 'x', 'routes/a.eskip': 'a', 'routes/team/b.eskip': 'b' });
    assert.deepEqual(first.faults, []);
  });

  it('takes modules, but neither tests nor typings, as drop-ins, and those of subdirectories that they may import', async () => {
    await mkdir(at('lib'));
    for (const name of ['a.ts', 'b.js', 'c.mjs', 'a.test.ts', 'a.d.ts', 'b.json', 'lib/d.ts'])
      await writeFile(at(name), name);
    const first = await watch(pluginFiles([base]));
    assert.deepEqual(texts(first), { 'a.ts': 'a.ts', 'b.js': 'b.js', 'c.mjs': 'c.mjs', 'lib/d.ts': 'lib/d.ts' });
  });

  it('delivers writes, renames over and re-creations as a change of that file', async () => {
    await writeFile(at('a.eskip'), '1');
    await watch(routeFiles([base]));
    await writeFile(at('a.eskip'), '2');
    assert.deepEqual(await take(), { put: [{ name: at('a.eskip'), text: '2' }], remove: [], faults: [] });
    await writeFile(at('a.tmp'), '3');
    await rename(at('a.tmp'), at('a.eskip'));
    assert.deepEqual(await take(), { put: [{ name: at('a.eskip'), text: '3' }], remove: [], faults: [] });
    await unlink(at('a.eskip'));
    await wait(60);
    await writeFile(at('a.eskip'), '4');
    assert.deepEqual(await take(), { put: [{ name: at('a.eskip'), text: '4' }], remove: [], faults: [] });
  });

  it('delivers a removal and an addition made at once as one change', async () => {
    await writeFile(at('a.eskip'), 'same');
    await watch(routeFiles([base]));
    await rename(at('a.eskip'), at('b.eskip'));
    assert.deepEqual(await take(), {
      put: [{ name: at('b.eskip'), text: 'same' }],
      remove: [at('a.eskip')],
      faults: [],
    });
  });

  it('delivers many files at once', async () => {
    await watch(routeFiles([base]));
    const names = Array.from({ length: 200 }, (_, i) => `f${i}.eskip`);
    await Promise.all(names.map((name) => writeFile(at(name), name)));
    assert.equal((await take()).put.length, 200);
  });

  it('waits until a file written in pieces is complete', async () => {
    await watch(routeFiles([base]));
    for (const text of ['', '1', '12', '123', '1234']) {
      await writeFile(at('a.eskip'), text);
      await wait(20);
    }
    assert.deepEqual(texts(await take()), { 'a.eskip': '1234' });
  });

  it('says nothing when a file was touched but its text is the same', async () => {
    await writeFile(at('a.eskip'), '1');
    await writeFile(at('b.eskip'), '1');
    await watch(routeFiles([base]));
    await writeFile(at('a.eskip'), '1');
    await wait(150);
    await writeFile(at('b.eskip'), '2');
    assert.deepEqual(texts(await take()), { 'b.eskip': '2' });
  });

  it('follows the link swap of a Kubernetes volume', async () => {
    const release = async (version: string): Promise<void> => {
      await mkdir(at(`k/..${version}`), { recursive: true });
      await writeFile(at(`k/..${version}/a.eskip`), `a ${version}`);
      await writeFile(at(`k/..${version}/b.eskip`), `b ${version}`);
      await symlink(`..${version}`, at('k/..data_tmp'));
      await rename(at('k/..data_tmp'), at('k/..data'));
    };
    await release('1');
    for (const name of ['a.eskip', 'b.eskip']) await symlink(`..data/${name}`, at('k', name));
    assert.deepEqual(texts(await watch(routeFiles([at('k')]))), { 'k/a.eskip': 'a 1', 'k/b.eskip': 'b 1' });
    for (const version of ['2', '3']) {
      await release(version);
      await rm(at(`k/..${Number(version) - 1}`), { recursive: true });
      const change = await take();
      assert.deepEqual(texts(change), { 'k/a.eskip': `a ${version}`, 'k/b.eskip': `b ${version}` });
      assert.deepEqual(change.remove, []);
    }
  });

  it('follows roots that are links, also to a single file', async () => {
    for (const version of ['1', '2']) {
      await mkdir(at(`v${version}`));
      await writeFile(at(`v${version}/a.eskip`), version);
    }
    await symlink('v1', at('current'));
    await symlink('current/a.eskip', at('file'));
    await watch(routeFiles([at('current'), at('file')]));
    await symlink('v2', at('next'));
    await rename(at('next'), at('current'));
    assert.deepEqual(texts(await take()), { 'current/a.eskip': '2', file: '2' });
    await writeFile(at('v2/a.eskip'), '3');
    assert.deepEqual(texts(await take()), { 'current/a.eskip': '3', file: '3' });
  });

  it('waits for a root that is missing; of one that is gone, what was there stays', async () => {
    const first = await watch(routeFiles([at('late')]));
    const fault = { name: at('late'), message: 'no such file or directory', wasGood: false, severity: 'error' };
    assert.deepEqual(first, { put: [], remove: [], faults: [fault] });
    for (const text of ['1', '2']) {
      await mkdir(at('late'));
      await writeFile(at('late/a.eskip'), text);
      assert.deepEqual(await take(), { put: [{ name: at('late/a.eskip'), text }], remove: [], faults: [] });
      await rm(at('late'), { recursive: true });
      const gone = await take();
      assert.deepEqual([gone.put, gone.remove], [[], []]);
      assert.deepEqual(gone.faults, [
        { ...fault, message: `${fault.message}; what was loaded from it stays in use`, wasGood: true },
      ]);
    }
    await mkdir(at('late'));
    assert.deepEqual(await take(), { put: [], remove: [at('late/a.eskip')], faults: [] });
  });

  it('says where a file is no UTF-8, and keeps what it was', async () => {
    await writeFile(at('a.eskip'), 'é');
    await watch(routeFiles([base]));
    await writeFile(at('a.eskip'), Buffer.from('x\né\xe9é', 'latin1'));
    const { put, remove, faults } = await take();
    assert.deepEqual([put, remove], [[], []]);
    assert.match(
      faults[0]?.message ?? '',
      /^the file is no UTF-8: found the byte 0xE9; save it as UTF-8; what was loaded/,
    );
    await writeFile(at('a.eskip'), 'è');
    assert.deepEqual(await take(), { put: [{ name: at('a.eskip'), text: 'è' }], remove: [], faults: [] });
  });

  it('delivers the newest text of a file that is written again and again, and of its neighbours', async () => {
    await writeFile(at('a.eskip'), '0');
    await watch(routeFiles([base]));
    let written = 0;
    let busy = true;
    const writer = (async () => {
      for (; busy; written++) {
        await writeFile(at('a.eskip'), `version ${written}`.padEnd(2000, '.'));
        await wait(6);
      }
    })();
    await writeFile(at('b.eskip'), 'beside');
    const seen: number[] = [];
    const see = async (): Promise<void> => {
      const text = texts(await take())['a.eskip'];
      if (text === undefined) return;
      const [, version] = /^version (\d+)\.+$/.exec(text) ?? [];
      assert.ok(version !== undefined && text.length === 2000, text);
      seen.push(Number(version));
    };
    while (seen.length < 5) await see();
    busy = false;
    await writer;
    while (seen.at(-1) !== written - 1) await see();
    assert.deepEqual(
      seen,
      [...new Set(seen)].sort((a, b) => a - b),
    );
  });

  it('believes that a file is empty when it stays so', async () => {
    await writeFile(at('a.eskip'), '1');
    await watch(routeFiles([base]));
    await writeFile(at('a.eskip'), '');
    assert.deepEqual(texts(await take()), { 'a.eskip': '' });
  });
});
