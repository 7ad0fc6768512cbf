import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArgValue } from '../../src/plugin/index.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { makeFilter, runFilter } from '../../test/kit/specs.ts';
import { dropRequestCookie, dropResponseCookie, requestCookie, responseCookie } from './cookies.ts';

test('requestCookie adds to one Cookie line', async () => {
  const cases: [before: string[], args: ArgValue[], after: string][] = [
    [[], ['a', '1'], 'a=1'],
    [[''], ['a', '1'], 'a=1'],
    [['b=2;c="3"'], ['a', '1'], 'b=2;c="3"; a=1'],
    [['b=2', 'c=3'], ['a', ''], 'b=2; c=3; a='],
    [['a=0'], ['a', '1, 2'], 'a=0; a="1, 2"'],
  ];
  for (const [before, args, after] of cases) {
    const ctx = fakeContext({ headers: { Cookie: before } });
    await runFilter(makeFilter(requestCookie, ...args), ctx);
    assert.deepEqual(ctx.request.headers.getAll('Cookie'), [after]);
  }
});

test('dropRequestCookie leaves the others byte for byte', async () => {
  const cases: [before: string[], name: string, after: string[]][] = [
    [['a=1'], 'a', []],
    [['a=1;b="2" ;  c'], 'a', ['b="2" ;  c']],
    [['b="2" ;a=1;  c=3=4'], 'a', ['b="2" ;  c=3=4']],
    [['b=2; a'], 'a', ['b=2']],
    [['a=1; a=2', 'a=3', 'b=4'], 'a', ['b=4']],
    [['b =2;;aa=1; A=1'], 'a', ['b =2;;aa=1; A=1']],
    [[], 'a', []],
  ];
  for (const [before, name, after] of cases) {
    const ctx = fakeContext({ headers: { cookie: before } });
    await runFilter(makeFilter(dropRequestCookie, name), ctx);
    assert.deepEqual(ctx.request.headers.getAll('Cookie'), after);
  }
});

test('responseCookie appends a Set-Cookie with the attributes of Skipper', async () => {
  const cases: [host: string, args: ArgValue[], line: string][] = [
    ['example.org', ['a', '1'], 'a=1; Path=/; Domain=example.org; HttpOnly; Secure'],
    ['shop.example.org:80', ['a', '1', 5], 'a=1; Path=/; Domain=example.org; Max-Age=5; HttpOnly; Secure'],
    ['a.b.example.org', ['a', '1', 0], 'a=1; Path=/; Domain=b.example.org; Max-Age=0; HttpOnly; Secure'],
    ['localhost:9090', ['a', '1', -1], 'a=1; Path=/; Domain=localhost; Max-Age=0; HttpOnly; Secure'],
    ['127.0.0.1:9090', ['a', '1', 1.9], 'a=1; Path=/; Max-Age=1; HttpOnly; Secure'],
    ['[::1]:9090', ['a', 'x y'], 'a="x y"; Path=/; HttpOnly; Secure'],
  ];
  for (const [host, args, line] of cases) {
    const ctx = fakeContext({ headers: { Host: host }, response: { status: 200, headers: { 'Set-Cookie': 'b=2' } } });
    await runFilter(makeFilter(responseCookie, ...args), ctx);
    assert.deepEqual(ctx.response.headers.getAll('Set-Cookie'), ['b=2', line]);
  }
});

test('responseCookie with "change-only" spares clients that have the value', async () => {
  const cases: [cookie: string, isSet: boolean][] = [
    ['a=1', false],
    ['a="1"', false],
    ['b=2; a=1', false],
    ['a=2', true],
    ['a=2; a=1', true],
    ['b=1', true],
  ];
  for (const [cookie, isSet] of cases) {
    const filter = makeFilter(responseCookie, 'a', '1', 60, 'change-only');
    const ctx = fakeContext({ headers: { Cookie: cookie }, response: { status: 200 } });
    await filter.request?.(ctx);
    ctx.request.headers.delete('Cookie');
    await filter.response?.(ctx);
    assert.equal(ctx.response.headers.has('Set-Cookie'), isSet, cookie);
  }
});

test('dropResponseCookie leaves the others byte for byte', async () => {
  const ctx = fakeContext({
    response: { status: 200, headers: { 'set-cookie': ['a=1; Path=/', 'b="2";Weird', ' a =3', 'aa=4', 'a'] } },
  });
  await runFilter(makeFilter(dropResponseCookie, 'a'), ctx);
  assert.deepEqual(ctx.response.headers.getAll('Set-Cookie'), ['b="2";Weird', 'aa=4']);
});
