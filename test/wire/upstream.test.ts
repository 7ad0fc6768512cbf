/**
 * The gateway's own HTTP/1.1 client, through the whole gateway: what an origin is sent byte by byte, when, and on which connection.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Origin, type OriginConnection, type OriginScript } from '../kit/origin.ts';
import { startTestProxy, type TestProxy } from '../kit/proxy.ts';
import { Client, get, request } from './kit.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const CHUNKED = 'Transfer-Encoding: chunked';

let uploader: Client | null = null;

/** Everything that a test has to do with. */
interface Stage {
  origin: Origin;
  proxy: TestProxy;
  client: Client;
  /** The origin's end of its first connection, once there is one. */
  first(): Promise<OriginConnection>;
}

async function play(
  script: OriginScript,
  run: (stage: Stage) => Promise<void>,
  options: Parameters<typeof startTestProxy>[1] = {},
): Promise<void> {
  await using origin = await Origin.start(script);
  const proxy = await startTestProxy(`all: * -> "${origin.url}"`, options);
  const client = await Client.open(proxy.port);
  const first = async (): Promise<OriginConnection> => {
    await eventually('a connection', () => origin.connections.length > 0);
    return origin.connections[0] as OriginConnection;
  };
  try {
    await run({ origin, proxy, client, first });
  } finally {
    client.destroy();
    await proxy.close();
  }
}

describe('a connection is used again', () => {
  for (const [name, method, answer] of [
    ['HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
    ['204', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['304', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
  ] as const) {
    test(`after ${name}: 50 requests, one connection (9112 §9.3)`, () =>
      play(
        async (c) => {
          for (;;) {
            await c.head();
            c.write(answer);
          }
        },
        async ({ origin, client }) => {
          for (let count = 1; count <= 50; count++) {
            client.write(request(method, '/', ''));
            await client.until(new RegExp(`^(?:HTTP/1\\.1 (?:[^\r]+\r\n)+\r\n){${count}}$`));
          }
          assert.equal(origin.connections.length, 1);
        },
      ));
  }

  test('but not after content that the method does not promise: an origin may take it for the next request', () =>
    play(
      async (c) => {
        for (;;) {
          await c.head();
          await c.read(2);
          c.write(OK);
        }
      },
      async ({ origin, client }) => {
        for (const count of [1, 2]) {
          client.write(request('GET', '/', 'hi', 'Content-Length: 2'));
          await client.until(new RegExp(`(?:ok.*){${count}}$`, 's'));
        }
        assert.equal(origin.connections.length, 2);
      },
    ));
});

describe('content of a request', () => {
  test('its trailers go on, with the fields that announce and allow them (9110 §6.5)', async () => {
    let head = '';
    let content = '';
    await play(
      async (c) => {
        head = await c.head();
        content = await c.readTo('0\r\nX-Sum: 7\r\n\r\n');
        c.write(OK);
      },
      async ({ client }) => {
        client.write(request('POST', '/', '', CHUNKED, 'Trailer: X-Sum', 'Connection: TE', 'TE: trailers'));
        await client.take('2\r\nhi\r\n');
        await client.take('0\r\nX-Sum: 7\r\nKeep-Alive: x\r\n\r\n');
        await client.until(/ok$/);
        assert.match(head, /\r\nTrailer: X-Sum\r\n/);
        assert.match(head, /\r\nTE: trailers\r\n/);
        assert.equal(content, '2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n');
      },
    );
  });

  test("a chunk's end goes out with the chunk", () =>
    play(
      async (c) => {
        await c.head();
        for (const part of ['one', 'two']) {
          assert.equal(await c.read(8), `3\r\n${part}\r\n`);
          c.write(
            part === 'one' ? `HTTP/1.1 200 OK\r\n${CHUNKED}\r\n\r\n3\r\n${part}\r\n` : `3\r\n${part}\r\n0\r\n\r\n`,
          );
        }
      },
      async ({ client }) => {
        client.write(request('POST', '/', '3\r\none\r\n', CHUNKED));
        await client.until(/one\r\n$/);
        client.write('3\r\ntwo\r\n0\r\n\r\n');
        await client.until(/two\r\n0\r\n\r\n$/);
      },
    ));

  test('an answer that comes before its end is passed on, and an origin that then closes is no failure', () =>
    play(
      async (c) => {
        await c.head();
        c.end('HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno!');
      },
      async ({ client, proxy }) => {
        client.write(request('POST', '/', '2\r\nhi\r\n', CHUNKED));
        await client.until(/no!$/);
        assert.match(client.received, /^HTTP\/1\.1 413 /);
        client.end();
        await eventually('it is over', () => proxy.upstream.connections === 0);
      },
    ));
});

test('an answer that came before the origin reset is heard, however the upload goes on', () =>
  play(
    async (c) => {
      await c.readTo('hi');
      // Both are there before the gateway looks again; a write would only tell it of the reset.
      c.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nno!');
      c.socket.resetAndDestroy();
      uploader?.write('4\r\nmore\r\n');
    },
    async (stage) => {
      const { client } = stage;
      uploader = client;
      client.write(request('POST', '/', '2\r\nhi\r\n', CHUNKED));
      await client.until(/no!$/);
      assert.match(client.received, /^HTTP\/1\.1 413 /);
    },
  ));

describe('Expect: 100-continue (9110 §10.1.1)', () => {
  const ASKS = request('POST', '/', '', 'Content-Length: 2', 'Expect: 100-continue');

  test("the origin is asked, and its 100 is the client's", () =>
    play(
      async (c) => {
        assert.match(await c.head(), /\r\nexpect: 100-continue\r\n/);
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(c.pending, '');
        c.write('HTTP/1.1 100 Continue\r\n\r\n');
        assert.equal(await c.read(2), 'hi');
        c.write(OK);
      },
      async ({ client }) => {
        client.write(ASKS);
        await client.until('HTTP/1.1 100 Continue\r\n\r\n');
        client.write('hi');
        await client.until(/ok$/);
      },
      { upstream: { expectContinueTimeoutMs: 1_000_000 } },
    ));

  for (const status of ['417 Expectation Failed', '413 Content Too Large', '401 Unauthorized']) {
    test(`a ${status.slice(0, 3)} reaches the client before the content`, () =>
      play(
        async (c) => {
          await c.head();
          c.write(`HTTP/1.1 ${status}\r\nContent-Length: 3\r\n\r\nno!`);
        },
        async ({ client, first, proxy }) => {
          client.write(ASKS);
          await client.until(/no!$/);
          assert.ok(client.received.startsWith(`HTTP/1.1 ${status}\r\n`), client.received);
          assert.match(client.received, /\r\nConnection: close\r\n/);
          assert.equal((await first()).pending, '');
          // What it was promised would be taken for the next request.
          await eventually('the connection is not kept', () => proxy.upstream.connections === 0);
        },
        { upstream: { expectContinueTimeoutMs: 1_000_000 } },
      ));
  }

  test('an origin that says nothing gets the content after a while', () =>
    play(
      async (c) => {
        await c.head();
        assert.equal(await c.read(2), 'hi');
        c.write(OK);
      },
      async ({ client }) => {
        client.write(ASKS);
        await client.until('HTTP/1.1 100 Continue\r\n\r\n');
        client.write('hi');
        await client.until(/ok$/);
      },
      { upstream: { expectContinueTimeoutMs: 1 } },
    ));
});

describe('a client that leaves while its answer is awaited', () => {
  for (const how of ['closes', 'resets'] as const) {
    test(`ends the call at once, as it ${how}`, () =>
      play(
        async (c) => void (await c.head()),
        async ({ client, first, proxy }) => {
          client.write(get('/'));
          const c = await first();
          await eventually('the request', () => c.pending === '' && proxy.upstream.connections === 1);
          if (how === 'closes') client.end();
          else client.socket.resetAndDestroy();
          await eventually('the origin is told', () => c.socket.readableEnded || c.socket.destroyed);
          assert.equal(proxy.upstream.connections, 0);
        },
      ));
  }
});
