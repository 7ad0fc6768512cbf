import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { TestUpstream, until } from '../../test/kit/calls.ts';
import { answering, freePort, Origin, type OriginConnection } from '../../test/kit/origin.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

async function* streamed(): AsyncGenerator<string> {
  yield 'abc';
}

/** Answers once on the first connection, then breaks it as the second request comes in. */
async function losingRace(c: OriginConnection): Promise<void> {
  await c.head();
  c.write(OK);
  if (c.index > 0) return;
  await c.head();
  if (ending === 'reset') c.reset();
  else c.end();
}

let ending: 'close' | 'reset' = 'close';

const RACES: readonly { method: string; body: string | 'stream' | null; retried: boolean }[] = [
  { method: 'GET', body: null, retried: true },
  { method: 'HEAD', body: null, retried: true },
  { method: 'DELETE', body: null, retried: true },
  { method: 'PUT', body: 'fixed', retried: true },
  { method: 'PUT', body: 'stream', retried: false },
  { method: 'POST', body: null, retried: false },
  { method: 'POST', body: 'fixed', retried: false },
  { method: 'PATCH', body: null, retried: false },
];

for (const { method, body, retried } of RACES) {
  for (const how of ['close', 'reset'] as const) {
    test(`an idle connection's ${how} as ${method} (${body}) goes out is ${retried ? 'not seen' : 'a 502'}`, async () => {
      ending = how;
      await using origin = await Origin.start(losingRace);
      await using client = new TestUpstream(origin.url);
      assert.equal((await client.send().outcome.text()).text, 'ok');
      const { outcome } = client.send({ method, body: body === 'stream' ? streamed() : body });
      if (retried) assert.equal((await outcome.text()).status, 200);
      else assert.equal((await outcome.failure()).status, 502);
      assert.equal(origin.connections.length, retried ? 2 : 1);
      assert.equal(client.inFlight, 0);
      assert.equal(outcome.endings, 1);
    });
  }
}

/** An origin in a thread of its own: answers each request, and a little later does what PLAY stands for to the first. */
const THREAD = `
const { parentPort } = require('node:worker_threads');
let connections = 0;
const server = require('node:net').createServer((socket) => {
  connections++;
  socket.on('error', () => {});
  socket.on('data', () => {
    socket.write(${JSON.stringify(OK)});
    if (connections === 1) setTimeout(() => PLAY, 20);
  });
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

for (const { what, code } of [
  { what: 'closed', code: 'socket.end()' },
  { what: 'reset', code: 'socket.resetAndDestroy()' },
  { what: 'given bytes that nobody asked for', code: `socket.write(${JSON.stringify(OK.replace('ok', 'no'))})` },
]) {
  test(`what an idle connection was is known before a POST goes out on it: ${what}`, async () => {
    const origin = new Worker(THREAD.replace('PLAY', code), { eval: true });
    const [port] = (await once(origin, 'message')) as [number];
    try {
      await using client = new TestUpstream(`http://127.0.0.1:${port}`);
      assert.equal((await client.send().outcome.text()).text, 'ok');
      // Ahead of a poll, while the thread plays on and this one sees nothing of it, as when it is busy.
      await new Promise((resolve) => setTimeout(resolve));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      assert.equal((await client.send({ method: 'POST' }).outcome.text()).text, 'ok');
    } finally {
      await origin.terminate();
    }
  });
}

test('a retry is the only one', async () => {
  await using origin = await Origin.start(async (c) => {
    await c.head();
    if (c.index === 0) {
      c.write(OK);
      await c.head();
    }
    c.end();
  });
  await using client = new TestUpstream(origin.url);
  await client.send().outcome.text();
  assert.equal((await client.send().outcome.failure()).status, 502);
  assert.equal(origin.connections.length, 2);
});

test('an idle connection that the origin has closed is not used again', async () => {
  await using origin = await Origin.start(async (c) => {
    await c.head();
    c.write(OK);
    await c.readTo('never').catch(() => {});
  });
  await using client = new TestUpstream(origin.url);
  await client.send().outcome.text();
  origin.connections[0]?.end();
  await until(() => client.upstream.connections === 0);
  const { outcome } = client.send({ method: 'POST', body: streamed() });
  await until(() => (origin.connections[1]?.pending ?? '') !== '' || origin.connections.length === 2);
  assert.equal((await outcome.text()).text, 'ok');
});

test('Connection: close is honoured', async () => {
  await using origin = await Origin.start(
    answering('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok'),
  );
  await using client = new TestUpstream(origin.url);
  for (let count = 0; count < 3; count++) assert.equal((await client.send().outcome.text()).text, 'ok');
  assert.equal(origin.connections.length, 3);
  await until(() => client.upstream.connections === 0);
});

test('a second response on an idle connection is no response to the next request', async () => {
  await using origin = await Origin.start(async (c) => {
    await c.head();
    c.write(c.index === 0 ? `${OK}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nforged` : OK);
  });
  await using client = new TestUpstream(origin.url);
  const first = client.send();
  assert.equal((await first.outcome.text()).text, 'ok');
  assert.equal((await client.send({ method: 'POST' }).outcome.text()).text, 'ok');
  assert.equal(origin.connections.length, 2);
});

test('a request that follows at once on the same connection takes no forged response either', async () => {
  await using origin = await Origin.start(async (c) => {
    await c.head();
    c.write(c.index === 0 ? `${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged` : OK);
  });
  await using client = new TestUpstream(origin.url);
  const texts: Promise<{ text: string }>[] = [];
  const first = client.send();
  const responded = first.outcome.responded.bind(first.outcome);
  first.outcome.responded = (response) => {
    responded(response);
    texts.push(client.send({ method: 'POST' }).outcome.text());
  };
  await first.outcome.text();
  assert.equal((await (texts[0] as Promise<{ text: string }>)).text, 'ok');
});

for (const body of [null, 'fixed', 'stream'] as const) {
  test(`a POST (${body}) that found the door shut goes to another endpoint`, async () => {
    await using origin = await Origin.start(async (c) => {
      for (;;) {
        await c.head();
        if (body === 'stream') await c.readTo('0\r\n\r\n');
        if (body === 'fixed') await c.read(5);
        c.write(OK);
      }
    });
    const dead = `http://127.0.0.1:${await freePort()}`;
    await using client = new TestUpstream([dead, origin.url], {}, { algorithm: 'roundRobin' });
    for (let count = 0; count < 4; count++) {
      const { outcome } = client.send({ method: 'POST', body: body === 'stream' ? streamed() : body });
      assert.equal((await outcome.text()).text, 'ok');
    }
    assert.equal(client.inFlight, 0);
  });
}

test('when all doors are shut the failure is that of the connection', async () => {
  const dead = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`, 'http://127.0.0.1:1'];
  await using client = new TestUpstream(dead);
  const error = await client.send({ method: 'POST', body: 'x' }).outcome.failure();
  assert.deepEqual([error.code, error.status], ['upstream-refused', 502]);
  assert.equal(client.inFlight, 0);
  assert.equal(client.upstream.connections, 0);
});

test('a fault of one endpoint is not tried on another', async () => {
  const script = async (c: OriginConnection): Promise<void> => {
    await c.head();
    c.end();
  };
  await using one = await Origin.start(script);
  await using two = await Origin.start(script);
  await using client = new TestUpstream([one.url, two.url]);
  assert.equal((await client.send().outcome.failure()).status, 502);
  assert.equal(one.connections.length + two.connections.length, 1);
});

test('requests in flight are counted per endpoint', async () => {
  await using origin = await Origin.start(() => {});
  await using client = new TestUpstream(origin.url);
  const calls = [client.send(), client.send(), client.send()];
  assert.equal(client.inFlight, 3);
  calls[0]?.call.abort(new Error('gone'));
  assert.equal(client.inFlight, 2);
  await until(() => origin.connections.length >= 2);
  for (const connection of origin.connections) connection.write(OK);
  await Promise.all([calls[1]?.outcome.text(), calls[2]?.outcome.text()]);
  assert.equal(client.inFlight, 0);
  assert.equal(calls[0]?.outcome.endings, 0);
});
