import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { type DownstreamObserver, type RequestHandler, Response, TimerWheel } from '../../src/http/index.ts';
import type { ListenerOptions } from '../../src/server/index.ts';
import { Client, type Dialogue, dialogues, get, ok, open } from './kit.ts';

/** Answers what the request asks to upgrade to. */
const tellUpgrade: RequestHandler = (request, downstream) =>
  downstream.respond(new Response({ status: 200, body: String(request.upgrade) }));

const asked: Dialogue[] = (
  [
    ['a whole token', ['Connection: Upgrade', 'Upgrade: websocket'], 'websocket'],
    ['among other options', ['Connection: keep-alive, UPGRADE', 'Upgrade: WebSocket'], 'websocket'],
    ['on a second line', ['Connection: keep-alive', 'Connection: upgrade', 'Upgrade: websocket'], 'websocket'],
    ['part of a token', ['Connection: upgrade-insecure', 'Upgrade: websocket'], 'null'],
    ['without Connection', ['Upgrade: websocket'], 'null'],
    ['without Upgrade', ['Connection: upgrade'], 'null'],
    ['h2c', ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AA'], 'null'],
    ['empty members', ['Connection: ,upgrade', 'Upgrade: , websocket,'], 'websocket'],
    ['an empty list', ['Connection: upgrade', 'Upgrade:'], 'null'],
    ['h2c among others', ['Connection: upgrade', 'Upgrade: h2c, websocket'], 'websocket'],
  ] as const
).map(([name, fields, upgrade]) => ({
  name,
  rfc: '9110 §7.8',
  answer: tellUpgrade,
  send: get('/', ...fields),
  expect: new RegExp(`\\r\\n\\r\\n${upgrade}$`),
  ends: 'open',
}));

const HANDSHAKE = get('/', 'Connection: Upgrade', 'Upgrade: x');

dialogues('upgrade: asked for', [
  ...asked,
  {
    name: 'in HTTP/1.0 it is no upgrade',
    rfc: '9110 §7.8',
    answer: tellUpgrade,
    send: 'GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    expect: /\r\n\r\nnull$/,
  },
  {
    name: 'with content',
    rfc: '9110 §7.8',
    answer: tellUpgrade,
    send: `${get('/', 'Connection: upgrade', 'Upgrade: websocket', 'Content-Length: 2')}hi`,
    expect: /\r\n\r\nwebsocket$/,
    ends: 'open',
  },
  {
    name: 'a 101 before all of the content is here is no answer that can be sent',
    rfc: '9110 §7.8',
    answer: (_request, downstream) =>
      downstream.upgrade(new Response({ status: 101, headers: { Upgrade: 'x' } }), new PassThrough()),
    send: `${get('/', 'Connection: upgrade', 'Upgrade: x', 'Content-Length: 2')}h`,
    expect: /^HTTP\/1\.1 502 Bad Gateway\r\n/,
    ends: 'open',
  },
  {
    name: 'refused: an ordinary response on a connection that lives on',
    rfc: '9110 §7.8',
    answer: (_request, downstream) => downstream.respond(new Response({ status: 200, body: 'no' })),
    send: HANDSHAKE,
    expect: ok('no'),
    ends: 'open',
  },
]);

const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n';

/** A client and an upstream, joined by an upgrade; `upstream` is the far end of what the listener relays to. */
async function tunnelled(
  early: string,
  run: (client: Client, upstream: Socket) => Promise<void>,
  options: Partial<ListenerOptions> = {},
): Promise<void> {
  const far = Promise.withResolvers<Socket>();
  const finished = Promise.withResolvers<[number, Error | null]>();
  const origin = createServer({ allowHalfOpen: true }, (socket) => far.resolve(socket.setEncoding('latin1')));
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  const { port } = origin.address() as { port: number };
  const listener = await open((_request, downstream) => {
    downstream.observer = observer((...outcome) => finished.resolve(outcome));
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () =>
      downstream.upgrade(new Response({ status: 101, headers: { Upgrade: 'x' } }), socket),
    );
  }, options);
  const client = await Client.open(listener.port);
  try {
    client.write(HANDSHAKE + early);
    await client.until(SWITCHED);
    const upstream = await far.promise;
    await run(client, upstream);
    client.destroy();
    upstream.destroy();
    await finished.promise;
  } finally {
    client.destroy();
    await listener.close();
    origin.close();
  }
  assert.equal(listener.activeRequests, 0);
}

function observer(finished: DownstreamObserver['finished']): DownstreamObserver {
  return { aborted() {}, finished };
}

async function textOf(socket: Socket, length: number): Promise<string> {
  let text = '';
  if (length === 0) return text;
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.length >= length) break;
  }
  return text;
}

describe('upgrade: the tunnel', () => {
  test('bytes behind the handshake wait for the 101 and reach the upstream (9110 §7.8)', () =>
    tunnelled('GET /smuggled HTTP/1.1\r\n\r\n', async (_client, upstream) => {
      assert.equal(await textOf(upstream, 26), 'GET /smuggled HTTP/1.1\r\n\r\n');
    }));

  test('both ways', () =>
    tunnelled('', async (client, upstream) => {
      client.write('ping');
      assert.equal(await textOf(upstream, 4), 'ping');
      upstream.write('pong');
      await client.until(`${SWITCHED}pong`);
    }));

  test('the end of one side ends only the writing of the other', () =>
    tunnelled('', async (client, upstream) => {
      const ended = new Promise((resolve) => upstream.once('end', resolve));
      upstream.resume();
      client.end();
      await ended;
      upstream.end('late');
      await client.closed;
      assert.equal(client.received, `${SWITCHED}late`);
    }));

  for (const [whose, end] of [
    ['client', (client: Client) => client.end()],
    ['upstream', (_: Client, upstream: Socket) => void upstream.end()],
  ] as const) {
    test(`of which the ${whose} has ended its side goes on while bytes come, and is cut behind them`, async () => {
      const timers = new TimerWheel({ ticking: false });
      const pass = (ms: number) => timers.advance(Math.ceil(ms / timers.tickMs) + 2);
      const options = { timers, tunnelHalfCloseTimeoutMs: 1000, tunnelIdleTimeoutMs: 60_000 };
      const run = async (client: Client, upstream: Socket) => {
        pass(30_000);
        const ended = new Promise((resolve) => (whose === 'client' ? upstream : client.socket).once('end', resolve));
        upstream.resume();
        end(client, upstream);
        await ended;
        for (let turn = 1; turn <= 3; turn++) {
          pass(600);
          if (whose === 'client') {
            upstream.write('x');
            await client.until(`${SWITCHED}${'x'.repeat(turn)}`);
          } else {
            const came = new Promise((resolve) => upstream.once('data', resolve));
            client.write('x');
            await came;
          }
        }
        const other = whose === 'client' ? client.socket : upstream;
        const cut = new Promise((resolve) => other.once('end', resolve));
        pass(1000);
        await cut;
      };
      await tunnelled('', run, options);
      assert.equal(timers.size, 0, 'deadlines are left');
    });
  }

  test('a reset of one side is the end of the other', () =>
    tunnelled('', async (client, upstream) => {
      upstream.resetAndDestroy();
      await client.closed;
    }));

  test('a client that goes away takes the upstream along', () =>
    tunnelled('', async (client, upstream) => {
      const closed = new Promise((resolve) => upstream.once('end', resolve));
      upstream.resume();
      client.socket.resetAndDestroy();
      await closed;
    }));

  test('a slow upstream holds a fast client back', () =>
    tunnelled('', async (client, upstream) => {
      const block = 'x'.repeat(1 << 20);
      for (let sent = 0; sent < 32; sent++) client.write(block);
      const text = await textOf(upstream, 32 << 20);
      assert.equal(text.length, 32 << 20);
    }));
});
