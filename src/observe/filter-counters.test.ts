import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadExposition } from './index.ts';
import { RequestMetrics } from './request-metrics.ts';

function countsOf(metrics: RequestMetrics): Map<string | undefined, number> {
  const custom = metrics.snapshot('t').find(({ name }) => name === 't_custom_total');
  return new Map(custom?.values.map(({ labels, value }) => [labels['key'], value]));
}

test('a counter grows by what is told', () => {
  const metrics = new RequestMetrics();
  metrics.filters.count('quota.refused');
  metrics.filters.count('quota.refused');
  metrics.filters.count('quota.bytes', 1.5);
  metrics.filters.count('quota.none', 0);
  assert.deepEqual(Object.fromEntries(countsOf(metrics)), { 'quota.refused': 2, 'quota.bytes': 1.5, 'quota.none': 0 });
});

for (const by of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
  test(`a counter does not take ${by}`, () => {
    const metrics = new RequestMetrics();
    assert.throws(() => metrics.filters.count('a', by), RangeError);
    assert.equal(countsOf(metrics).size, 0);
  });
}

test('keys beyond 10 000, and very long ones, share a counter', () => {
  const metrics = new RequestMetrics();
  metrics.filters.count('x'.repeat(513));
  metrics.filters.count('x'.repeat(512));
  for (let key = 0; key < 10_002; key++) metrics.filters.count(`k${key}`);
  metrics.filters.count('k1');
  const counts = countsOf(metrics);
  assert.equal(counts.size, 10_000);
  assert.equal(counts.get('k1'), 2, 'those that are there go on');
  assert.equal(counts.get('x'.repeat(512)), 1);
  assert.equal(counts.get('_other_'), 1 + 4);
});

test('threads are added up on the page, whatever a key is made of', async () => {
  const threads = [new RequestMetrics(), new RequestMetrics()];
  for (const { filters } of threads) filters.count('a"b\\c\nd', 2);
  threads[0]?.filters.count('e');
  const exposition = await loadExposition('t');
  const page = await exposition.page(threads.map((metrics) => metrics.snapshot('t')));
  const samples = page.split('\n').filter((line) => line.startsWith('t_custom_total'));
  assert.deepEqual(samples, ['t_custom_total{key="a\\"b\\\\c\\nd"} 4', 't_custom_total{key="e"} 1']);
});
