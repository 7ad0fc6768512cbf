import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { headerToQuery, queryToHeader } from './header-query.ts';

test('headerToQuery', async () => {
  const cases: [string, Record<string, string>, string][] = [
    ['/', { 'X-A': '1' }, '/?a=1'],
    ['/?a=0&b=%7e', { 'x-a': 'x&y' }, '/?a=x%26y&b=%7e'],
    ['/?b', {}, '/?b&a='],
    ['/', { 'X-A': 'gr\u00c3\u00bcn' }, '/?a=gr%C3%BCn'],
    ['/', { 'X-A': '\xe9' }, '/?a=%E9'],
  ];
  for (const [target, headers, expected] of cases) {
    const ctx = fakeContext({ target, headers });
    await makeFilter(headerToQuery, 'X-A', 'a').request?.(ctx);
    assert.equal(ctx.request.target, expected);
  }
});

test('queryToHeader', async () => {
  const cases: [string, Record<string, string>, string[], string | null][] = [
    ['/?a=1', {}, [], '1'],
    ['/?a=1&a=2', {}, ['v%s'], 'v1'],
    ['/?a=1', { 'X-A': '0' }, [], '0'],
    ['/?a=1', { 'X-A': '' }, [], '1'],
    ['/?a=', {}, [], null],
    ['/', {}, [], null],
    ['/?a=x%0d%0aEvil:%201', {}, [], null],
    ['/?a=%00', {}, [], null],
    ['/?a=gr%C3%BCn', {}, ['100%%: %s!'], '100%: gr\u00c3\u00bcn!'],
    ['/?a=%E9', {}, [], '\xe9'],
    ['/?a=%25s', {}, ['<%s>'], '<%s>'],
  ];
  for (const [target, headers, format, expected] of cases) {
    const ctx = fakeContext({ target, headers });
    await makeFilter(queryToHeader, 'a', 'X-A', ...format).request?.(ctx);
    assert.equal(ctx.request.headers.get('X-A'), expected, target);
    assert.equal(ctx.request.target, target);
  }
});

test('arguments', () => {
  for (const format of ['', 'x', '%d', '%s%s', '50% %s', '%s %'])
    assert.equal(faultOf(queryToHeader, ['a', 'X-A', format])?.index, 2, format);
  assert.equal(faultOf(queryToHeader, ['a', 'Content-Length'])?.index, 1);
  assert.equal(faultOf(headerToQuery, ['X A', 'a'])?.index, 0);
});
