import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type ArgValue, Body, type Response, type ResponseInit } from '../../src/plugin/index.ts';
import { ManualSource, RecordingSink } from '../../test/kit/bodies.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { compress } from './compress.ts';

const TEXT = 'lorem ipsum '.repeat(50);

interface Case {
  args?: ArgValue[];
  method?: string;
  accept?: string;
  headers?: Record<string, string>;
  requestHeaders?: Record<string, string>;
  status?: number;
  body?: ResponseInit['body'];
}

async function run(of: Case): Promise<Response> {
  const ctx = fakeContext({
    method: of.method ?? 'GET',
    headers: { 'Accept-Encoding': of.accept ?? 'gzip', ...of.requestHeaders },
    response: {
      status: of.status ?? 200,
      headers: { 'Content-Type': 'text/plain', ...of.headers },
      body: of.body === undefined ? TEXT : of.body,
    },
  });
  await makeFilter(compress, ...(of.args ?? [])).response?.(ctx);
  return ctx.response;
}

test('compresses, and says so', async () => {
  const response = await run({
    headers: {
      'Content-Type': 'Text/Plain; charset=utf-8',
      'Content-Length': '600',
      ETag: '"a"',
      'Content-MD5': 'x',
      'Accept-Ranges': 'bytes',
    },
  });
  assert.deepEqual(
    [...response.headers],
    [
      ['Content-Type', 'Text/Plain; charset=utf-8'],
      ['ETag', 'W/"a"'],
      ['Vary', 'Accept-Encoding'],
      ['Content-Encoding', 'gzip'],
    ],
  );
  const bytes = await response.body?.bytes(1e5);
  assert.equal(gunzipSync(bytes ?? '').toString(), TEXT);
});

test('what stays as it is', async () => {
  const cases: (Case & { vary?: boolean })[] = [
    { accept: 'gzip;q=0', vary: true },
    { accept: 'foo', vary: true },
    { headers: { 'Content-Type': 'image/png' } },
    { headers: { 'Content-Type': '' } },
    { headers: { 'Content-Encoding': 'br' } },
    { headers: { 'Cache-Control': 'public, No-Transform' } },
    { status: 206, headers: { 'Content-Range': 'bytes 0-599/1000' }, vary: true },
    { status: 206, headers: { 'Content-Range': 'bytes 0-599/1000', 'Content-Type': 'image/png' } },
    { status: 206, headers: { 'Content-Range': 'bytes 0-599/1000', 'Content-Encoding': 'gzip' } },
    { body: 'short', vary: true },
    { body: '', vary: true },
    { body: null, vary: true },
    { status: 204, body: null, vary: true },
    { args: ['text/html'] },
    { args: [9, 'text/html'] },
  ];
  for (const of of cases) {
    const original = of.body === undefined ? TEXT : of.body;
    const response = await run({ ...of, headers: { ETag: '"a"', ...of.headers } });
    assert.equal(
      response.headers.get('Content-Encoding'),
      of.headers?.['Content-Encoding'] ?? null,
      JSON.stringify(of),
    );
    assert.equal(response.headers.get('ETag'), '"a"');
    assert.equal(response.headers.get('Vary'), of.vary ? 'Accept-Encoding' : null, JSON.stringify(of));
    assert.equal(response.body === null ? null : await response.body.text(1e5), original);
  }
});

test('a HEAD is told what a GET would be', async () => {
  const big = await run({ method: 'HEAD', body: null, headers: { 'Content-Length': '600', ETag: '"a"' } });
  assert.equal(big.headers.get('Content-Encoding'), 'gzip');
  assert.equal(big.headers.get('Content-Length'), null);
  assert.equal(big.headers.get('ETag'), 'W/"a"');
  assert.equal(big.body, null);
  const small = await run({ method: 'HEAD', body: null, headers: { 'Content-Length': '6' } });
  assert.equal(small.headers.get('Content-Encoding'), null);
  assert.equal(small.headers.get('Content-Length'), '6');
  assert.equal(small.headers.get('Vary'), 'Accept-Encoding');
});

test('a 304 varies as the 200 that it stands for', async () => {
  const cases: [Record<string, string>, string | null][] = [
    [{ 'Content-Type': '' }, 'Accept-Encoding'],
    [{}, 'Accept-Encoding'],
    [{ 'Content-Type': 'image/png' }, null],
    [{ 'Content-Type': '', 'Cache-Control': 'no-transform' }, null],
    [{ Vary: 'Origin' }, 'Origin, Accept-Encoding'],
  ];
  for (const [headers, vary] of cases) {
    const requestHeaders = { 'If-None-Match': 'W/"a"' };
    const response = await run({ status: 304, body: null, headers: { ETag: '"a"', ...headers }, requestHeaders });
    assert.equal(response.headers.joined('Vary'), vary, JSON.stringify(headers));
    assert.equal(response.headers.get('ETag'), 'W/"a"');
    assert.equal(response.headers.get('Content-Encoding'), null);
  }
});

test('Vary keeps what it has', async () => {
  for (const [before, after] of [
    ['Origin', 'Origin, Accept-Encoding'],
    ['accept-encoding, Origin', 'accept-encoding, Origin'],
    ['*', '*'],
  ]) {
    const { headers } = await run({ headers: { Vary: before ?? '' } });
    assert.equal(headers.joined('Vary'), after);
  }
});

test('a 304 bears the weak tag that the client asked with', async () => {
  const asked = await run({
    status: 304,
    body: null,
    headers: { ETag: '"a"' },
    requestHeaders: { 'If-None-Match': 'W/"b", W/"a"' },
  });
  assert.equal(asked.headers.get('ETag'), 'W/"a"');
  const plain = await run({
    status: 304,
    body: null,
    headers: { ETag: '"a"' },
    requestHeaders: { 'If-None-Match': '"a"' },
  });
  assert.equal(plain.headers.get('ETag'), '"a"');
});

test('arguments', async () => {
  const encoded = async (args: ArgValue[], type: string): Promise<string | null> =>
    (await run({ args, headers: { 'Content-Type': type } })).headers.get('Content-Encoding');
  assert.equal(await encoded(['...', 'Image/X'], 'image/x'), 'gzip');
  assert.equal(await encoded(['...', 'image/x'], 'text/css'), 'gzip');
  assert.equal(await encoded([0, '...'], 'text/css'), 'gzip');
  assert.equal(await encoded([11], 'application/json'), 'gzip');
  assert.equal(await encoded(['image/x'], 'text/css'), null);
  for (const [args, index] of [
    [[12], 0],
    [[-1], 0],
    [[1.5], 0],
    [['text/html', 3], 1],
    [[1, '...', 2], 2],
  ] as [ArgValue[], number][]) {
    assert.equal(faultOf(compress, args)?.index, index, JSON.stringify(args));
  }
});

test('a streaming body of unknown length is compressed as it comes; a client that goes away frees it', async () => {
  const source = new ManualSource();
  const response = await run({ body: new Body(source, null) });
  assert.equal(source.cancelled, null);
  assert.equal(response.body?.length, null);
  const sink = new RecordingSink(response.body ?? assert.fail());
  source.push('abc');
  await sink.until(({ chunks }) => chunks.length > 0);
  sink.source.cancel(new Error('gone'));
  assert.match(String(source.cancelled), /gone/);
});

test('a small streaming body of known length is compressed whole', async () => {
  const source = new ManualSource();
  const response = await run({ body: new Body(source, TEXT.length) });
  const sink = new RecordingSink(response.body ?? assert.fail());
  source.push(TEXT.slice(0, 100));
  source.push(TEXT.slice(100));
  source.end();
  assert.equal(sink.chunks.length, 1);
  assert.equal(gunzipSync(sink.bytes).toString(), TEXT);
});
