// Copies of requests and responses: what reaches whom, and that the client's own request never notices.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { until } from '../kit/calls.ts';
import { ask } from '../kit/client.ts';
import { Origin } from '../kit/origin.ts';
import { startTestProxy, type TestProxy } from '../kit/proxy.ts';
import { type RecordingOrigin, startRecordingOrigin } from '../kit/recording-origin.ts';

let main: RecordingOrigin;
let shadow: RecordingOrigin;
let proxy: TestProxy;
let mainUrl: string;
let shadowUrl: string;

before(async () => {
  main = await startRecordingOrigin();
  shadow = await startRecordingOrigin();
  mainUrl = `"http://127.0.0.1:${main.port}"`;
  shadowUrl = `"http://127.0.0.1:${shadow.port}"`;
  proxy = await startTestProxy('');
});

after(async () => {
  await proxy.close();
  await main.close();
  await shadow.close();
});

afterEach(() => {
  for (const origin of [main, shadow]) {
    origin.received.length = 0;
    origin.reply = {};
  }
});

const send = (target: string, body?: string, headers = {}) =>
  ask({ port: proxy.port, target, method: body === undefined ? 'GET' : 'POST', headers, ...(body && { body }) });

test('tee sends the whole request, with another path, its own Host and the mark', async () => {
  proxy.route(`* -> setRequestHeader("X-A", "1") -> tee(${shadowUrl}, "^/v1", "/v2") -> ${mainUrl}`);
  assert.equal((await send('/v1/a%20b?c=d', 'content', { 'X-B': '2' })).status, 200);
  await until(() => shadow.received.length === 1);
  const [own] = main.received;
  const [copy] = shadow.received;
  assert.deepEqual([own?.method, own?.target, own?.body], ['POST', '/v1/a%20b?c=d', 'content']);
  assert.deepEqual([copy?.method, copy?.target, copy?.body], ['POST', '/v2/a%20b?c=d', 'content']);
  assert.deepEqual([copy?.headers['x-a'], copy?.headers['x-b']], ['1', '2']);
  assert.equal(copy?.headers['host'], `127.0.0.1:${shadow.port}`);
  assert.equal(copy?.headers['x-sluice-shadow'], `127.0.0.1:${shadow.port}`);
  assert.equal(own?.headers['x-sluice-shadow'], undefined);
});

test('a large body reaches both; so does one that streams', async () => {
  proxy.route(`* -> tee(${shadowUrl}) -> ${mainUrl}`);
  const body = 'x'.repeat(400_000);
  assert.equal((await send('/', body)).status, 200);
  assert.equal((await send('/', body, { 'Transfer-Encoding': 'chunked' })).status, 200);
  await until(() => shadow.received.length === 2);
  for (const { received } of [main, shadow]) assert.ok(received.every((each) => each.body === body));
});

test('a shadow that never answers or is not there delays nobody', async () => {
  const silent = await Origin.start(() => {});
  proxy.route(`* -> tee("${silent.url}") -> teenf("http://127.0.0.1:1") -> ${mainUrl}`);
  assert.equal((await send('/', 'x'.repeat(4_000_000))).status, 200);
  assert.equal(main.received[0]?.body.length, 4_000_000);
  await silent.close();
});

test('tee follows a redirect, without credentials to another server; teenf does not', async () => {
  const third = await startRecordingOrigin();
  shadow.reply = { status: 302, headers: { Location: `http://127.0.0.1:${third.port}/there?x=1` } };
  const headers = { Authorization: 'secret', 'X-A': '1' };
  proxy.route(`* -> tee(${shadowUrl}) -> ${mainUrl}`);
  await send('/', undefined, headers);
  await until(() => third.received.length === 1);
  const [there] = third.received;
  assert.deepEqual([there?.target, there?.headers['x-a']], ['/there?x=1', '1']);
  assert.equal(there?.headers['authorization'], undefined);
  assert.equal(shadow.received[0]?.headers['authorization'], 'secret');

  proxy.route(`* -> teenf(${shadowUrl}) -> ${mainUrl}`);
  await send('/');
  await until(() => shadow.received.length === 2);
  proxy.route(`* -> tee(${shadowUrl}) -> ${mainUrl}`);
  await send('/');
  await until(() => third.received.length === 2);
  await third.close();
});

test('a copy that comes back to its gateway ends there', async () => {
  proxy.route(`* -> tee("http://127.0.0.1:${proxy.port}") -> ${mainUrl}`);
  const before = proxy.finished.length;
  assert.equal((await send('/a')).status, 200);
  await until(() => proxy.finished.length === before + 2);
  assert.deepEqual(
    proxy.finished
      .slice(before)
      .map(({ exchange }) => exchange.status)
      .sort(),
    [200, 508],
  );
  assert.equal(main.received.length, 1);
});

test('teeLoopback routes a copy once; clients cannot pretend to be one', async () => {
  proxy.route(`
    main: * -> teeLoopback("next") -> setPath("/main") -> ${mainUrl};
    next: Tee("next") -> teeLoopback("next") -> setPath("/next") -> ${shadowUrl};
  `);
  const body = 'y'.repeat(100_000);
  const answer = await send('/a?b', body, { 'X-Tee-Loopback-Key': 'next' });
  assert.equal(answer.status, 200);
  await until(() => shadow.received.length === 1);
  assert.deepEqual([main.received[0]?.target, shadow.received[0]?.target], ['/main?b', '/next?b']);
  for (const { received } of [main, shadow]) assert.equal(received[0]?.body, body);
});

test('a copy without a route of its own goes the way of its original, once', async () => {
  proxy.route(`* -> teeLoopback("next") -> ${mainUrl}`);
  const before = proxy.finished.length;
  await send('/a');
  await until(() => proxy.finished.length === before + 2);
  assert.equal(main.received.length, 2);
});

test('what the client leaves unfinished, or nobody reads, ends the copy', async () => {
  proxy.route(`
    served: Path("/served") -> tee(${shadowUrl}) -> status(403) -> <shunt>;
    looped: Path("/looped") -> teeLoopback("next") -> status(403) -> <shunt>;
    next: Tee("next") -> ${shadowUrl};
  `);
  const before = proxy.finished.length;
  const body = 'z'.repeat(300_000);
  assert.equal((await send('/served', body, { Expect: '100-continue' })).status, 403);
  assert.equal((await send('/looped', body)).status, 403);
  await until(() => proxy.finished.length === before + 3);
});

test('teeResponse posts what the client gets', async () => {
  proxy.route(`* -> teeResponse("http://127.0.0.1:${shadow.port}/log?all") -> ${mainUrl}`);
  main.reply = { body: 'r'.repeat(200_000), headers: { 'Content-Type': 'text/x-r' } };
  assert.equal((await send('/')).body, main.reply.body);
  await until(() => shadow.received.length === 1);
  const [copy] = shadow.received;
  assert.deepEqual([copy?.method, copy?.target, copy?.body], ['POST', '/log?all', main.reply.body]);
  assert.equal(copy?.headers['content-type'], 'text/x-r');

  main.reply = { status: 204 };
  assert.equal((await send('/')).status, 204);
  main.reply = { body: 'last' };
  assert.equal((await send('/')).body, 'last');
  await until(() => shadow.received.length === 2);
  assert.equal(shadow.received[1]?.body, 'last');
});
