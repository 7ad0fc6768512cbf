import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArgValue } from '../../src/plugin/index.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { makeFilter, runFilter } from '../../test/kit/specs.ts';
import { dropQuery, setQuery, stripQuery } from './query.ts';

test('setQuery sets one parameter, or all', async () => {
  const cases: [query: string | null, args: ArgValue[], after: string | null][] = [
    [null, ['a', '1'], 'a=1'],
    ['', ['a', '1'], 'a=1'],
    ['z=%7e&&b', ['a', '1'], 'z=%7e&&b&a=1'],
    ['z=1&a=2&b=3&a=4', ['a', '5'], 'z=1&a=5&b=3'],
    ['%61=2', ['a', '5'], 'a=5'],
    ['a=1', ['a', '${missing}'], 'a='],
    [null, ['a b', '1 & 2=é'], 'a+b=1+%26+2%3D%C3%A9'],
    [null, ['a', '${evil}'], 'a=x+HTTP%2F1.1%0D%0AX%3A+1'],
    ['a=1', ['b=2&c=%33'], 'b=2&c=%33'],
    ['a=1', [''], null],
    ['a=1', ['${request.rawQuery}&b=2'], 'a=1&b=2'],
    ['a=1', ['q=${evil}#é'], 'q=x%20HTTP/1.1%0D%0AX:%201%23%C3%A9'],
  ];
  for (const [query, args, after] of cases) {
    const ctx = fakeContext({ target: query === null ? '/p' : `/p?${query}`, params: { evil: 'x HTTP/1.1\r\nX: 1' } });
    await runFilter(makeFilter(setQuery, ...args), ctx);
    assert.equal(ctx.request.query, after, `${query} ${args}`);
    assert.equal(ctx.request.path, '/p');
  }
});

test('dropQuery leaves the rest byte for byte', async () => {
  const cases: [query: string | null, name: string, after: string | null][] = [
    [null, 'a', null],
    ['a', 'a', null],
    ['', 'a', ''],
    ['a=1&b=%7e&a=2&&c', 'a', 'b=%7e&&c'],
    ['b=%7E+%20&&', 'a', 'b=%7E+%20&&'],
    ['%61+b=1&c', 'a b', 'c'],
    ['a=1', '${missing}', 'a=1'],
    ['a=1&b=2', '${request.header.X-Drop}', 'b=2'],
  ];
  for (const [query, name, after] of cases) {
    const ctx = fakeContext({ target: query === null ? '/' : `/?${query}`, headers: { 'X-Drop': 'a' } });
    await runFilter(makeFilter(dropQuery, name), ctx);
    assert.equal(ctx.request.query, after, `${query} ${name}`);
  }
});

test('octets that are no UTF-8 stay as they came', async () => {
  const ctx = fakeContext({ target: '/p?a=%E9&b=%ff', params: { id: '\u{10ffe9}' }, headers: { 'X-Octets': '\xe9' } });
  await runFilter(makeFilter(setQuery, 'c', '${id}${request.query.a}${request.header.X-Octets}'), ctx);
  assert.equal(ctx.request.query, 'a=%E9&b=%ff&c=%E9%E9%E9');
  await runFilter(makeFilter(setQuery, '${request.rawQuery}&d=${id}'), ctx);
  assert.equal(ctx.request.query, 'a=%E9&b=%ff&c=%E9%E9%E9&d=%E9');
  await runFilter(makeFilter(dropQuery, 'c'), ctx);
  assert.equal(ctx.request.query, 'a=%E9&b=%ff&d=%E9');
  await runFilter(makeFilter(stripQuery, 'true'), ctx);
  assert.deepEqual([...ctx.request.headers].slice(-3), [
    ['X-Query-Param-a', '\xe9'],
    ['X-Query-Param-b', '\xff'],
    ['X-Query-Param-d', '\xe9'],
  ]);
});

test('stripQuery hands on no more headers than backends take', async () => {
  for (const query of [`${'a&'.repeat(8000)}`, `a=${'x'.repeat(8191)}&b=${'x'.repeat(8000)}`]) {
    const ctx = fakeContext({ target: `/p?${query}` });
    await runFilter(makeFilter(stripQuery, 'true'), ctx);
    assert.equal(ctx.request.query, null);
    const handed = [...ctx.request.headers].filter(([name]) => name.startsWith('X-Query-Param-'));
    assert.ok(handed.length > 0 && handed.length <= 64);
    assert.ok(handed.reduce((sum, [, value]) => sum + value.length, 0) <= 8192);
  }
});

test('stripQuery can keep the parameters as headers', async () => {
  const cases: [args: ArgValue[], headers: [string, string][]][] = [
    [[], []],
    [['false'], []],
    [
      ['TRUE'],
      [
        ['X-Query-Param-a', '1'],
        ['X-Query-Param-a', '2 \xc3\xa9'],
        ['X-Query-Param-sortby', ''],
        ['X-Query-Param-x', 'a  b'],
      ],
    ],
  ];
  for (const [args, headers] of cases) {
    const ctx = fakeContext({ target: '/p?a=1&a=2+%C3%A9&sort_by&x=a%0d%0ab' });
    await runFilter(makeFilter(stripQuery, ...args), ctx);
    assert.equal(ctx.request.target, '/p');
    assert.deepEqual([...ctx.request.headers].slice(1), headers);
  }
});
