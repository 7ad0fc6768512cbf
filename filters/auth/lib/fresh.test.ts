import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Log } from '../../../src/plugin/index.ts';
import { Fresh } from './fresh.ts';

const QUIET: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** A server that fails as long as a test wants it to. */
class Source {
  loads = 0;
  answer: string | null = null;
  readonly load = async (): Promise<string> => {
    this.loads++;
    if (this.answer === null) throw new Error('down');
    return this.answer;
  };
}

/** Lets promises settle. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('loads that fail follow each other with growing distance, however many ask', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const source = new Source();
  const fresh = new Fresh(source.load, QUIET, { refreshMs: 60_000, retryMs: 1000 });
  const loadsAt: number[] = [];
  for (let atMs = 0; atMs < 40_000; atMs += 500) {
    const before = source.loads;
    for (let asker = 0; asker < 5; asker++) assert.equal(await fresh.ready(), null);
    t.mock.timers.tick(500);
    await settled();
    if (source.loads > before) loadsAt.push(atMs);
  }
  assert.deepEqual(loadsAt, [0, 500, 2500, 6500, 14_500, 24_500, 34_500]);
  source.answer = 'the keys';
  t.mock.timers.tick(10_000);
  await settled();
  assert.equal(await fresh.ready(), 'the keys');
  fresh.close();
});

test('who asks while the first load is under way waits for it; the last good value outlives failures', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const source = new Source();
  source.answer = 'the keys';
  const fresh = new Fresh(source.load, QUIET, { refreshMs: 60_000, retryMs: 1000 });
  assert.deepEqual(await Promise.all([fresh.ready(), fresh.ready()]), ['the keys', 'the keys']);
  assert.equal(source.loads, 1);
  source.answer = null;
  t.mock.timers.tick(60_000);
  await settled();
  assert.equal(source.loads, 2);
  assert.equal(await fresh.ready(), 'the keys');
  fresh.close();
});
