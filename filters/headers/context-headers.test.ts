import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FilterSpec, stateKey } from '../../src/plugin/index.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { makeFilter, runFilter } from '../../test/kit/specs.ts';
import { annotations } from '../lib/annotations.ts';
import * as contextHeaders from './context-headers.ts';

const specs = contextHeaders as unknown as Record<keyof typeof contextHeaders, FilterSpec>;

test('values of every kind become text that may stand in a header', async () => {
  const cases: [value: unknown, text: string | null][] = [
    ['ada', 'ada'],
    ['é', '\xc3\xa9'],
    ['a\r\nb: c', 'a  b: c'],
    [7, '7'],
    [false, 'false'],
    [{ uid: 'ada', scope: ['a'] }, '{"uid":"ada","scope":["a"]}'],
    ['', ''],
    [null, null],
    [undefined, null],
  ];
  for (const [value, text] of cases) {
    const ctx = fakeContext({ response: { status: 200 } });
    if (value !== undefined) ctx.state.set(stateKey('fact'), value);
    await runFilter(makeFilter(specs.setContextRequestHeader, 'X-Fact', 'fact'), ctx);
    await runFilter(makeFilter(specs.appendContextResponseHeader, 'X-Fact', 'fact'), ctx);
    assert.equal(ctx.request.headers.get('X-Fact'), text);
    assert.equal(ctx.response.headers.get('X-Fact'), text);
  }
});

test('a value of a filter goes before an annotation of that name', async () => {
  const ctx = fakeContext({ response: { status: 200 } });
  ctx.state.set(annotations, new Map([['fact', 'noted']]));
  await runFilter(makeFilter(specs.appendContextRequestHeader, 'X-Fact', 'fact'), ctx);
  ctx.state.set(stateKey('fact'), 'found');
  await runFilter(makeFilter(specs.appendContextRequestHeader, 'X-Fact', 'fact'), ctx);
  assert.deepEqual(ctx.request.headers.getAll('X-Fact'), ['noted', 'found']);
});

test('Host is that of the upstream call', async () => {
  for (const [value, host] of [
    ['a.example:80', 'a.example:80'],
    ['no host', null],
  ] as const) {
    const ctx = fakeContext({ response: { status: 200 } });
    ctx.state.set(stateKey('fact'), value);
    await runFilter(makeFilter(specs.setContextRequestHeader, 'Host', 'fact'), ctx);
    assert.equal(ctx.upstream.host, host);
  }
});
