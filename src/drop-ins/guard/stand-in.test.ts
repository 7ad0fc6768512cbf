import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { FilterContext, ProxyError, ResponseInit } from '../../plugin/index.ts';
import { importDropIn } from '../import/import-drop-in.ts';
import { type DropInSpecs, standInsFor } from '../index.ts';

const specs = {
  filters: [{ name: 'f', aliases: ['g'], overrides: true }],
  predicates: [{ name: 'P' }],
  balancers: [{ name: 'b' }],
} as unknown as DropInSpecs;

it('a drop-in out of use keeps its names, takes any arguments, runs nothing and answers 503', async () => {
  // There is no such module: it would fail if it were imported.
  const code = { url: 'file:///nowhere.ts?v=1&out', modules: [], standIns: standInsFor(specs, 'it loops') };
  const { filters, predicates, balancers } = await importDropIn(code, 1000);
  const [filter] = filters;
  assert.deepEqual([filter?.name, filter?.aliases, filter?.overrides], ['f', ['g'], true]);
  const served: ResponseInit[] = [];
  const ctx = { serve: (response: ResponseInit) => served.push(response) } as unknown as FilterContext;
  void filter?.create([['any', 1]] as never, null as never).request?.(ctx);
  assert.equal(served[0]?.status, 503);
  const unavailable = ({ status, message }: ProxyError): boolean => status === 503 && message === 'it loops';
  const predicate = predicates[0]?.create([[]] as never, { draining: () => false });
  assert.throws(() => predicate?.match(null as never), unavailable);
  assert.throws(() => balancers[0]?.create([]).pick({ hashKey: '' }, []), unavailable);
});
