import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import { makeFilter, runFilter } from '../../test/kit/specs.ts';
import { xforward, xforwardFirst } from './xforward.ts';

test('the peer is noted at one end of one X-Forwarded-For', async () => {
  const cases: [lines: string[], peer: string, last: string[], first: string[]][] = [
    [[], '192.0.2.1', ['192.0.2.1'], ['192.0.2.1']],
    [[''], '192.0.2.1', ['192.0.2.1'], ['192.0.2.1']],
    [['a, b'], '::ffff:192.0.2.1', ['a, b, 192.0.2.1'], ['192.0.2.1, a, b']],
    [['a', 'b'], '2001:db8::1', ['a, b, 2001:db8::1'], ['2001:db8::1, a, b']],
    [['a', 'b'], '', ['a', 'b'], ['a', 'b']],
  ];
  for (const [lines, remoteAddress, last, first] of cases) {
    for (const [spec, wanted] of [
      [xforward, last],
      [xforwardFirst, first],
    ] as const) {
      const ctx = fakeContext({
        remoteAddress,
        headers: { Host: 'shop.example.org:81', 'X-Forwarded-Host': ['x', 'y'], 'x-forwarded-for': lines },
      });
      await runFilter(makeFilter(spec), ctx);
      assert.deepEqual(ctx.request.headers.getAll('X-Forwarded-For'), wanted);
      assert.deepEqual(ctx.request.headers.getAll('X-Forwarded-Host'), ['shop.example.org:81']);
    }
  }
});
