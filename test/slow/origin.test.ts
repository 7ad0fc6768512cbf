import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { UpstreamOptions } from '../../src/upstream/index.ts';
import { Conversation, PROBE_ROUTE } from '../faults/conversation.ts';
import { withGateway } from '../faults/kit.ts';
import { freePort, Origin, type OriginConnection } from '../kit/origin.ts';

const GET = 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n';
const HEAD_10 = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n';
const HEAD_CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const HEAD_CLOSE = 'HTTP/1.1 200 OK\r\n\r\n';

/** What an origin does when the request head is there; `seen` waits for the client to have got something. */
type Deed = (connection: OriginConnection, seen: (pattern: RegExp) => Promise<void>) => unknown;

interface Fault {
  name: string;
  deed: Deed;
  /** The status the client gets, or "cut" when the connection ends within the answer. */
  gets: number | 'cut';
  upstream?: UpstreamOptions;
}

const says =
  (octets: string): Deed =>
  (c) =>
    c.write(octets);

/** Sends `octets`, and does the rest when they have reached the client. */
function then(octets: string, rest: (c: OriginConnection) => unknown): Deed {
  return async (c, seen) => {
    c.write(octets);
    await seen(/\r\n\r\n/);
    await rest(c);
  };
}

/** Sends `octets` again and again, until the connection is gone. */
const forever =
  (octets: string): Deed =>
  async (c) => {
    while (!c.socket.destroyed) {
      c.write(octets);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

const reset = (c: OriginConnection): void => c.reset();
const close = (c: OriginConnection): void => c.end();

const BEFORE_HEAD: Fault[] = [
  { name: 'closes', deed: close, gets: 502 },
  { name: 'resets', deed: reset, gets: 502 },
  { name: 'closes in the head', deed: (c) => c.end('HTTP/1.1 200 OK\r\nX: '), gets: 502 },
  {
    name: 'resets in the head',
    gets: 502,
    deed: (c) => {
      c.write('HTTP/1.1 200 OK\r\nX: ');
      setTimeout(reset, 20, c);
    },
  },
  { name: 'stalls', deed: () => {}, gets: 504, upstream: { responseHeaderTimeoutMs: 60 } },
  { name: 'stalls in the head', deed: says('HTTP/1.1 200'), gets: 504, upstream: { responseHeaderTimeoutMs: 60 } },
  { name: 'sends garbage', deed: says('SSH-2.0-OpenSSH_9\r\n\r\n'), gets: 502 },
  { name: 'sends NULs', deed: says('\0'.repeat(1000)), gets: 502 },
  { name: 'sends a head without end', deed: forever(`X: ${'x'.repeat(4000)}\r\n`), gets: 502 },
  { name: 'sends lines without end', gets: 502, deed: forEverAfter('HTTP/1.1 200 OK\r\n', 'X: y\r\n'.repeat(500)) },
  { name: 'sends interim responses without end', deed: forever('HTTP/1.1 103 Early Hints\r\n\r\n'), gets: 502 },
];

const FRAMING: Fault[] = [
  { name: 'length and chunks', gets: 502, head: 'Content-Length: 3\r\nTransfer-Encoding: chunked' },
  { name: 'two lengths', gets: 502, head: 'Content-Length: 3\r\nContent-Length: 4' },
  { name: 'a length that is none', gets: 502, head: 'Content-Length: 3x' },
  { name: 'another coding', gets: 502, head: 'Transfer-Encoding: gzip, chunked' },
  { name: 'a bare LF', gets: 502, head: 'X: a\nContent-Length: 0' },
  { name: 'a bare CR', gets: 502, head: 'X: a\rContent-Length: 0' },
  { name: 'a NUL', gets: 502, head: 'X: a\0b' },
  { name: 'a folded line', gets: 502, head: 'X: a\r\n b' },
  { name: 'a blank before a name', gets: 502, head: ' X: a' },
  { name: 'a name that is none', gets: 502, head: 'X Y: a' },
].map(({ name, gets, head }) => ({
  name: `sends ${name}`,
  gets: gets as number,
  deed: says(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n0\r\n\r\n`),
}));

const UNASKED: Fault[] = [
  { name: 'sends a 100 unasked', deed: says(`HTTP/1.1 100 Continue\r\n\r\n${HEAD_10}0123456789`), gets: 200 },
  { name: 'sends a 101 unasked', deed: says(`HTTP/1.1 101 Switching Protocols\r\n\r\n${HEAD_10}`), gets: 502 },
  {
    name: 'switches protocols unasked',
    deed: says('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nbytes'),
    gets: 502,
  },
  { name: 'answers twice at once', deed: says(`${HEAD_10}0123456789${HEAD_10}0123456789`), gets: 200 },
  { name: 'answers twice', deed: then(`${HEAD_10}0123456789`, says(`${HEAD_10}0123456789`) as never), gets: 200 },
  { name: 'sends more than the length', deed: says(`${HEAD_10}0123456789surplus`), gets: 200 },
];

const IN_BODY: Fault[] = [
  { name: 'closes within the length', deed: then(`${HEAD_10}01234`, close), gets: 'cut' },
  { name: 'resets within the length', deed: then(`${HEAD_10}01234`, reset), gets: 'cut' },
  { name: 'closes within a chunk', deed: then(`${HEAD_CHUNKED}a\r\n01`, close), gets: 'cut' },
  { name: 'closes between chunks', deed: then(`${HEAD_CHUNKED}2\r\n01\r\n`, close), gets: 'cut' },
  { name: 'closes before the last empty line', deed: then(`${HEAD_CHUNKED}2\r\n01\r\n0\r\n`, close), gets: 'cut' },
  { name: 'resets between chunks', deed: then(`${HEAD_CHUNKED}2\r\n01\r\n`, reset), gets: 'cut' },
  { name: 'ends content with the connection', deed: then(`${HEAD_CLOSE}01`, close), gets: 200 },
  { name: 'sends bad chunks with the head', deed: says(`${HEAD_CHUNKED}2\r\n01\r\nzz\r\n`), gets: 502 },
  { name: 'resets content that ends with the connection', deed: then(`${HEAD_CLOSE}01`, reset), gets: 'cut' },
  { name: 'sends a chunk size that is none', deed: then(HEAD_CHUNKED, (c) => c.write('zz\r\n')), gets: 'cut' },
  { name: 'sends a head for a chunk', deed: then(HEAD_CHUNKED, (c) => c.write(HEAD_10)), gets: 'cut' },
  {
    name: 'stalls within content',
    deed: says(`${HEAD_10}01234`),
    gets: 'cut',
    upstream: { bodyIdleTimeoutMs: 60 },
  },
  {
    name: 'sends a chunk extension without end',
    deed: forEverAfter(`${HEAD_CHUNKED}2;`, 'x'.repeat(1000)),
    gets: 'cut',
    upstream: { bodyIdleTimeoutMs: 60 },
  },
  {
    name: 'sends trailers without end',
    deed: forEverAfter(`${HEAD_CHUNKED}2\r\n01\r\n0\r\n`, `X: ${'y'.repeat(1000)}\r\n`),
    gets: 'cut',
  },
];

function forEverAfter(first: string, octets: string): Deed {
  return async (c, seen) => {
    c.write(first);
    await forever(octets)(c, seen);
  };
}

describe('faults of an origin', () => {
  for (const { name, deed, gets, upstream } of [...BEFORE_HEAD, ...FRAMING, ...UNASKED, ...IN_BODY]) {
    test(`an origin that ${name}: ${gets}`, async (t) => {
      let conversation: Promise<Conversation> | null = null;
      const seen = async (pattern: RegExp): Promise<void> => (await conversation)?.client.until(pattern);
      await using origin = await Origin.start(async (c) => {
        await c.head();
        await deed(c, seen);
      });
      const routes = `${PROBE_ROUTE} play: * -> "${origin.url}"`;
      const options = { routes, originPort: origin.port, idleUpstream: 1, ...(upstream && { upstream }) };
      await withGateway(t, options, async (proxy) => {
        conversation = Conversation.open(proxy.port, GET);
        assert.equal(await (await conversation).outcome(), gets);
        assert.equal(proxy.finished.length, gets === 'cut' ? 1 : 2);
        if (gets === 200) assert.deepEqual(proxy.failures, []);
        // One failure, told once, whether there was an answer to be made of it or a head had gone out.
        else
          assert.deepEqual(
            proxy.failures.map(({ source }) => source),
            ['upstream'],
          );
        if (gets === 'cut') assert.equal(proxy.finished[0]?.exchange.isFailureLogged, true);
        // What did not fail leaves at most one idle connection.
        await origin.close();
      });
    });
  }

  test('an origin that refuses connections: 502', async (t) => {
    const port = await freePort();
    await withGateway(t, { routes: `${PROBE_ROUTE} play: * -> "http://127.0.0.1:${port}"` }, async (proxy) => {
      assert.equal(await (await Conversation.open(proxy.port, GET)).outcome(), 502);
    });
  });

  test('an origin that does not answer the handshake: 504', async (t) => {
    await using origin = await Origin.start(() => {});
    const routes = `${PROBE_ROUTE} play: * -> "${origin.url.replace('http', 'https')}"`;
    await withGateway(t, { routes, upstream: { connectTimeoutMs: 100 } }, async (proxy) => {
      assert.equal(await (await Conversation.open(proxy.port, GET)).outcome(), 504);
      await origin.close();
    });
  });
});
