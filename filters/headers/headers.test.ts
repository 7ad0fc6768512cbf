import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArgValue, FilterSpec } from '../../src/plugin/index.ts';
import { type FakeContextInit, fakeContext } from '../../test/kit/context.ts';
import { makeFilter, runFilter } from '../../test/kit/specs.ts';
import * as onRequest from './request-headers.ts';
import * as onResponse from './response-headers.ts';

type Fields = [name: string, value: string][];
type Verb = 'set' | 'append' | 'drop' | 'mod' | 'copy';

const SPECS: Record<Verb, [FilterSpec, FilterSpec]> = {
  set: [onRequest.setRequestHeader, onResponse.setResponseHeader] as [FilterSpec, FilterSpec],
  append: [onRequest.appendRequestHeader, onResponse.appendResponseHeader] as [FilterSpec, FilterSpec],
  drop: [onRequest.dropRequestHeader, onResponse.dropResponseHeader] as [FilterSpec, FilterSpec],
  mod: [onRequest.modRequestHeader, onResponse.modResponseHeader] as [FilterSpec, FilterSpec],
  copy: [onRequest.copyRequestHeader, onResponse.copyResponseHeader] as [FilterSpec, FilterSpec],
};

const UTF8_E = '\xc3\xa9';

const CASES: [verb: Verb, args: ArgValue[], before: Fields, after: Fields][] = [
  ['set', ['X-A', '1'], [], [['X-A', '1']]],
  [
    'set',
    ['x-a', '3'],
    [
      ['X-A', '1'],
      ['B', 'b'],
      ['X-A', '2'],
    ],
    [
      ['x-a', '3'],
      ['B', 'b'],
    ],
  ],
  ['set', ['X-A', ''], [['X-A', '1']], [['X-A', '']]],
  ['set', ['X-A', '${missing}'], [['X-A', '1']], [['X-A', '1']]],
  ['set', ['X-A', 'a${id}z${missing}'], [], []],
  ['set', ['X-A', '<${id}>'], [], [['X-A', '<7>']]],
  ['set', ['X-A', '${}'], [], [['X-A', '${}']]],
  ['set', ['X-A', 'é'], [], [['X-A', UTF8_E]]],
  ['set', ['X-A', '${name}'], [], [['X-A', UTF8_E]]],
  ['set', ['X-A', '${request.header.X-Octets} é'], [], [['X-A', `\xe9 ${UTF8_E}`]]],
  ['set', ['X-A', '${evil}'], [], [['X-A', 'a  Injected: 1 b']]],
  [
    'append',
    ['X-A', '2'],
    [['x-a', '1']],
    [
      ['x-a', '1'],
      ['X-A', '2'],
    ],
  ],
  ['append', ['X-A', '${missing}'], [['X-A', '1']], [['X-A', '1']]],
  [
    'drop',
    ['x-A'],
    [
      ['X-a', '1'],
      ['B', 'b'],
      ['X-A', '2'],
    ],
    [['B', 'b']],
  ],
  ['drop', ['X-A'], [], []],
  ['mod', ['X-A', 'b+', '-'], [['x-a', 'abbcb']], [['x-a', 'a-c-']]],
  ['mod', ['X-A', '(b)(c)?', '$2$1$$'], [['X-A', 'abc']], [['X-A', 'acb$']]],
  [
    'mod',
    ['X-A', 'b', 'x'],
    [
      ['X-A', 'b1'],
      ['X-A', 'b2'],
    ],
    [
      ['X-A', 'x1'],
      ['X-A', 'x2'],
    ],
  ],
  ['mod', ['X-A', 'b', 'x'], [], []],
  ['mod', ['X-A', 'é', 'è'], [['X-A', `${UTF8_E}\xc3\xaa`]], [['X-A', '\xc3\xa8\xc3\xaa']]],
  ['mod', ['X-A', 'z', 'y'], [['X-A', '\xe9\xff']], [['X-A', '\xe9\xff']]],
  [
    'copy',
    ['X-A', 'X-B'],
    [
      ['x-a', '1'],
      ['X-B', 'old'],
      ['X-A', '2'],
    ],
    [
      ['x-a', '1'],
      ['X-A', '2'],
      ['X-B', '1'],
      ['X-B', '2'],
    ],
  ],
  ['copy', ['X-A', 'X-B'], [['X-B', 'old']], [['X-B', 'old']]],
  ['copy', ['X-A', 'x-a'], [['X-A', '1']], [['x-a', '1']]],
];

const PARAMS = { id: '7', name: 'é', evil: 'a\r\nInjected: 1\0b' };

for (const [verb, args, before, after] of CASES) {
  test(`${verb}(${args.map((value) => JSON.stringify(value)).join(', ')}) on ${JSON.stringify(before)}`, async () => {
    const marks: Fields = [
      ['Host', 'example.org'],
      ['X-Octets', '\xe9'],
    ];
    const down = fakeContext({ headers: [...marks, ...before], params: PARAMS, response: { status: 200 } });
    await runFilter(makeFilter(SPECS[verb][0], ...args), down);
    assert.deepEqual([...down.request.headers].slice(2), after);
    assert.equal(down.upstream.host, null);

    const up = fakeContext({ headers: marks, params: PARAMS, response: { status: 200 } });
    for (const [name, value] of before) up.response.headers.append(name, value);
    await runFilter(makeFilter(SPECS[verb][1], ...args), up);
    assert.deepEqual([...up.response.headers], after);
    assert.deepEqual([...up.request.headers], marks);
  });
}

test('Host is that of the upstream call', async () => {
  const shop: FakeContextInit = { headers: { Host: 'shop.example.org:8080', 'X-Host': 'x.example' } };
  const cases: [FilterSpec, ArgValue[], string | null][] = [
    [SPECS.set[0], ['Host', 'a.example'], 'a.example'],
    [SPECS.set[0], ['host', '${request.header.X-Host}'], 'x.example'],
    [SPECS.set[0], ['Host', '${missing}'], null],
    [SPECS.set[0], ['Host', '${evil}'], null],
    [SPECS.append[0], ['Host', 'a.example'], 'a.example'],
    [SPECS.mod[0], ['host', '^shop', 'stock'], 'stock.example.org:8080'],
    [SPECS.mod[0], ['Host', '^', 'not a host '], null],
    [SPECS.copy[0], ['X-Host', 'Host'], 'x.example'],
    [SPECS.copy[0], ['X-None', 'Host'], null],
    [SPECS.drop[0], ['Host'], null],
  ];
  for (const [spec, args, host] of cases) {
    const ctx = fakeContext({ ...shop, params: PARAMS, response: { status: 200 } });
    await runFilter(makeFilter(spec, ...args), ctx);
    assert.equal(ctx.upstream.host, host, `${spec.name} ${args}`);
    assert.deepEqual(ctx.request.headers.getAll('Host'), ['shop.example.org:8080']);
    assert.equal(ctx.request.host, 'shop.example.org:8080');
  }
});

test('${response.header.…} is filled on the way back only', async () => {
  const args = ['X-A', '${response.header.X-B}'];
  const ctx = fakeContext({ response: { status: 200, headers: { 'X-B': 'b' } } });
  await runFilter(makeFilter(SPECS.set[0], ...args), ctx);
  assert.equal(ctx.request.headers.get('X-A'), null);
  await runFilter(makeFilter(SPECS.set[1], ...args), ctx);
  assert.equal(ctx.response.headers.get('X-A'), 'b');
});
