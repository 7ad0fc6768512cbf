import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArgValue } from '../../src/plugin/index.ts';
import { type FakeContextInit, fakeContext } from '../../test/kit/context.ts';
import { makeFilter } from '../../test/kit/specs.ts';
import { redirectTo, redirectToLower } from './redirect.ts';

const REQUEST: FakeContextInit = {
  target: '/A/b%2Fc?q=%7e',
  headers: { Host: 'Shop.example.org:8080', 'X-Forwarded-Proto': 'http' },
  params: {
    id: '4 2',
    rest: '//evil.example/x?y',
    host: 'evil.example/',
    sub: 'de',
    path: '/x/y z/\u{10ffe9}',
    at: '@evil.example/',
    latin: '\u{10ffe9}',
  },
};

async function locationOf(spec: typeof redirectTo | typeof redirectToLower, args: ArgValue[], init = REQUEST) {
  const ctx = fakeContext(init);
  await makeFilter(spec, ...args).request?.(ctx);
  assert.equal(ctx.served?.body, null);
  return [ctx.served?.status, ctx.served?.headers.get('Location')];
}

test('redirectTo fills what the location leaves out', async () => {
  const cases: [args: ArgValue[], location: string][] = [
    [[302], 'https://Shop.example.org:8080/A/b%2Fc?q=%7e'],
    [[302, ''], 'https://Shop.example.org:8080/A/b%2Fc?q=%7e'],
    [[302, 'http:'], 'http://Shop.example.org:8080/A/b%2Fc?q=%7e'],
    [[302, '//b.example'], 'https://b.example/A/b%2Fc?q=%7e'],
    [[302, 'http://b.example'], 'http://b.example/A/b%2Fc?q=%7e'],
    [[302, 'http://b.example/'], 'http://b.example/?q=%7e'],
    [[302, 'http://b.example:81/p?r=1'], 'http://b.example:81/p?r=1'],
    [[302, 'http://b.example?r=1'], 'http://b.example/A/b%2Fc?r=1'],
    [[302, '/p'], 'https://Shop.example.org:8080/p?q=%7e'],
    [[302, 'p'], 'https://Shop.example.org:8080/p?q=%7e'],
    [[302, '?r=1'], 'https://Shop.example.org:8080/A/b%2Fc?r=1'],
    [[302, '#top'], 'https://Shop.example.org:8080/A/b%2Fc?q=%7e#top'],
    [[302, 'app://open/x'], 'app://open/x?q=%7e'],
    [[302, '/a b/%2F/é'], 'https://Shop.example.org:8080/a%20b/%2F/%C3%A9?q=%7e'],
    [[302, '/u/${id}?n=${id}'], 'https://Shop.example.org:8080/u/4%202?n=4+2'],
    [[302, '/${rest}'], 'https://Shop.example.org:8080///evil.example/x%3Fy?q=%7e'],
    [[302, '${rest}'], 'https://Shop.example.org:8080//evil.example/x%3Fy?q=%7e'],
    [[302, '${missing}x'], 'https://Shop.example.org:8080/x?q=%7e'],
    [[302, 'https://${sub}.example.org'], 'https://de.example.org/A/b%2Fc?q=%7e'],
    [[302, 'https://${host}'], 'https://Shop.example.org:8080/A/b%2Fc?q=%7e'],
    [[302, '/?to=${request.rawQuery}'], 'https://Shop.example.org:8080/?to=q=%7e'],
    [[302, '/?${request.rawQuery}&id=${id}'], 'https://Shop.example.org:8080/?q=%7e&id=4+2'],
    [[302, 'https://n.example${path}'], 'https://n.example/x/y%20z/%E9?q=%7e'],
    [[302, 'https://n.example:81${path}?${request.rawQuery}'], 'https://n.example:81/x/y%20z/%E9?q=%7e'],
    [[302, 'https://n.example${path}/more'], 'https://n.example/x/y%20z/%E9/more?q=%7e'],
    [[302, 'https://n.example${missing}'], 'https://n.example/A/b%2Fc?q=%7e'],
    [[302, 'https://n.example${rest}'], 'https://n.example//evil.example/x%3Fy?q=%7e'],
    [[302, 'https://${sub}.example.org${path}'], 'https://de.example.org/x/y%20z/%E9?q=%7e'],
    [[302, 'https://${host}.example.org'], 'https://Shop.example.org:8080/A/b%2Fc?q=%7e'],
    [[302, 'https://example.${sub}'], 'https://example.de/A/b%2Fc?q=%7e'],
    [[302, 'https://n.example${at}'], 'https://Shop.example.org:8080/A/b%2Fc?q=%7e'],
    [[302, 'https://${request.host}${path}'], 'https://Shop.example.org:8080/x/y%20z/%E9?q=%7e'],
    [[302, '/${latin}'], 'https://Shop.example.org:8080/%E9?q=%7e'],
    [[302, '/?n=${latin}'], 'https://Shop.example.org:8080/?n=%E9'],
  ];
  for (const [args, location] of cases)
    assert.deepEqual(await locationOf(redirectTo, args), [302, location], `${args}`);
});

test('redirectTo sees the Host that a filter set', async () => {
  const ctx = fakeContext({ target: '/a', headers: { Host: 'example.org' } });
  ctx.upstream.host = 'www.example.org';
  for (const [location, expected] of [
    ['', 'https://www.example.org/a'],
    ['/b', 'https://www.example.org/b'],
    ['https://c.example', 'https://c.example/a'],
  ] as const) {
    await makeFilter(redirectTo, 301, location).request?.(ctx);
    assert.equal(ctx.served?.headers.get('Location'), expected);
  }
});

test('redirectTo names no host where the request named none', async () => {
  assert.deepEqual(await locationOf(redirectTo, [301, '/p'], { target: '/', headers: { Host: '' } }), [301, '/p']);
  for (const target of ['//evil.example/a', '/\\evil.example/a'])
    assert.deepEqual(await locationOf(redirectTo, [301], { target, headers: { Host: '' } }), [301, `/.${target}`]);
});

test('redirectToLower lowers the path only', async () => {
  const cases: [target: string, args: ArgValue[], location: string][] = [
    ['/A/B?Q=X', [301], 'https://example.org/a/b?Q=X'],
    ['/A%2FB/%C3%89?Q', [301], 'https://example.org/a%2Fb/%C3%A9?Q'],
    ['/', [301, 'http://H.example/ABC'], 'http://H.example/abc'],
  ];
  for (const [target, args, location] of cases)
    assert.deepEqual(await locationOf(redirectToLower, args, { target }), [301, location], target);
});
