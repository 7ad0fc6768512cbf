import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestUpstream, until } from '../../test/kit/calls.ts';
import { answering, freePort, Origin, type OriginScript } from '../../test/kit/origin.ts';
import { upstreamError } from './faults.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** What an origin sends on a fresh connection before any head is complete, or in place of one, and the code of the failure. */
const BEFORE_HEAD: readonly { name: string; script: OriginScript; code: string }[] = [
  { name: 'closes at once', script: (c) => c.end(), code: 'upstream-closed' },
  { name: 'closes in the head', script: after((c) => c.end('HTTP/1.1 200 OK\r\nCont')), code: 'upstream-closed' },
  { name: 'resets', script: after((c) => c.reset()), code: 'upstream-reset' },
  { name: 'sends garbage', script: after((c) => c.write('SSH-2.0-OpenSSH_9\r\n\r\n')), code: 'upstream-protocol' },
  { name: 'speaks HTTP/2', script: after((c) => c.write('\0\0\x06\x04\0\0\0\0\0\0\0\0\0')), code: 'upstream-protocol' },
  {
    name: 'sends Content-Length and chunked',
    script: after((c) =>
      c.write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    ),
    code: 'upstream-protocol',
  },
  {
    name: 'sends two lengths',
    script: after((c) => c.write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde')),
    code: 'upstream-protocol',
  },
  ...['gzip, chunked', 'gzip', 'identity', '', 'chunked, chunked', 'chunked\r\nTransfer-Encoding: chunked'].map(
    (coding) => ({
      name: `codes its content ${JSON.stringify(coding)}`,
      script: after((c) => c.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: ${coding}\r\n\r\n0\r\n\r\n`)),
      code: 'upstream-protocol',
    }),
  ),
  {
    name: 'sends a bad length',
    script: after((c) => c.write('HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\na')),
    code: 'upstream-protocol',
  },
  {
    name: 'splits a field',
    script: after((c) => c.write('HTTP/1.1 200 OK\r\nX-A: a\nX-B: b\r\nContent-Length: 0\r\n\r\n')),
    code: 'upstream-protocol',
  },
  {
    name: 'folds a field',
    script: after((c) => c.write('HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 0\r\n\r\n')),
    code: 'upstream-protocol',
  },
  {
    name: 'switches protocols unasked',
    script: after((c) => c.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')),
    code: 'upstream-protocol',
  },
  {
    name: 'sends interim responses without end',
    script: after((c) => c.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(33))),
    code: 'upstream-protocol',
  },
  {
    name: 'sends a status below 100',
    script: after((c) => c.write('HTTP/1.1 050 Low\r\n\r\n')),
    code: 'upstream-protocol',
  },
  {
    name: 'switches protocols unasked, to nothing',
    script: after((c) => c.write(`HTTP/1.1 101 Switching Protocols\r\n\r\n${OK}`)),
    code: 'upstream-protocol',
  },
  {
    name: 'sends a head without end',
    script: after((c) => {
      c.write('HTTP/1.1 200 OK\r\n');
      const more = (): void => {
        for (let lines = 0; !c.socket.destroyed && lines < 100; lines++) c.write(`X-${lines}: ${'x'.repeat(100)}\r\n`);
        if (!c.socket.destroyed) setImmediate(more);
      };
      more();
    }),
    code: 'upstream-protocol',
  },
  {
    name: 'breaks off content that came with the head',
    script: after((c) => c.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')),
    code: 'upstream-',
  },
];

function after(then: OriginScript): OriginScript {
  return async (connection) => {
    await connection.head();
    await then(connection);
  };
}

for (const { name, script, code } of BEFORE_HEAD) {
  test(`an origin that ${name} is a 502`, async () => {
    await using origin = await Origin.start(script);
    await using client = new TestUpstream(origin.url);
    const { outcome } = client.send();
    const first = await outcome.response.then(
      (response) => response.body?.text(100).catch((error) => error),
      (error) => error,
    );
    assert.equal(first.status, 502, first);
    assert.equal(first.code.startsWith(code), true, first.code);
    assert.equal(first.source, 'upstream');
    await until(() => origin.open === 0 || origin.connections.every((c) => c.socket.readableEnded));
    assert.equal(client.inFlight, 0);
    assert.equal(client.upstream.connections, 0);
    assert.equal(outcome.endings, 1);
    assert.equal(origin.connections.length, 1, 'a fault on a fresh connection is not retried');
  });
}

/** Content that does not end as its head says: the body must fail, never end. */
const IN_BODY: readonly { name: string; head: string; rest: OriginScript }[] = [
  { name: 'cuts chunked content', head: 'Transfer-Encoding: chunked', rest: (c) => c.end('5\r\nhello\r\n') },
  { name: 'resets content that only the end of the connection ends', head: 'X: y', rest: (c) => c.reset() },
  { name: 'cuts a chunk', head: 'Transfer-Encoding: chunked', rest: (c) => c.end('5\r\nhe') },
  { name: 'cuts the last chunk', head: 'Transfer-Encoding: chunked', rest: (c) => c.end('5\r\nhello\r\n0\r\n') },
  { name: 'sends a bad chunk size', head: 'Transfer-Encoding: chunked', rest: (c) => void c.write('xyz\r\nhello\r\n') },
  { name: 'sends a negative chunk size', head: 'Transfer-Encoding: chunked', rest: (c) => void c.write('-5\r\nhello') },
  { name: 'closes before the length is reached', head: 'Content-Length: 10', rest: (c) => c.end('hello') },
  { name: 'resets in the content', head: 'Content-Length: 10', rest: (c) => c.reset() },
];

for (const { name, head, rest } of IN_BODY) {
  test(`when an origin ${name} the body fails`, async () => {
    let go = (): void => {};
    const gone = new Promise<void>((resolve) => {
      go = resolve;
    });
    await using origin = await Origin.start(async (c) => {
      await c.head();
      c.write(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`);
      await gone;
      await rest(c);
    });
    await using client = new TestUpstream(origin.url);
    const { outcome } = client.send();
    const response = await outcome.response;
    const text = response.body?.text(100);
    go();
    await assert.rejects(text as Promise<string>, (error: { status: number }) => error.status === 502);
    assert.equal(client.inFlight, 0);
    assert.equal(client.upstream.connections, 0);
  });
}

test('a refused connection is a 502 that may be retried elsewhere', async () => {
  await using client = new TestUpstream(`http://127.0.0.1:${await freePort()}`);
  const error = await client.send({ method: 'POST', body: 'x' }).outcome.failure();
  assert.deepEqual([error.status, error.code], [502, 'upstream-refused']);
  assert.equal(client.inFlight, 0);
});

test('what this machine lacks is no fault of the backend', () => {
  for (const code of ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']) {
    const error = upstreamError(Object.assign(new Error('connect'), { code }), 'http://a');
    assert.deepEqual([error.status, error.code, error.source], [503, 'no-resources', 'internal']);
  }
});

test('a name that does not exist is a 502', async () => {
  await using client = new TestUpstream('http://name.invalid');
  const error = await client.send().outcome.failure();
  assert.deepEqual([error.status, error.code], [502, 'upstream-dns']);
});

test('a TLS failure is a 502', async () => {
  await using origin = await Origin.start((c) => void c.write('not TLS at all\r\n'));
  await using client = new TestUpstream(origin.url.replace('http', 'https'));
  const error = await client.send().outcome.failure();
  assert.deepEqual([error.status, error.code], [502, 'upstream-tls']);
});

test('a response that does not come in time is a 504', async () => {
  await using origin = await Origin.start(async (c) => void (await c.head()));
  await using client = new TestUpstream(origin.url);
  const { outcome } = client.send({ timeoutMs: 30 });
  const error = await outcome.failure();
  assert.deepEqual([error.status, error.code], [504, 'upstream-timeout']);
  await until(() => origin.connections.every((c) => c.socket.readableEnded));
  assert.equal(client.inFlight, 0);
});

test('the time-out of the options holds for the head, not for the content', async () => {
  await using origin = await Origin.start(async (c) => {
    await c.head();
    c.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 120));
    c.write('ok');
    await c.head();
  });
  await using client = new TestUpstream(origin.url, { responseHeaderTimeoutMs: 30 });
  assert.deepEqual(await client.send().outcome.text(), { status: 200, text: 'ok' });
  assert.equal((await client.send().outcome.failure()).status, 504);
});

test('content that stalls fails, unless the reader holds it back', async () => {
  await using origin = await Origin.start(async (c) => {
    await c.head();
    c.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc');
  });
  await using client = new TestUpstream(origin.url, { bodyIdleTimeoutMs: 30 });
  const { body } = await client.send().outcome.response;
  await assert.rejects(body?.text(100) as Promise<string>, { code: 'upstream-timeout' });
  assert.equal(client.inFlight, 0);
});

test('a connection that is not open in time is a 504', async () => {
  // Takes the TCP connection and never answers the TLS handshake, which counts as connecting.
  await using origin = await Origin.start(() => {});
  await using client = new TestUpstream(origin.url.replace('http', 'https'), { connectTimeoutMs: 50 });
  const error = await client.send().outcome.failure();
  assert.deepEqual([error.status, error.code], [504, 'upstream-connect-timeout']);
  const bounded = await client.send({ timeoutMs: 40 }).outcome.failure();
  assert.deepEqual([bounded.status, bounded.code], [504, 'upstream-timeout']);
  await until(() => origin.connections.every((c) => c.socket.readableEnded || c.socket.destroyed));
  assert.equal(client.inFlight, 0);
  assert.equal(client.upstream.connections, 0);
});

test('after a fault the next call gets a connection of its own', async () => {
  await using origin = await Origin.start(async (c) => {
    await c.head();
    if (c.index === 0) c.write('nonsense\r\n\r\n');
    else await answering(OK)(c);
  });
  await using client = new TestUpstream(origin.url);
  assert.equal((await client.send().outcome.failure()).status, 502);
  const second = client.send();
  const third = client.send();
  origin.connections[1]?.write(OK);
  await until(() => origin.connections.length === 3);
  for (const connection of origin.connections.slice(1)) connection.write(OK);
  assert.equal((await second.outcome.text()).text, 'ok');
  assert.equal((await third.outcome.text()).text, 'ok');
});
