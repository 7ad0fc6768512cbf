import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ArgValue, type FilterSpec, Template } from '../../src/plugin/index.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { makeFilter, runFilter } from '../../test/kit/specs.ts';
import { modPath, setPath } from './path.ts';
import { rfcHost, rfcPath } from './rfc.ts';

const asSpec = (spec: unknown): FilterSpec => spec as FilterSpec;

test('reserved characters stay as they came, for routes and filters behind', async () => {
  const cases: [path: string, seen: string][] = [
    ['/foo/bar', '/foo/bar'],
    ['/foo%2Fbar', '/foo%2Fbar'],
    ['/foo%2fbar', '/foo%2fbar'],
    ['/foo%2Abar', '/foo*bar'],
    ['/%3b%3F%3a%40%26%3D%2b%24%2c', '/%3b%3F%3a%40%26%3D%2b%24%2c'],
    ['/a%252Fb', '/a%252Fb'],
    ['/%E4%B8%96%2F%E7%95%8C', '/世%2F界'],
    ['/a%20b//%2E%2E/c%2F', '/c%2F'],
    ['/damaged%2', '/damaged%2'],
  ];
  for (const [path, seen] of cases) {
    const ctx = fakeContext({ target: path, response: { status: 200 } });
    void ctx.request.matchPath;
    await runFilter(makeFilter(asSpec(rfcPath)), ctx);
    assert.equal(ctx.request.path, path);
    assert.equal(ctx.request.matchPath, seen);
  }
});

test('a path that is changed keeps its escapes', async () => {
  const cases: [filter: FilterSpec, args: ArgValue[], path: string, changed: string][] = [
    [asSpec(modPath), ['^/a', '/x y'], '/a/b%2Fc%20d%25', '/x%20y/b%2Fc%20d%25'],
    [asSpec(modPath), ['%2F', '/'], '/a%2Fb', '/a/b'],
    [asSpec(modPath), ['b', '%zz?'], '/a%2Fb', '/a%2F%25zz%3F'],
    [asSpec(setPath), ['/s${request.path}'], '/a%2Fb%20c', '/s/a%2Fb%20c'],
    [asSpec(setPath), ['/x%2Fy z'], '/', '/x%2Fy%20z'],
  ];
  for (const [filter, args, path, changed] of cases) {
    const ctx = fakeContext({ target: path, response: { status: 200 } });
    await runFilter(makeFilter(asSpec(rfcPath)), ctx);
    await runFilter(makeFilter(filter, ...args), ctx);
    assert.equal(ctx.request.path, changed);
  }
  const plain = fakeContext({ target: '/a%2Fb' });
  assert.equal(new Template('${request.path}').fill(plain), '/a/b');
});

test('the dot at the end of a host goes', async () => {
  const cases: [host: string, without: string][] = [
    ['www.example.org', 'www.example.org'],
    ['www.example.org.', 'www.example.org'],
    ['www.example.org:245', 'www.example.org:245'],
    ['www.example.org.:213', 'www.example.org:213'],
    ['localhost', 'localhost'],
    ['[::1]:80', '[::1]:80'],
    ['', ''],
  ];
  for (const [host, without] of cases) {
    const ctx = fakeContext({ host, response: { status: 200 } });
    await runFilter(makeFilter(asSpec(rfcHost)), ctx);
    assert.deepEqual([ctx.request.host, ctx.upstream.host], [without, null]);
    ctx.upstream.host = host;
    await runFilter(makeFilter(asSpec(rfcHost)), ctx);
    assert.equal(ctx.upstream.host, without);
  }
});
