import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestUpstream, until } from '../../test/kit/calls.ts';
import { answering, Origin, type OriginConnection } from '../../test/kit/origin.ts';
import type { BodySink, BodySource } from '../http/index.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const MIB = 1 << 20;

/** A request's content in the hands of a test. */
class Tap implements BodySource {
  sink: BodySink | null = null;
  cancelled: Error | null = null;
  resumes = 0;
  start(sink: BodySink): void {
    this.sink = sink;
  }
  resume(): void {
    this.resumes++;
  }
  cancel(reason: Error): void {
    this.cancelled = reason;
  }
}

/** Takes content and holds it back after each chunk until told. */
class SlowSink implements BodySink {
  bytes = 0;
  ended = false;
  error: Error | null = null;
  takes = false;
  data(chunk: Uint8Array): boolean {
    this.bytes += chunk.length;
    return this.takes;
  }
  end(): void {
    this.ended = true;
  }
  fail(error: Error): void {
    this.error = error;
  }
}

test('a slow reader holds the origin back, and gets all', async () => {
  let written = 0;
  await using origin = await Origin.start(async (c) => {
    await c.head();
    c.write(`HTTP/1.1 200 OK\r\nContent-Length: ${64 * MIB}\r\n\r\n`);
    const chunk = Buffer.alloc(MIB);
    for (let count = 0; count < 64; count++) {
      if (!c.write(chunk)) await new Promise<void>((resolve) => c.socket.once('drain', () => resolve()));
      written += chunk.length;
    }
  });
  await using client = new TestUpstream(origin.url);
  const { body } = await client.send().outcome.response;
  const source = body?.take() as BodySource;
  const sink = new SlowSink();
  source.start(sink);
  await until(() => sink.bytes > 0);
  for (let turn = 0; turn < 300; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(sink.bytes <= 256 * 1024, `${sink.bytes} bytes were pushed at a reader that asked to wait`);
  assert.ok(written < 48 * MIB, 'the origin was not held back');
  sink.takes = true;
  source.resume();
  await until(() => sink.ended);
  assert.equal(sink.bytes, 64 * MIB);
  assert.equal(client.inFlight, 0);
});

for (const { name, holdsNothing, isReused } of [
  { name: 'whose reader has let go of every chunk is used again', holdsNothing: true, isReused: true },
  { name: 'whose reader may hold chunks is left alone', holdsNothing: false, isReused: false },
  { name: 'whose reader does not say is left alone', holdsNothing: undefined, isReused: false },
]) {
  test(`memory ${name}`, async () => {
    const content = Buffer.from(Uint32Array.from({ length: MIB }, (_, at) => at).buffer);
    await using origin = await Origin.start(async (c) => {
      await c.head();
      c.write(`HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n`);
      c.write(content);
    });
    await using client = new TestUpstream(origin.url);
    const { body } = await client.send().outcome.response;
    const got: { chunk: Uint8Array; copy: Buffer }[] = [];
    await new Promise<void>((resolve, reject) => {
      body?.take().start({
        ...(holdsNothing === undefined ? {} : { holdsNothing }),
        data: (chunk) => got.push({ chunk, copy: Buffer.from(chunk) }) > 0,
        end: () => resolve(),
        fail: reject,
      });
    });
    assert.ok(Buffer.concat(got.map(({ copy }) => copy)).equals(content));
    const isIntact = got.every(({ chunk, copy }) => copy.equals(chunk));
    assert.equal(isIntact, !isReused);
  });
}

test('a reader that comes late gets all', async () => {
  await using origin = await Origin.start(
    answering(`HTTP/1.1 200 OK\r\nContent-Length: ${MIB}\r\n\r\n${'x'.repeat(MIB)}`),
  );
  await using client = new TestUpstream(origin.url);
  const { body } = await client.send().outcome.response;
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await body?.text(MIB))?.length, MIB);
  assert.equal(origin.connections.length, 1);
});

test('a reader that leaves closes the connection', async () => {
  await using origin = await Origin.start(async (c) => {
    await c.head();
    c.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc');
  });
  await using client = new TestUpstream(origin.url);
  const { body } = await client.send().outcome.response;
  body?.discard(new Error('not wanted'));
  await until(() => origin.connections[0]?.socket.readableEnded === true);
  assert.equal(client.inFlight, 0);
  assert.equal(client.upstream.connections, 0);
});

test('an upload is held back by an origin that does not read', async () => {
  await using origin = await Origin.start((c) => void c.socket.pause());
  await using client = new TestUpstream(origin.url);
  const tap = new Tap();
  const { call } = client.send({ method: 'POST', body: tap });
  await until(() => tap.sink !== null);
  const chunk = Buffer.alloc(64 * 1024);
  let pushed = 0;
  while (tap.sink?.data(chunk) === true) {
    if ((pushed += chunk.length) > 64 * MIB) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(pushed < 32 * MIB, 'nobody asked to wait');
  assert.equal(tap.resumes, 0);
  origin.connections[0]?.socket.resume();
  await until(() => tap.resumes > 0);
  call.abort(new Error('enough'));
  assert.notEqual(tap.cancelled, null);
});

test('an upload that breaks off closes the connection, it does not end the message', async () => {
  await using origin = await Origin.start(() => {});
  await using client = new TestUpstream(origin.url);
  const tap = new Tap();
  const { outcome } = client.send({ method: 'POST', body: tap });
  await until(() => tap.sink !== null);
  tap.sink?.data(Buffer.from('abc'));
  await until(() => origin.connections[0]?.pending.endsWith('3\r\nabc\r\n') === true);
  tap.sink?.fail(new Error('the client is gone'));
  const error = await outcome.failure();
  assert.deepEqual([error.status, error.source], [499, 'downstream']);
  await until(() => origin.connections[0]?.socket.readableEnded === true);
  assert.equal(origin.connections[0]?.pending.includes('0\r\n\r\n'), false);
  assert.equal(client.inFlight, 0);
});

for (const { name, length, chunks } of [
  { name: 'longer', length: 2, chunks: ['abc'] },
  { name: 'shorter', length: 9, chunks: ['abc'] },
]) {
  test(`an upload ${name} than its length fails`, async () => {
    await using origin = await Origin.start(() => {});
    await using client = new TestUpstream(origin.url);
    const tap = new Tap();
    const { Body } = await import('../http/index.ts');
    const { outcome } = client.send({ method: 'POST', body: new Body(tap, length) });
    await until(() => tap.sink !== null);
    for (const chunk of chunks) tap.sink?.data(Buffer.from(chunk));
    tap.sink?.end(null);
    assert.equal((await outcome.failure()).status, 400);
    assert.equal(client.inFlight, 0);
    assert.equal(client.upstream.connections, 0);
  });
}

test('an early answer does not wait for the upload, and stops it', async () => {
  await using origin = await Origin.start(async (c) => {
    await c.readTo('abc');
    c.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nno!');
  });
  await using client = new TestUpstream(origin.url);
  const tap = new Tap();
  const { outcome } = client.send({ method: 'POST', body: tap });
  await until(() => tap.sink !== null);
  tap.sink?.data(Buffer.from('abc'));
  assert.deepEqual(await outcome.text(), { status: 413, text: 'no!' });
  await until(() => tap.cancelled !== null);
  await until(() => client.upstream.connections === 0);
  assert.equal(client.inFlight, 0);
});

const ABORTS: readonly { name: string; until: (c: OriginConnection | undefined) => boolean }[] = [
  { name: 'before it is connected', until: () => true },
  { name: 'when the request is out', until: (c) => c?.pending.endsWith('\r\n\r\n') === true },
];

for (const { name, until: reached } of ABORTS) {
  test(`a call aborted ${name} leaves nothing behind`, async () => {
    await using origin = await Origin.start(() => {});
    await using client = new TestUpstream(origin.url);
    const { outcome, call } = client.send();
    await until(() => reached(origin.connections[0]));
    call.abort(new Error('the client is gone'));
    call.abort(new Error('twice'));
    assert.equal(client.inFlight, 0);
    assert.equal(client.upstream.connections, 0);
    await until(() => origin.connections.every((c) => c.socket.readableEnded || c.socket.destroyed));
    assert.equal(outcome.endings, 0);
  });
}

test('a call aborted before its upload began lets the upload go', async () => {
  await using origin = await Origin.start(() => {});
  await using client = new TestUpstream(origin.url);
  const tap = new Tap();
  client.send({ method: 'POST', body: tap }).call.abort(new Error('gone'));
  assert.notEqual(tap.cancelled, null);
  assert.equal(tap.sink, null);
});

test('a connection is kept and used again', async () => {
  await using origin = await Origin.start(answering(OK));
  await using client = new TestUpstream(origin.url);
  for (let count = 0; count < 50; count++) assert.equal((await client.send().outcome.text()).text, 'ok');
  assert.equal(origin.connections.length, 1);
  await Promise.all(Array.from({ length: 20 }, () => client.send().outcome.text()));
  assert.equal(origin.connections.length, 20);
  await Promise.all(Array.from({ length: 20 }, () => client.send().outcome.text()));
  assert.equal(origin.connections.length, 20);
  assert.equal(client.upstream.connections, 20);
});

test('idle connections beyond the limit are closed', async () => {
  await using origin = await Origin.start(answering(OK));
  await using client = new TestUpstream(origin.url, { idleConnectionsPerHost: 3 });
  await Promise.all(Array.from({ length: 10 }, () => client.send().outcome.text()));
  await until(() => origin.connections.filter((c) => !c.socket.readableEnded).length === 3);
  assert.equal(client.upstream.connections, 3);
});

test('idle connections are closed in time', async () => {
  await using origin = await Origin.start(answering(OK));
  await using client = new TestUpstream(origin.url, { keepAliveTimeoutMs: 30 });
  await client.send().outcome.text();
  await until(() => client.upstream.connections === 0);
});

test('close waits for calls under way', async () => {
  await using origin = await Origin.start(() => {});
  const client = new TestUpstream(origin.url);
  const { outcome } = client.send();
  await until(() => (origin.connections[0]?.pending ?? '') !== '');
  client.backend.close();
  const closed = client.upstream.close();
  origin.connections[0]?.write(OK);
  assert.equal((await outcome.text()).text, 'ok');
  await closed;
  assert.equal(client.endpoints.size, 0);
});

test('a backend may be closed behind its upstream', async () => {
  await using origin = await Origin.start(answering('HTTP/1.1 204 No Content\r\n\r\n'));
  const client = new TestUpstream(origin.url, { retireAfterMs: 20 });
  await client.send().outcome.response;
  await client.upstream.close();
  client.backend.close();
  // A rejection that nobody takes would end the process, or the thread.
  await new Promise((resolve) => setTimeout(resolve, 100));
});

test('connections outlive a reload that keeps their origin, and no other', async () => {
  await using origin = await Origin.start(answering(OK));
  await using client = new TestUpstream(origin.url, { retireAfterMs: 40 });
  await client.send().outcome.text();
  const next = client.upstream.makeBackend({ kind: 'network', url: origin.url }, 'test');
  client.backend.close();
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(client.upstream.connections, 1);
  next?.close();
  await until(() => client.upstream.connections === 0);
  assert.equal(client.endpoints.size, 0);
});
