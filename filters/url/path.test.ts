import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import { makeFilter, runFilter } from '../../test/kit/specs.ts';
import { modPath, setPath } from './path.ts';

const PARAMS = { id: 'a b', rest: '/x/y', slashes: '//evil.example', utf: 'é', latin: '\u{10ffe9}' };

test('setPath takes a decoded path', async () => {
  const cases: [template: string, target: string][] = [
    ['/a', '/a?q=1'],
    ['a', '/a?q=1'],
    ['', '/?q=1'],
    ['/a%20b', '/a%2520b?q=1'],
    ['/p?x=1#f', '/p%3Fx=1%23f?q=1'],
    ['/é', '/%C3%A9?q=1'],
    ['/x/${id}', '/x/a%20b?q=1'],
    ['/x${rest}', '/x/x/y?q=1'],
    ['/${rest}/x', '//x/y/x?q=1'],
    ['/${missing}/x', '//x?q=1'],
    ['${utf}', '/%C3%A9?q=1'],
    ['/h/${request.header.X-Octets}', '/h/%C3%A9?q=1'],
    ['/v2${request.path}', '/v2/old//b?q=1'],
    ['/${latin}/${request.header.X-Latin}', '/%E9/%E9?q=1'],
  ];
  for (const [template, target] of cases) {
    const ctx = fakeContext({
      target: '/old//%62?q=1',
      params: PARAMS,
      headers: { 'X-Octets': '\xc3\xa9', 'X-Latin': '\xe9' },
    });
    await runFilter(makeFilter(setPath, template), ctx);
    assert.equal(ctx.request.target, target, template);
  }
});

test('modPath changes the decoded path, and keeps the encoding where nothing is hit', async () => {
  const cases: [path: string, expression: string, replacement: string, target: string][] = [
    ['/api/users', '^/api', '', '/users'],
    ['/api', '^/api', '', '/'],
    ['/apis', '^/api', '', '/s'],
    ['/a%20b', ' ', '_', '/a_b'],
    ['/a%2Fb//%63', '^/z', '', '/a%2Fb//%63'],
    ['/a%2Fb/%63', 'c$', 'd', '/a/b/d'],
    ['/axb', 'x*', '-', '/-/-a-b-'],
    ['/foo', '^/(\\w+)', '/$1x', '/'],
    ['/foo', '^/(\\w+)', '/${1}x', '/foox'],
    ['/foo', '^/(?P<name>\\w+)', '/${name}-$$', '/foo-$'],
    ['/%C3%A9', 'é', 'è', '/%C3%A8'],
    ['/a', 'a', '?b', '/%3Fb'],
    ['/a/%E9/%C3%A9/%ff', '^/a', '/b', '/b/%E9/%C3%A9/%FF'],
    ['/%E9', '^/.$', '/x', '/x'],
    ['*', 'z', '', '*'],
  ];
  for (const [path, expression, replacement, target] of cases) {
    const ctx = fakeContext({ target: path });
    await runFilter(makeFilter(modPath, expression, replacement), ctx);
    assert.equal(ctx.request.target, target, `${path} ${expression} ${replacement}`);
  }
});
