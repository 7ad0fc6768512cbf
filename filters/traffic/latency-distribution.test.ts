import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { ArgValue, FilterSpec } from '../../src/plugin/index.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import {
  histogramRequestLatency,
  histogramResponseLatency,
  normalRequestLatency,
  normalResponseLatency,
  uniformRequestLatency,
  uniformResponseLatency,
} from './latency-distribution.ts';

const around = [uniformRequestLatency, uniformResponseLatency, normalRequestLatency, normalResponseLatency];
const histograms = [histogramRequestLatency, histogramResponseLatency];

/** How long the filter waits when Math.random gives `drawn` again and again. */
async function waits(spec: FilterSpec, args: ArgValue[], drawn: number): Promise<number> {
  mock.timers.enable({ apis: ['setTimeout'] });
  const random = mock.method(Math, 'random', () => drawn);
  try {
    const filter = makeFilter(spec, ...args);
    let over = false;
    const ctx = fakeContext({ response: { status: 200 } });
    const waiting = (spec.name.includes('Request') ? filter.request : filter.response)?.(ctx);
    void Promise.resolve(waiting).then(() => {
      over = true;
    });
    for (let ms = 0; ; ms++) {
      await Promise.resolve();
      await Promise.resolve();
      if (over) return ms;
      mock.timers.tick(1);
    }
  } finally {
    random.mock.restore();
    mock.timers.reset();
  }
}

test('times are drawn as the distribution says', async () => {
  for (const spec of [uniformRequestLatency, uniformResponseLatency] as FilterSpec[]) {
    assert.equal(await waits(spec, ['100ms', 50], 0.5), 100);
    assert.equal(await waits(spec, [100, '50ms'], 0), 50);
    assert.equal(await waits(spec, [100, 50], 0.99), 149);
    assert.equal(await waits(spec, [10, 50], 0), 1);
  }
  for (const spec of [normalRequestLatency, normalResponseLatency] as FilterSpec[]) {
    assert.equal(await waits(spec, [100, 50], 0), 100);
    assert.equal(await waits(spec, [100, 50], 0.5), 42);
  }
  for (const spec of histograms as FilterSpec[]) {
    const args = ['10ms', 1, '20ms', 3, '40ms'];
    assert.equal(await waits(spec, args, 0), 10);
    assert.equal(await waits(spec, args, 0.2), 12);
    assert.equal(await waits(spec, args, 0.25), 25);
    assert.equal(await waits(spec, args, 0.99), 40);
    assert.equal(await waits(spec, ['1ms', 0, '2ms', 1, '3ms'], 0), 2);
  }
});

test('arguments', () => {
  for (const spec of around as FilterSpec[]) {
    assert.equal(faultOf(spec, ['1s'])?.index, -1);
    assert.equal(faultOf(spec, ['-1s', 1])?.index, 0);
    assert.equal(faultOf(spec, [1, 'x'])?.index, 1);
  }
  for (const spec of histograms as FilterSpec[]) {
    const cases: [ArgValue[], number][] = [
      [['1ms', 1], -1],
      [[1, 1, '2ms'], 0],
      [['1ms', '2ms', '3ms'], 1],
      [['1ms', -1, '3ms'], 1],
      [['1ms', 0, '3ms'], 1],
      [['3ms', 1, '3ms'], 2],
      [['-3ms', 1, '3ms'], 0],
      [['1ms', 1, 'x'], 2],
      [['1ms', 1, '2ms', 1], 3],
    ];
    for (const [args, index] of cases) assert.equal(faultOf(spec, args)?.index, index, JSON.stringify(args));
  }
});
