import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArgValue, FilterSpec, UpstreamCall } from '../../src/plugin/index.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { makeFilter, runFilter } from '../../test/kit/specs.ts';
import { builtinFilters } from '../index.ts';

test('filters that ask something of the upstream call', async () => {
  const untouched = { ...fakeContext().upstream };
  const cases: [name: string, args: ArgValue[], asked: Partial<UpstreamCall>][] = [
    ['preserveHost', ['true'], { preserveHost: true }],
    ['preserveHost', ['false'], { preserveHost: false }],
    ['backendTimeout', ['1m30s'], { timeoutMs: 90_000 }],
    ['consistentHashKey', ['${request.cookie.sid}-${request.source}'], { hashKey: 's7-192.0.2.1' }],
    ['consistentHashKey', ['x${request.cookie.none}'], {}],
    ['consistentHashKey', ['${request.cookie.empty}'], {}],
    ['consistentHashKey', [''], {}],
    ['setDynamicBackendUrl', ['HTTP://A.example:81/p?q'], { dynamicUrl: 'http://a.example:81', host: 'a.example:81' }],
    ['setDynamicBackendUrl', ['https://[::1]'], { dynamicUrl: 'https://[::1]', host: '[::1]' }],
    ['setDynamicBackendHost', ['a.example:81'], { dynamicHost: 'a.example:81', host: 'a.example:81' }],
    ['setDynamicBackendScheme', ['https'], { dynamicScheme: 'https' }],
  ];
  for (const [name, args, asked] of cases) {
    const ctx = fakeContext({ headers: { Cookie: 'sid=s7; empty=' } });
    await runFilter(makeFilter(builtinFilters.find((spec) => spec.name === name) as FilterSpec, ...args), ctx);
    assert.deepEqual({ ...ctx.upstream }, { ...untouched, ...asked }, `${name} ${args}`);
  }
});
