import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestUpstream, until } from '../../test/kit/calls.ts';
import { Origin } from '../../test/kit/origin.ts';
import type { BodySink, BodySource } from '../http/index.ts';

const HANDSHAKE = ['Connection', 'keep-alive, Upgrade', 'Upgrade', 'WebSocket', 'Sec-WebSocket-Key', 'abc'];
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nX-A: b\r\n\r\n';

test('an upgrade is passed on, and octets that come with the 101 are not lost', async () => {
  let head = '';
  await using origin = await Origin.start(async (c) => {
    head = await c.head();
    c.write(`${SWITCH}first frame`);
    c.write(`echo ${await c.read(4)}`);
  });
  await using client = new TestUpstream(origin.url);
  const { outcome } = client.send({ headers: HANDSHAKE, upgrade: 'WebSocket' });
  const response = await outcome.response;
  assert.equal(response.status, 101);
  assert.deepEqual(response.headers.raw, ['X-A', 'b', 'Upgrade', 'WebSocket']);
  assert.match(head, /\r\nconnection: upgrade\r\nupgrade: WebSocket\r\nSec-WebSocket-Key: abc\r\n/);
  const { socket } = outcome;
  assert.ok(socket);
  assert.equal(client.inFlight, 1, 'an upgraded connection is in flight until it ends');
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
  });
  await until(() => received === 'first frame');
  socket.write('ping');
  await until(() => received === 'first frameecho ping');
  socket.destroy();
  await until(() => client.inFlight === 0);
  assert.equal(client.upstream.connections, 0);
});

test('an upgraded connection that breaks is the observer’s to notice, and no uncaught error', async () => {
  await using origin = await Origin.start(async (c) => {
    await c.head();
    c.write(SWITCH);
    await c.read(1);
    c.reset();
  });
  await using client = new TestUpstream(origin.url);
  const { outcome } = client.send({ headers: HANDSHAKE, upgrade: 'WebSocket' });
  await outcome.response;
  outcome.socket?.resume();
  outcome.socket?.write('x');
  await until(() => client.inFlight === 0);
});

test('a refused upgrade is an ordinary response with its content', async () => {
  await using origin = await Origin.start(async (c) => {
    for (;;) {
      await c.head();
      c.write('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 5\r\n\r\nnope!');
    }
  });
  await using client = new TestUpstream(origin.url);
  const { outcome } = client.send({ headers: HANDSHAKE, upgrade: 'WebSocket' });
  assert.deepEqual(await outcome.text(), { status: 401, text: 'nope!' });
  assert.equal((await outcome.response).headers.get('www-authenticate'), 'Basic');
  assert.equal(outcome.socket, null);
  assert.equal(client.inFlight, 0);
});

test('an origin that does not answer the handshake is a 504', async () => {
  await using origin = await Origin.start(() => {});
  await using client = new TestUpstream(origin.url, { responseHeaderTimeoutMs: 30 });
  const error = await client.send({ headers: HANDSHAKE, upgrade: 'WebSocket' }).outcome.failure();
  assert.deepEqual([error.status, error.code], [504, 'upstream-timeout']);
  assert.equal(client.upstream.connections, 0);
});

test('an upgrade can be aborted', async () => {
  await using origin = await Origin.start(() => {});
  await using client = new TestUpstream(origin.url);
  const { outcome, call } = client.send({ headers: HANDSHAKE, upgrade: 'WebSocket' });
  await until(() => (origin.connections[0]?.pending ?? '') !== '');
  call.abort(new Error('gone'));
  await until(() => origin.connections[0]?.socket.readableEnded === true);
  assert.equal(outcome.endings, 0);
  assert.equal(client.inFlight, 0);
});

test('a 101 that does not say to what is a 502', async () => {
  await using origin = await Origin.start(async (c) => {
    await c.head();
    c.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
  });
  await using client = new TestUpstream(origin.url);
  const error = await client.send({ headers: HANDSHAKE, upgrade: 'WebSocket' }).outcome.failure();
  assert.deepEqual([error.status, error.code], [502, 'upstream-protocol']);
  assert.equal(client.upstream.connections, 0);
});

/** Content that never comes to its end. */
class Endless implements BodySource {
  cancelled = false;
  start(sink: BodySink): void {
    sink.data(Buffer.from('half'));
  }
  resume(): void {}
  cancel(): void {
    this.cancelled = true;
  }
}

test('a handshake may have content; a 101 before the end of it is a 502 (9110 §7.8)', async () => {
  let content = '';
  await using origin = await Origin.start(async (c) => {
    const head = await c.head();
    content = await c.read(head.includes('chunked') ? 1 : 2);
    c.write(`${SWITCH}first frame`);
  });
  await using client = new TestUpstream(origin.url);
  const asks = { method: 'POST', headers: HANDSHAKE, upgrade: 'WebSocket' };
  const { outcome } = client.send({ ...asks, body: '{}' });
  assert.equal((await outcome.response).status, 101);
  assert.equal(content, '{}');
  outcome.socket?.destroy();

  const endless = new Endless();
  const error = await client.send({ ...asks, body: endless }).outcome.failure();
  assert.deepEqual([error.status, error.code], [502, 'upstream-protocol']);
  assert.match(error.message, /before it had the whole request/);
  assert.equal(endless.cancelled, true);
  await until(() => client.inFlight === 0 && client.upstream.connections === 0);
});
