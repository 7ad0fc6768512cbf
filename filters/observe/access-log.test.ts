import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ArgValue, accessLogRule, type FilterSpec, maskedQueryParams } from '../../src/plugin/index.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import * as accessLog from './access-log.ts';

const specs = accessLog as unknown as Record<keyof typeof accessLog, FilterSpec>;

test('the last rule of a route holds', () => {
  const ctx = fakeContext();
  const cases: [spec: FilterSpec, args: ArgValue[], rule: unknown][] = [
    [specs.disableAccessLog, [], { writes: false, statusPrefixes: [] }],
    [specs.enableAccessLog, [4, 50, 301], { writes: true, statusPrefixes: [4, 50, 301] }],
    [specs.accessLogDisabled, ['true'], { writes: false, statusPrefixes: [] }],
    [specs.accessLogDisabled, ['false'], { writes: true, statusPrefixes: [] }],
  ];
  for (const [spec, args, rule] of cases) {
    void makeFilter(spec, ...args).request?.(ctx);
    assert.deepEqual(ctx.state.get(accessLogRule), rule);
  }
});

test('masked parameters add up and say nothing of the rule', () => {
  const ctx = fakeContext();
  void makeFilter(specs.maskAccessLogQuery, 'a', 'b').request?.(ctx);
  void makeFilter(specs.maskAccessLogQuery, 'c').request?.(ctx);
  assert.deepEqual(ctx.state.get(maskedQueryParams), new Set(['a', 'b', 'c']));
  assert.equal(ctx.state.get(accessLogRule), undefined);
});

test('bad arguments are refused at their place', () => {
  const cases: [FilterSpec, ArgValue[], number][] = [
    [specs.enableAccessLog, [2, 'x'], 1],
    [specs.enableAccessLog, [2.5], 0],
    [specs.disableAccessLog, [600], 0],
    [specs.disableAccessLog, [0], 0],
    [specs.accessLogDisabled, [], -1],
    [specs.accessLogDisabled, ['yes'], 0],
    [specs.maskAccessLogQuery, [], -1],
    [specs.maskAccessLogQuery, ['a', ''], 1],
    [specs.maskAccessLogQuery, [1], 0],
  ];
  for (const [spec, args, index] of cases)
    assert.equal(faultOf(spec as never, args)?.index, index, `${spec.name} ${JSON.stringify(args)}`);
});
