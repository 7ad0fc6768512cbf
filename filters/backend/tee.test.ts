import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArgValue, FilterSpec } from '../../src/plugin/index.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import * as tees from './tee.ts';

const specs = tees as unknown as Record<keyof typeof tees, FilterSpec>;

test('a server that does not answer gets a bounded number of copies, and the log few lines', async () => {
  for (const [spec, args] of [
    [specs.tee, ['http://shadow.example']],
    [specs.teeLoopback, ['label']],
    [specs.teeResponse, ['http://shadow.example']],
  ] as const) {
    const filter = makeFilter(spec, ...args);
    let copies = 0;
    let lines = 0;
    for (let count = 0; count < 300; count++) {
      const ctx = fakeContext({ response: { status: 200, body: 'x' }, shadow: () => new Promise(() => {}) });
      await filter.request?.(ctx);
      await filter.response?.(ctx);
      copies += ctx.shadows.length;
      lines += ctx.logLines.length;
    }
    assert.deepEqual([copies, lines], [256, 1], spec.name);
  }
});

test('copies are not copied', async () => {
  const copy = fakeContext();
  copy.request.shadowLabel = 'other';
  await makeFilter(specs.teeLoopback, 'label').request?.(copy);
  assert.equal(copy.shadows.length, 0);
});

test('bad arguments are refused at their place', () => {
  const cases: [FilterSpec, ArgValue[], number][] = [
    [specs.tee, ['shadow.example'], 0],
    [specs.tee, ['ftp://shadow.example'], 0],
    [specs.tee, ['http://'], 0],
    [specs.teenf, ['http://a', '(', 'b'], 1],
    [specs.teenf, ['http://a', 'b'], -1],
    [specs.tee, [], -1],
    [specs.teeLoopback, [''], 0],
    [specs.teeResponse, ['http://user@host'], 0],
  ];
  for (const [spec, args, index] of cases)
    assert.equal(faultOf(spec as never, args)?.index, index, `${spec.name} ${JSON.stringify(args)}`);
});
