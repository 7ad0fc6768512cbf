import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from './headers.ts';
import { mayLeadOut, pathReadings } from './path-readings.ts';
import { Request } from './request.ts';

test('a path is read in the ways of servers', () => {
  const cases: [path: string, among: string[]][] = [
    ['/admin/..%2fx', ['/admin/..%2fx', '/admin/../x', '/x']],
    ['/admin/../x', ['/admin/../x', '/x']],
    ['/admin/%2e%2E/x', ['/admin/%2e%2E/x', '/x']],
    ['/admin/.', ['/admin/.', '/admin/']],
    ['/a%5Cb', ['/a%5Cb', '/a\\b', '/a/b']],
    ['/a\\..\\b', ['/a\\..\\b', '/b']],
    ['/a;x=1/b;y', ['/a;x=1/b;y', '/a/b']],
    ['/a/..;/b', ['/a/..;/b', '/b']],
    ['/a%3b/b', ['/a%3b/b', '/a/b']],
    ['//a/b', ['//a/b', '/a/b', '/b']],
    ['/a//../b', ['/a//../b', '/a/b', '/b']],
    ['/a;b/%2f', ['/a/%2f', '/a/']],
    ['/a%3Fb/%23c', ['/a?b/#c', '/a']],
    ['/a%09b%20', ['/a\tb ', '/ab']],
    ['/a%252fb', ['/a%252fb', '/a%2fb', '/a/b']],
    ['/é%2Fb/%63', ['/é%2Fb/c', '/é/b/c']],
  ];
  for (const [path, among] of cases) {
    const readings = pathReadings(path) ?? [];
    for (const reading of among) assert.ok(readings.includes(reading), `${path}: ${reading} among ${readings}`);
    assert.equal(new Set(readings).size, readings.length);
  }
});

test('a path that all read alike has no readings', () => {
  for (const path of ['/', '/a/b', '/caf%C3%A9/%E9', '/a.b/.well-known/..x', '/a%20b', '/%61', '/a+b'])
    assert.deepEqual(pathReadings(path), [], path);
});

test('readings are bounded', () => {
  const path = `/${'%252f;x/..\\//a'.repeat(1000)}`;
  assert.equal(pathReadings(path), null);
});

test('encoded slashes, backslashes and ends lead nowhere else by themselves', () => {
  for (const path of ['/a%2Fb', '/a//b', '/a%252fb', '/a..b%2F...', '/a%5cb', '/a%3fb', '/%23', '/a\\b', '/a...%20'])
    assert.ok(!mayLeadOut(path), path);
  for (const path of [
    '/a/..',
    '/a%2f..%2fb',
    '/a;b',
    '/a%3bb',
    '/a/%252e/b',
    '/..',
    '/a%5c..',
    '/.%0A./b',
    '/..%20',
    '/a/..%23',
  ])
    assert.ok(mayLeadOut(path), path);
});

test('a request knows whether its path is plain, and what routes see', () => {
  const cases: [path: string, isPlain: boolean, seen: string][] = [
    ['/a/b', true, '/a/b'],
    ['/a;b', false, '/a;b'],
    ['/a\\b', false, '/a\\b'],
    ['/a%2fb', false, '/a/b'],
    ['a', false, '/a'],
  ];
  for (const [target, isPlain, seen] of cases) {
    const request = new Request({ method: 'GET', target, host: 'h', headers: new HeaderList() });
    assert.deepEqual([request.isPlainPath, request.matchPath], [isPlain, seen]);
    assert.equal(
      request.readAs('/other', () => request.matchPath),
      '/other',
    );
    assert.equal(request.matchPath, seen);
    request.path = '/x';
    assert.ok(request.isPlainPath);
  }
});

test('a cleaned path is the one that routes see, octet for octet', () => {
  const cases: [path: string, cleaned: string][] = [
    ['/a/../b', '/b'],
    ['/a%2Fb/%E9%20%63', '/a/b/%E9%20c'],
    ['/a%25/%5C', '/a%25/%5C'],
    ['//a', '/a'],
  ];
  for (const [target, cleaned] of cases) {
    const request = new Request({ method: 'GET', target, host: 'h', headers: new HeaderList() });
    const seen = request.matchPath;
    request.cleanPath();
    assert.deepEqual([request.path, request.matchPath], [cleaned, seen]);
  }
});
