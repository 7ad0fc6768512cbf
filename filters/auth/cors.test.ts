import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import { makeFilter, runFilter } from '../../test/kit/specs.ts';
import { corsOrigin } from './cors.ts';

test('corsOrigin echoes an origin of its list, and tells caches', async () => {
  const cases: [origins: string[], origin: string | null, vary: string[], allowed: string | null, varies: string[]][] =
    [
      [[], null, [], '*', []],
      [[], 'https://a', [], '*', []],
      [['https://a'], 'https://a', [], 'https://a', ['Origin']],
      [['https://b', 'https://a'], 'https://a', ['Accept'], 'https://a', ['Accept', 'Origin']],
      [['https://a'], 'https://A', [], null, ['Origin']],
      [['https://a'], 'https://a.evil', [], null, ['Origin']],
      [['https://a'], null, ['accept, ORIGIN'], null, ['accept, ORIGIN']],
      [['https://a'], 'https://a', ['*'], 'https://a', ['*']],
    ];
  for (const [origins, origin, vary, allowed, varies] of cases) {
    const ctx = fakeContext({
      headers: origin === null ? {} : { Origin: origin },
      response: { status: 502, headers: { Vary: vary } },
    });
    await runFilter(makeFilter(corsOrigin, ...origins), ctx);
    assert.equal(ctx.response.headers.get('Access-Control-Allow-Origin'), allowed);
    assert.deepEqual(ctx.response.headers.getAll('Vary'), varies);
  }
});
