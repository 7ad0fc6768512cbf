import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { heapBytes, withGateway } from '../faults/kit.ts';
import { eventually } from '../kit/eventually.ts';
import { KeepAliveClient } from '../kit/keep-alive-client.ts';
import { Origin } from '../kit/origin.ts';
import { Client } from '../wire/kit.ts';

const AT_ONCE = 50;

/** An origin that answers each segment, which holds one request, with "ok". */
async function quickOrigin(): Promise<{ url: string; port: number; server: Server }> {
  const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  const server = createServer((socket) => {
    socket.on('data', () => void socket.write(answer));
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, port, server };
}

async function repeat(times: number, once: () => Promise<void>): Promise<void> {
  for (let done = 0; done < times; done += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, once));
}

type Leave = 'destroy' | 'resetAndDestroy';

/** Opens a connection, sends `bytes` and leaves; of a download, when some of it is there. */
function hitAndRun(port: number, bytes: string, { leave, waits }: { leave: Leave; waits: boolean }): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    if (waits) socket.once('data', () => socket[leave]());
    socket.write(bytes, () => {
      if (!waits) setImmediate(() => socket[leave]());
    });
  });
}

describe('load', () => {
  test('10 000 requests on 20 connections that are kept alive', async (t) => {
    const origin = await quickOrigin();
    const options = { routes: `play: * -> "${origin.url}"`, originPort: origin.port, idleUpstream: 20 };
    await withGateway(t, options, async (proxy) => {
      const clients = Array.from({ length: 20 }, () => new KeepAliveClient(proxy.port));
      const ask = async (client: KeepAliveClient, times: number): Promise<void> => {
        for (let count = 0; count < times; count++) {
          assert.deepEqual(await client.get('/x'), { status: 200, body: 'ok', isLast: false });
          proxy.finished.length = 0;
        }
      };
      await Promise.all(clients.map((client) => ask(client, 50)));
      const before = heapBytes();
      await Promise.all(clients.map((client) => ask(client, 450)));
      const grownBytes = heapBytes() - before;
      t.diagnostic(`heap ${grownBytes >> 10} KiB more after 9 000 requests`);
      assert.ok(grownBytes < 2 << 20, `${grownBytes} bytes`);
      assert.equal(proxy.listener.connections, 20);
      assert.ok(proxy.upstream.connections <= 20);
      for (const client of clients) client.close();
      origin.server.close();
    });
  });

  test('200 clients that send slowly hinder nobody, and end', async (t) => {
    const origin = await quickOrigin();
    const listener = { headerTimeoutMs: 300, bodyIdleTimeoutMs: 300 };
    const options = { routes: `play: * -> "${origin.url}"`, originPort: origin.port, idleUpstream: 1, listener };
    await withGateway(t, options, async (proxy) => {
      const slow = await Promise.all(Array.from({ length: 200 }, () => Client.open(proxy.port)));
      for (const client of slow) client.write('GET / HTTP/1.1\r\nHost: a\r\nX: ');
      const quick = new KeepAliveClient(proxy.port);
      for (let count = 0; count < 100; count++) assert.equal((await quick.get('/x')).status, 200);
      quick.close();
      for (const client of slow) {
        await client.closed;
        assert.match(client.received, /^HTTP\/1.1 408 /);
        client.end();
      }
      origin.server.close();
    });
  });

  test('200 uploads that stall end, and their calls with them', async (t) => {
    await using origin = await Origin.start(() => {});
    const listener = { bodyIdleTimeoutMs: 300 };
    const options = { routes: `play: * -> "${origin.url}"`, originPort: origin.port, listener };
    await withGateway(t, options, async (proxy) => {
      const slow = await Promise.all(Array.from({ length: 200 }, () => Client.open(proxy.port)));
      for (const client of slow) client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc');
      await eventually('all are under way', () => origin.connections.length === 200);
      for (const client of slow) {
        await client.closed;
        assert.match(client.received, /^HTTP\/1.1 408 /);
        client.end();
      }
      await origin.close();
    });
  });

  for (const leave of ['destroy', 'resetAndDestroy'] as const) {
    test(`500 clients that ${leave} within a download: the calls end too`, async (t) => {
      const chunk = Buffer.alloc(64 << 10, 'x');
      await using origin = await Origin.start(async (c) => {
        await c.head();
        c.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n');
        while (!c.socket.destroyed) {
          if (!c.write(chunk)) await Promise.race([once(c.socket, 'drain').catch(() => {}), c.closed]);
        }
      });
      const options = { routes: `play: * -> "${origin.url}"`, originPort: origin.port };
      await withGateway(t, options, async (proxy) => {
        await repeat(500, () => hitAndRun(proxy.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', { leave, waits: true }));
        await eventually('the origin is rid of all', () => origin.open === 0);
        assert.ok(proxy.finished.every(({ error }) => error !== null));
        origin.connections.length = 0;
      });
    });

    test(`500 clients that ${leave} within an upload: the calls end too`, async (t) => {
      await using origin = await Origin.start((c) => void c.socket.on('end', () => c.socket.destroy()));
      const options = { routes: `play: * -> "${origin.url}"`, originPort: origin.port };
      const upload = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc';
      await withGateway(t, options, async (proxy) => {
        await repeat(500, () => hitAndRun(proxy.port, upload, { leave, waits: false }));
        await eventually('the gateway is rid of all', () => proxy.upstream.connections === 0);
        await eventually('the origin is rid of all', () => origin.open === 0);
        origin.connections.length = 0;
      });
    });
  }
});
