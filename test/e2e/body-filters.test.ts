import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { ask } from '../kit/client.ts';
import { startTestProxy, type TestProxy } from '../kit/proxy.ts';

const TEXT = JSON.stringify(Array.from({ length: 20_000 }, (_, id) => ({ id, name: `user ${id}` })));
const BOMB_BYTES = 128 << 20;

/** Set by the test at hand: how the origin answers. */
let answer: RequestListener = (_, response) => void response.end();
let origin: Server;
let proxy: TestProxy;

before(async () => {
  origin = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const url = `"http://127.0.0.1:${(origin.address() as AddressInfo).port}"`;
  proxy = await startTestProxy(`
    events: Path("/events") -> compress("...", "text/event-stream") -> sed("foo", "bar") -> ${url};
    compressed: Path("/compress") -> compress() -> ${url};
    edited: Path("/edit") -> compress() -> sed("user", "USER") -> decompress() -> ${url};
    plain: Path("/decompress") -> decompress() -> ${url};
    guarded: Path("/block") -> blockContent("forbidden") -> ${url};
    rewritten: Path("/rewrite") -> sedRequest("a+", "b") -> ${url};
  `);
});

after(async () => {
  await proxy.close();
  origin.closeAllConnections();
  origin.close();
});

/** The response of the proxy as soon as its head is there. */
function open(path: string, headers: Readonly<Record<string, string>> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ port: proxy.port, path, headers, agent: false }, resolve).on('error', reject);
  });
}

test('events come out of compress and sed one by one; the client leaving ends the origin', async () => {
  const gone = new Promise<void>((resolve) => {
    answer = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('data: foo 1\n\n');
      response.on('close', resolve);
      originResponse = response;
    };
  });
  let originResponse: Parameters<RequestListener>[1] | undefined;
  const response = await open('/events', { 'Accept-Encoding': 'gzip' });
  assert.equal(response.headers['content-encoding'], 'gzip');
  const gunzip = response.on('error', () => {}).pipe(createGunzip());
  let text = '';
  gunzip
    .on('error', () => {})
    .on('data', (chunk) => {
      text += chunk;
    });
  while (!text.endsWith('data: bar 1\n\n')) await once(gunzip, 'data');
  originResponse?.write('data: foo 2\n\n');
  while (!text.endsWith('data: bar 2\n\n')) await once(gunzip, 'data');
  response.socket.resetAndDestroy();
  await gone;
});

test('HEAD tells what GET would', async () => {
  answer = (request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': TEXT.length, ETag: '"1"' });
    response.end(request.method === 'HEAD' ? undefined : TEXT);
  };
  const heads = [];
  for (const method of ['GET', 'HEAD']) {
    const { headers } = await ask({
      port: proxy.port,
      target: '/compress',
      method,
      headers: { 'Accept-Encoding': 'gzip' },
    });
    const { date: _, 'transfer-encoding': framing, ...rest } = headers;
    assert.equal(framing, method === 'GET' ? 'chunked' : undefined);
    heads.push(rest);
  }
  assert.deepEqual(heads[0], heads[1]);
  assert.equal(heads[0]?.['etag'], 'W/"1"');
});

test('a coded body is decoded, edited and coded again', async () => {
  answer = (_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' });
    response.end(gzipSync(TEXT));
  };
  const response = await open('/edit', { 'Accept-Encoding': 'gzip' });
  const bytes = Buffer.concat(await response.toArray());
  assert.equal(gunzipSync(bytes).toString(), TEXT.replaceAll('user', 'USER'));
});

test('a bomb unfolds no further than the client reads', async () => {
  const bomb = gzipSync(Buffer.alloc(BOMB_BYTES));
  answer = (_, response) => void response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb);
  const before = process.memoryUsage().rss;
  const response = await open('/decompress');
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
  assert.ok(process.memoryUsage().rss - before < BOMB_BYTES / 2);
  let size = 0;
  for await (const chunk of response) size += chunk.length;
  assert.equal(size, BOMB_BYTES);
});

test('a truncated body cuts the connection', async () => {
  answer = (_, response) => {
    response.writeHead(200, { 'Content-Encoding': 'gzip' });
    response.end(gzipSync(TEXT).subarray(0, -100));
  };
  const response = await open('/decompress');
  assert.equal(response.statusCode, 200);
  await assert.rejects(response.toArray(), /aborted/);
});

test('forbidden content gets 400 and never reaches the origin whole', async () => {
  let received = '';
  answer = (request, response) => {
    request.on('error', () => {});
    request.on('data', (chunk) => {
      received += chunk;
    });
    request.on('end', () => response.end());
  };
  const body = `${'x'.repeat(1 << 20)}forbidden${'y'.repeat(1 << 20)}`;
  const { status } = await ask({ port: proxy.port, target: '/block', method: 'POST', body });
  assert.equal(status, 400);
  assert.ok(!received.includes('forbidden'));
  assert.equal((await ask({ port: proxy.port, target: '/block', method: 'POST', body: 'harmless' })).status, 200);
  assert.ok(received.endsWith('harmless'));
});

test('an edited request body has the length that it has', async () => {
  answer = (request, response) => void request.pipe(response);
  const body = 'xaaay'.repeat(50_000);
  const { status, body: echo } = await ask({ port: proxy.port, target: '/rewrite', method: 'POST', body });
  assert.equal(status, 200);
  assert.equal(echo, 'xby'.repeat(50_000));
});
