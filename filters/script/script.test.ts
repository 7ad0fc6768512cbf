import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ArgError, type ArgValue, type Filter, type FilterSpec, ProxyError } from '../../src/plugin/index.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { makeFilter, makeFilterIn, runFilter } from '../../test/kit/specs.ts';
import { script } from './script.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-script-'));
after(() => rmSync(folder, { recursive: true }));

const make = (...args: ArgValue[]): Filter => makeFilter(script as unknown as FilterSpec, ...args);
const context = () => fakeContext({ headers: { 'X-A': '1' }, response: { status: 200 } });

test('the two hooks, sync or async, with parameters', async () => {
  const ctx = context();
  const filter = make(
    `const suffix = '!';
     function request(ctx, params) { ctx.request.headers.set('X-A', params.a + suffix + ctx.params.none) }
     async function response(ctx, params) { await sleep(1); ctx.response.headers.set('X-B', params['b c'] + params.d) }`,
    'a=1=2',
    'b c=3',
    'd',
  );
  await runFilter(filter, ctx);
  assert.equal(ctx.request.headers.get('X-A'), '1=2!undefined');
  assert.equal(ctx.response.headers.get('X-B'), '3');
});

test('only what is declared becomes a hook', () => {
  assert.equal(make('function request() {}').response, undefined);
  assert.equal(make('const response = async () => {}').request, undefined);
});

test('variables outside the functions are of the instance', async () => {
  const counting = 'let count = 0; function request({ request }) { request.headers.set("X-A", String(++count)) }';
  const [first, second] = [make(counting), make(counting)];
  const seen: (string | null)[] = [];
  for (const filter of [first, first, second]) {
    const ctx = context();
    await runFilter(filter, ctx);
    seen.push(ctx.request.headers.get('X-A'));
  }
  assert.deepEqual(seen, ['1', '2', '1']);
});

test('print writes to the log; errors of the script are thrown as they are', async () => {
  const lines: string[] = [];
  const log = { debug() {}, info: (line: string) => void lines.push(line), warn() {}, error() {} };
  const text = 'function request() { print("a", 1); throw new TypeError("oh") }';
  const filter = makeFilterIn({ log }, script as unknown as FilterSpec, text);
  assert.throws(() => filter.request?.(context()), { name: 'TypeError', message: 'oh' });
  assert.deepEqual(lines, ['a 1']);
});

test('scripts that are wrong are refused where they stand', () => {
  const cases: [args: ArgValue[], index: number, message: RegExp][] = [
    [['function request( {'], 0, /Unexpected|missing/],
    [['export function request() {}'], 0, /export/],
    [['const a = 1'], 0, /found neither/],
    [['throw new Error("early")'], 0, /early/],
    [['for (;;);'], 0, /more than 1000 ms/],
    [['function request() {}', 'script-timeout=soon'], 1, /duration/],
    [['function request() {}', 'a=1', 'script-timeout=-1s'], 2, /duration/],
    [['function request() {}', 'script-memory=1'], 1, /script-memory/],
    [['/nowhere/at/all.js'], 0, /there is no such file/],
  ];
  for (const [args, index, message] of cases)
    assert.throws(
      () => make(...args),
      (error) => error instanceof ArgError && error.index === index && message.test(error.message),
      JSON.stringify(args),
    );
});

test('a hook that takes too long is given up', async () => {
  const late = (error: unknown): boolean => error instanceof ProxyError && error.code === 'script-timeout';
  assert.throws(() => make('function request() { for (;;); }', 'script-timeout=10ms').request?.(context()), late);
  const waiting = make('function request() { return new Promise(() => {}) }', 'script-timeout=10ms');
  await assert.rejects(async () => waiting.request?.(context()), late);
  const free = make('async function request(ctx) { await sleep(5); ctx.serve({ status: 204 }) }', 'script-timeout=0');
  const ctx = fakeContext();
  await free.request?.(ctx);
  assert.equal(ctx.served?.status, 204);
});

test('a script can start another one', async () => {
  const inner = make('function request({ request }) { request.headers.set("X-A", "inner") }');
  const ctx = context();
  ctx.state.set({ name: 'inner' }, inner);
  await runFilter(make('function request(ctx) { ctx.state.named("inner").request(ctx) }'), ctx);
  assert.equal(ctx.request.headers.get('X-A'), 'inner');
});

test('a file, in JavaScript or TypeScript', async () => {
  for (const [name, code] of [
    ['a.js', 'function request(ctx) { ctx.request.headers.set("X-A", "file") }'],
    ['a.ts', 'function request(ctx: any): void { ctx.request.headers.set("X-A", "file" as string) }'],
  ] as const) {
    writeFileSync(join(folder, name), code);
    const filter = make(join(folder, name));
    const ctx = context();
    await runFilter(filter, ctx);
    assert.equal(ctx.request.headers.get('X-A'), 'file');
    await filter.close?.();
  }
});
