import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Response, ResponseInit } from '../../src/plugin/index.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { decompress } from './decompress.ts';

async function run(coding: string, init: Partial<ResponseInit>, method = 'GET', asked = ''): Promise<Response> {
  const ctx = fakeContext({
    method,
    headers: asked === '' ? {} : { 'If-None-Match': asked },
    response: {
      status: 200,
      ...init,
      headers: { 'Content-Encoding': coding, ETag: '"a"', 'Content-Length': '77', Vary: 'Accept-Encoding' },
    },
  });
  await makeFilter(decompress).response?.(ctx);
  return ctx.response;
}

test('undoes the codings it knows', async () => {
  for (const [coding, body] of [
    ['gzip', gzipSync('plain')],
    ['X-GZIP', gzipSync('plain')],
    ['deflate', deflateRawSync('plain')],
    ['br', brotliCompressSync('plain')],
    ['zstd', zstdCompressSync('plain')],
    ['gzip, br', brotliCompressSync(gzipSync('plain'))],
    ['identity', Buffer.from('plain')],
  ] as [string, Uint8Array][]) {
    const response = await run(coding, { body });
    assert.deepEqual(
      [...response.headers],
      [
        ['ETag', 'W/"a"'],
        ['Vary', 'Accept-Encoding'],
      ],
      coding,
    );
    assert.equal(await response.body?.text(100), 'plain', coding);
  }
});

test('leaves the rest', async () => {
  for (const [coding, status] of [
    ['compress', 200],
    ['gzip, foo', 200],
    ['gzip, gzip, gzip, gzip', 200],
    ['gzip', 206],
    ['gzip', 304],
  ] as [string, number][]) {
    const response = await run(coding, { status, body: status === 304 ? null : 'coded' });
    assert.equal(response.headers.get('Content-Encoding'), coding);
    assert.equal(response.headers.get('Content-Length'), '77');
    assert.equal(response.headers.get('ETag'), '"a"');
    assert.equal((await response.body?.text(100)) ?? 'coded', 'coded');
  }
});

test('a HEAD loses the same headers; a 304 bears the weak tag it was asked with', async () => {
  const head = await run('gzip', { body: null }, 'HEAD');
  assert.deepEqual(
    [...head.headers],
    [
      ['ETag', 'W/"a"'],
      ['Vary', 'Accept-Encoding'],
    ],
  );
  const revalidated = await run('gzip', { status: 304, body: null }, 'GET', 'W/"a"');
  assert.equal(revalidated.headers.get('ETag'), 'W/"a"');
});

test('broken content fails the body', async () => {
  const response = await run('gzip', { body: 'not gzip' });
  await assert.rejects(response.body?.bytes(100) ?? assert.fail());
});

test('takes no arguments', () => {
  assert.equal(faultOf(decompress, [1])?.index, -1);
});
