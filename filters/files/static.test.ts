import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import type { Response } from '../../src/plugin/index.ts';
import { RecordingSink } from '../../test/kit/bodies.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { serveStatic } from './static.ts';

const base = mkdtempSync(join(tmpdir(), 'sluice-static-'));
const root = join(base, 'root');
const BIG = Buffer.alloc(300_000, 'abcdefghij');
mkdirSync(join(root, 'sub dir'), { recursive: true });
mkdirSync(join(root, 'bare'));
writeFileSync(join(base, 'secret.txt'), 'secret');
writeFileSync(join(root, 'a.txt'), 'hello world');
writeFileSync(join(root, 'empty.css'), '');
writeFileSync(join(root, 'big.bin'), BIG);
writeFileSync(join(root, 'sub dir', 'index.html'), '<p>index</p>');
symlinkSync(join(base, 'secret.txt'), join(root, 'link.txt'));
utimesSync(join(root, 'a.txt'), 1_700_000_000, 1_700_000_000);
const MODIFIED = new Date(1_700_000_000_000).toUTCString();
after(() => rmSync(base, { recursive: true }));

async function get(
  target: string,
  headers: Record<string, string> = {},
  method = 'GET',
  prefix = '/f',
  options: readonly string[] = [],
): Promise<Response> {
  const ctx = fakeContext({ method, target, headers });
  await makeFilter(serveStatic, prefix, root, ...options).request?.(ctx);
  return ctx.served ?? assert.fail('nothing served');
}

/** Files of the root that this process has open. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(root) ? [path] : [];
    } catch {
      return [];
    }
  });
}

async function closed(): Promise<void> {
  while (openFiles().length > 0) await new Promise(setImmediate);
}

test('statuses, bodies and types', async () => {
  const cases: [string, number, string | null, string?][] = [
    ['/f/a.txt', 200, 'hello world', 'text/plain; charset=utf-8'],
    ['/f/a.txt?x=1', 200, 'hello world'],
    ['/f//./a.txt', 200, 'hello world'],
    ['/f/x/../a.txt', 200, 'hello world'],
    ['/f/%61.txt', 200, 'hello world'],
    ['/f/empty.css', 200, '', 'text/css; charset=utf-8'],
    ['/f/link.txt', 200, 'secret'],
    ['/f/sub%20dir/', 200, '<p>index</p>', 'text/html; charset=utf-8'],
    ['/f/none', 404, 'Not Found\n'],
    ['/f/a.txt/', 404, 'Not Found\n'],
    ['/f/a.txt/b', 404, 'Not Found\n'],
    ['/f/bare/', 404, 'Not Found\n'],
    ['/f/a.txt%00', 404, 'Not Found\n'],
    [`/f/${'x'.repeat(300)}`, 404, 'Not Found\n'],
    ['/other', 404, 'Not Found\n'],
    ['/fa.txt', 404, 'Not Found\n'],
    ['/f/../secret.txt', 404, 'Not Found\n'],
    ['/f/%2e%2e/secret.txt', 404, 'Not Found\n'],
    ['/f/..%2fsecret.txt', 404, 'Not Found\n'],
    ['/f../secret.txt', 404, 'Not Found\n'],
    ['/f/..%5csecret.txt', 404, 'Not Found\n'],
  ];
  for (const [target, status, body, type] of cases) {
    const response = await get(target);
    assert.equal(response.status, status, target);
    assert.equal(await response.body?.text(1e6), body, target);
    if (type !== undefined) assert.equal(response.headers.get('Content-Type'), type);
  }
  assert.deepEqual(openFiles(), []);
});

test('a prefix never opens a way out', async () => {
  for (const prefix of ['', '/', '/f']) {
    for (const target of [
      '/../secret.txt',
      '/f/../../secret.txt',
      '/f..%2f..%2fsecret.txt',
      '/%2e%2e%2fsecret.txt',
      '/..',
    ]) {
      const response = await get(target, {}, 'GET', prefix);
      assert.notEqual(response.status, 200, `${prefix} ${target}`);
    }
  }
  assert.equal((await get('/a.txt', {}, 'GET', '')).status, 200);
  assert.equal((await get('/a.txt', {}, 'GET', '/')).status, 200);
});

test('redirects', async () => {
  for (const [target, location] of [
    ['/f', './f/'],
    ['/f/sub%20dir?x=1', './sub%20dir/?x=1'],
    ['/f/sub%20dir/index.html', './'],
    ['/f/index.html?y', './?y'],
  ] as [string, string][]) {
    const response = await get(target);
    assert.equal(response.status, 301, target);
    assert.equal(response.headers.get('Location'), location);
  }
});

test('a path that a filter or a loopback chose is served, and no client is sent round in circles', async () => {
  const cases: [asked: string, chosen: string, status: number, body: string | null][] = [
    ['/cart/7?x', '/f/sub%20dir/index.html', 200, '<p>index</p>'],
    ['/cart/', '/f/sub%20dir/index.html', 200, '<p>index</p>'],
    ['/', '/f/sub%20dir', 200, '<p>index</p>'],
    ['/', '/f/sub%20dir/', 200, '<p>index</p>'],
    ['/', '/f/bare', 404, 'Not Found\n'],
    // The prefix was changed only: the client can still be told.
    ['/g/sub%20dir', '/f/sub%20dir', 301, null],
  ];
  for (const [asked, chosen, status, body] of cases) {
    const ctx = fakeContext({ target: asked });
    ctx.request.path = chosen;
    await makeFilter(serveStatic, '/f', root).request?.(ctx);
    assert.equal(ctx.served?.status, status, `${asked} ${chosen}`);
    assert.equal(await ctx.served?.body?.text(1e3), body ?? undefined, `${asked} ${chosen}`);
  }
  assert.deepEqual(openFiles(), []);
});

test('names that begin with a dot are served where that is asked for', async () => {
  for (const name of [
    '.env',
    '.git/config',
    'sub dir/.htpasswd',
    '.well-known/security.txt',
    '.well-knownx',
    'a.b..c',
  ]) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), 'dot');
    const target = `/f/${encodeURI(name)}`;
    const isOpen = name.startsWith('.well-known/') || name === 'a.b..c';
    assert.equal((await get(target)).status, isOpen ? 200 : 404, name);
    assert.equal((await get(`/${encodeURI(name)}`, {}, 'GET', '/')).status, isOpen ? 200 : 404, name);
    assert.equal((await get(target.replaceAll('.', '%2e'))).status, isOpen ? 200 : 404, name);
    assert.equal((await get(target, {}, 'GET', '/f', ['dotfiles=serve'])).status, 200, name);
  }
  assert.equal((await get('/f/.git/')).status, 404);
});

test('Cache-Control is for files, and a list of files stands for their folder', async () => {
  const options = ['cacheControl=public, max-age=60', 'index=start.htm, index.html'];
  const of = (target: string) => get(target, {}, 'GET', '/f', options);
  assert.equal((await of('/f/a.txt')).headers.get('Cache-Control'), 'public, max-age=60');
  const etag = (await of('/f/a.txt')).headers.get('ETag') as string;
  const revalidated = await get('/f/a.txt', { 'If-None-Match': etag }, 'GET', '/f', options);
  assert.deepEqual([revalidated.status, revalidated.headers.get('Cache-Control')], [304, 'public, max-age=60']);
  assert.equal((await of('/f/none')).headers.get('Cache-Control'), null);
  assert.equal(await (await of('/f/sub%20dir/')).body?.text(100), '<p>index</p>');
  writeFileSync(join(root, 'sub dir', 'start.htm'), 'start');
  assert.equal(await (await of('/f/sub%20dir/')).body?.text(100), 'start');
  assert.equal((await of('/f/sub%20dir/start.htm')).headers.get('Location'), './');
});

test('the file beside, in a coding that the client likes', async () => {
  writeFileSync(join(root, 'app.js'), 'plain script');
  writeFileSync(join(root, 'app.js.br'), 'brotli');
  writeFileSync(join(root, 'app.js.gz'), 'gzipped');
  const options = ['precompressed=br,zstd,gzip'];
  const cases: [accept: string | null, coding: string | null, body: string][] = [
    [null, null, 'plain script'],
    ['gzip', 'gzip', 'gzipped'],
    ['gzip, br', 'br', 'brotli'],
    ['gzip, br;q=0.5', 'gzip', 'gzipped'],
    ['zstd', null, 'plain script'],
    ['zstd, gzip;q=0.1', 'gzip', 'gzipped'],
    ['*;q=0', null, 'plain script'],
    ['deflate', null, 'plain script'],
  ];
  const tags = new Set<string | null>();
  for (const [accept, coding, body] of cases) {
    const response = await get('/f/app.js', accept === null ? {} : { 'Accept-Encoding': accept }, 'GET', '/f', options);
    const { headers } = response;
    assert.equal(headers.get('Content-Encoding'), coding, `${accept}`);
    assert.equal(await response.body?.text(100), body, `${accept}`);
    assert.equal(headers.get('Content-Type'), 'text/javascript; charset=utf-8');
    assert.equal(headers.get('Vary'), 'Accept-Encoding');
    tags.add(headers.get('ETag'));
  }
  assert.equal(tags.size, 3);
  const head = await get('/f/app.js', { 'Accept-Encoding': 'br' }, 'HEAD', '/f', options);
  assert.deepEqual([head.headers.get('Content-Encoding'), head.headers.get('Content-Length')], ['br', '6']);
  const etag = head.headers.get('ETag') as string;
  const revalidated = await get('/f/app.js', { 'Accept-Encoding': 'br', 'If-None-Match': etag }, 'GET', '/f', options);
  assert.deepEqual([revalidated.status, revalidated.headers.get('Vary')], [304, 'Accept-Encoding']);
  const part = await get('/f/app.js', { 'Accept-Encoding': 'br', Range: 'bytes=0-1' }, 'GET', '/f', options);
  assert.deepEqual([part.status, await part.body?.text(9), part.headers.get('Vary')], [206, 'br', 'Accept-Encoding']);
  assert.equal((await get('/f/app.js', { 'Accept-Encoding': 'br' })).headers.get('Vary'), null);
  assert.deepEqual(openFiles(), []);
});

test('HEAD, and methods that are refused', async () => {
  const head = await get('/f/a.txt', { Range: 'bytes=0-1' }, 'HEAD');
  assert.equal(head.status, 200);
  assert.equal(head.headers.get('Content-Length'), '11');
  assert.equal(head.body, null);
  const post = await get('/f/a.txt', {}, 'POST');
  assert.equal(post.status, 405);
  assert.equal(post.headers.get('Allow'), 'GET, HEAD');
  assert.deepEqual(openFiles(), []);
});

test('ranges', async () => {
  const cases: [string, number, string | null, string | null][] = [
    ['bytes=0-4', 206, 'hello', 'bytes 0-4/11'],
    ['bytes=6-', 206, 'world', 'bytes 6-10/11'],
    ['bytes=-5', 206, 'world', 'bytes 6-10/11'],
    ['bytes=-99', 206, 'hello world', 'bytes 0-10/11'],
    ['bytes=9-99999999999999999999', 206, 'ld', 'bytes 9-10/11'],
    ['Bytes=0-0', 206, 'h', 'bytes 0-0/11'],
    ['bytes=11-', 416, null, 'bytes */11'],
    ['bytes=-0', 416, null, 'bytes */11'],
    ['bytes=0-1,3-4', 200, 'hello world', null],
    ['bytes=4-2', 200, 'hello world', null],
    ['bytes=-', 200, 'hello world', null],
    ['lines=0-1', 200, 'hello world', null],
  ];
  for (const [range, status, body, contentRange] of cases) {
    const response = await get('/f/a.txt', { Range: range });
    assert.equal(response.status, status, range);
    assert.equal(response.headers.get('Content-Range'), contentRange, range);
    if (body !== null) assert.equal(await response.body?.text(100), body, range);
  }
  assert.equal((await get('/f/empty.css', { Range: 'bytes=0-' })).status, 416);
  const part = await get('/f/big.bin', { Range: 'bytes=100000-299998' });
  assert.deepEqual(await part.body?.bytes(1e6), BIG.subarray(100_000, 299_999));
});

test('conditional requests', async () => {
  const etag = (await get('/f/a.txt')).headers.get('ETag') ?? assert.fail();
  const before = new Date(1_600_000_000_000).toUTCString();
  const cases: [Record<string, string>, number][] = [
    [{ 'If-None-Match': etag }, 304],
    [{ 'If-None-Match': `"x", W/${etag}` }, 304],
    [{ 'If-None-Match': '*' }, 304],
    [{ 'If-None-Match': '"x"' }, 200],
    [{ 'If-None-Match': '"x"', 'If-Modified-Since': MODIFIED }, 200],
    [{ 'If-Modified-Since': MODIFIED }, 304],
    [{ 'If-Modified-Since': before }, 200],
    [{ 'If-Modified-Since': 'nonsense' }, 200],
    [{ 'If-Match': etag }, 200],
    [{ 'If-Match': `W/${etag}` }, 412],
    [{ 'If-Match': '"x"' }, 412],
    [{ 'If-Unmodified-Since': MODIFIED }, 200],
    [{ 'If-Unmodified-Since': before }, 412],
    [{ 'If-Match': etag, 'If-Unmodified-Since': before }, 200],
    [{ Range: 'bytes=0-1', 'If-Range': etag }, 206],
    [{ Range: 'bytes=0-1', 'If-Range': `W/${etag}` }, 200],
    [{ Range: 'bytes=0-1', 'If-Range': MODIFIED }, 206],
    [{ Range: 'bytes=0-1', 'If-Range': before }, 200],
  ];
  for (const [headers, status] of cases) {
    const response = await get('/f/a.txt', headers);
    assert.equal(response.status, status, JSON.stringify(headers));
    assert.equal(response.headers.get('ETag'), etag);
  }
  assert.deepEqual(openFiles(), []);
});

test('a large file streams with back-pressure and is closed at the end', async () => {
  const response = await get('/f/big.bin');
  assert.equal(response.body?.length, BIG.length);
  const sink = new RecordingSink(response.body ?? assert.fail(), true);
  await sink.until(({ chunks }) => chunks.length === 1);
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  assert.equal(sink.chunks.length, 1);
  sink.hold = false;
  sink.source.resume();
  await sink.finished();
  assert.deepEqual(sink.bytes, BIG);
  await closed();
});

test('a client that goes away closes the file, read from or not', async () => {
  const sink = new RecordingSink((await get('/f/big.bin')).body ?? assert.fail(), true);
  await sink.until(({ chunks }) => chunks.length === 1);
  sink.source.cancel(new Error('gone'));
  sink.source.resume();
  (await get('/f/big.bin')).body?.discard(new Error('gone'));
  await closed();
  assert.equal(sink.ended, false);
  assert.equal(sink.error, null);
});

test('a file that shrinks breaks the body off', async () => {
  const path = join(root, 'shrinks.bin');
  writeFileSync(path, BIG);
  const sink = new RecordingSink((await get('/f/shrinks.bin')).body ?? assert.fail(), true);
  await sink.until(({ chunks }) => chunks.length === 1);
  writeFileSync(path, 'short');
  sink.hold = false;
  sink.source.resume();
  await sink.finished();
  assert.match(String(sink.error), /shorter/);
  await closed();
});

test('arguments', () => {
  assert.equal(faultOf(serveStatic, ['/f', join(base, 'none')])?.index, 1);
  assert.equal(faultOf(serveStatic, ['/f', join(base, 'secret.txt')])?.index, 1);
  assert.equal(faultOf(serveStatic, ['/f'])?.index, -1);
  for (const option of ['cache=x', 'x', 'index=a/b', 'index=', 'dotfiles=yes', 'precompressed=deflate']) {
    assert.equal(faultOf(serveStatic, ['/f', root, 'cacheControl=no-cache', option])?.index, 3, option);
  }
  assert.equal(statSync(root).isDirectory(), true);
});
