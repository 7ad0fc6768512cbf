import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArgValue, FilterSpec } from '../../src/plugin/index.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter, runFilter } from '../../test/kit/specs.ts';
import { annotate } from './annotation.ts';
import * as tracing from './tracing.ts';

const specs = tracing as unknown as Record<keyof typeof tracing, FilterSpec>;

test('what the filters tell the trace', async () => {
  const cases: [spec: FilterSpec, args: ArgValue[], told: [string, string][]][] = [
    [specs.tracingTag, ['t', 'a-${id}'], [['t', 'a-7']]],
    [specs.tracingTag, ['t', '${none}'], []],
    [specs.tracingTag, ['t', '${response.header.X-R}'], []],
    [specs.tracingTagFromResponse, ['t', '${response.header.X-R}'], [['t', 'r']]],
    [specs.tracingTagFromResponse, ['t', '${response.header.X-None}'], []],
    [specs.tracingTagFromResponseIfStatus, ['t', 'x', 500, 599], [['t', 'x']]],
    [specs.tracingTagFromResponseIfStatus, ['t', 'x', 503, 503], [['t', 'x']]],
    [specs.tracingTagFromResponseIfStatus, ['t', 'x', 400, 499], []],
    [specs.tracingSpanName, ['stock'], [['call', 'stock']]],
    [specs.tracingBaggageToTag, ['tenant'], [['tenant', 'a b']]],
    [specs.tracingBaggageToTag, ['tenant', 't'], [['t', 'a b']]],
    [specs.tracingBaggageToTag, ['empty'], []],
    [specs.tracingBaggageToTag, ['none'], []],
    [specs.stateBagToTag, ['team'], [['team', 'blue']]],
    [specs.stateBagToTag, ['team', 't'], [['t', 'blue']]],
    [specs.stateBagToTag, ['none'], []],
  ];
  for (const [spec, args, told] of cases) {
    const ctx = fakeContext({
      headers: { baggage: 'user=ada, tenant=a%20b;ttl=1, empty=' },
      params: { id: '7' },
      response: { status: 503, headers: { 'X-R': 'r' } },
    });
    await runFilter(makeFilter(annotate as unknown as FilterSpec, 'team', 'blue'), ctx);
    await runFilter(makeFilter(spec, ...args), ctx);
    assert.deepEqual([...ctx.trace], told, `${spec.name} ${JSON.stringify(args)}`);
  }
});

test('bad arguments are refused at their place', () => {
  const cases: [FilterSpec, ArgValue[], number][] = [
    [specs.tracingTag, ['', 'x'], 0],
    [specs.tracingTag, ['t', 1], 1],
    [specs.tracingTagFromResponseIfStatus, ['t', 'x', 500, 400], 3],
    [specs.tracingTagFromResponseIfStatus, ['t', 'x', 99, 400], 2],
    [specs.tracingSpanName, ['a', 'b'], -1],
    [specs.tracingBaggageToTag, [''], 0],
    [specs.stateBagToTag, ['a', ''], 1],
  ];
  for (const [spec, args, index] of cases) assert.equal(faultOf(spec as never, args)?.index, index, spec.name);
});
