// Every filter in a real proxy, in the routes of its own examples: with a backend that is not there, and with clients that
// leave in the middle of the request or of the response.
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtinFilters } from '../../filters/index.ts';
import type { Example } from '../../src/plugin/index.ts';
import { ask } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { freePort, Origin } from '../kit/origin.ts';
import { startTestProxy, type TestProxy } from '../kit/proxy.ts';

/** Answers that never end. */
const ENDLESS = new Set(['tarpit']);
/** How long a route may take to pass on what it has, in ms; some never do, since they wait for the whole. */
const PASSING_MS = 30;

const examples = builtinFilters.flatMap(({ name, examples: each }) =>
  each.map((example, at): [string, Example] => [`${name}, example ${at + 1}`, example]),
);
const routeTo = ({ route }: Example, port: number): string => route.replaceAll('origin.example', `127.0.0.1:${port}`);

suite('a backend that is not there becomes a whole answer', () => {
  let proxy: TestProxy;
  let port: number;
  before(async () => {
    proxy = await startTestProxy('');
    port = await freePort();
  });
  after(() => proxy.close());

  for (const [about, example] of examples.filter(([name]) => !ENDLESS.has(name.split(',')[0] as string))) {
    test(about, async () => {
      proxy.route(routeTo(example, port));
      for (const method of new Set(['GET', 'HEAD', 'POST', example.request?.method ?? 'GET'])) {
        const asked = { ...example.request, method, ...(method === 'POST' ? { body: 'content' } : {}) };
        const { status, body } = await ask({ port: proxy.port, ...asked });
        assert.ok(status >= 200 && status <= 599);
        if (method === 'HEAD') assert.equal(body, '');
      }
    });
  }
});

suite('a client that leaves takes its call along', () => {
  let proxy: TestProxy;
  let origin: Origin;
  before(async () => {
    proxy = await startTestProxy('');
    origin = await Origin.start(async (connection) => {
      connection.socket.on('end', () => connection.socket.destroy());
      await connection.head();
      connection.write(
        'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
      );
    });
  });
  after(async () => {
    await proxy.close();
    await origin.close();
  });

  for (const [about, example] of examples) {
    for (const [phase, method, rest] of [
      ['request', 'POST', 'Content-Length: 1000\r\n\r\nhello'],
      ['response', 'GET', '\r\n'],
    ] as const) {
      test(`${about}, in the ${phase}`, async () => {
        proxy.route(routeTo(example, origin.port));
        const [calls, finished] = [origin.connections.length, proxy.finished.length];
        const socket = connect(proxy.port, '127.0.0.1');
        socket.on('error', () => {});
        socket.write(`${method} ${example.request?.target ?? '/'} HTTP/1.1\r\n${fields(example)}${rest}`);
        const passed = phase === 'request' ? () => origin.connections.length > calls : () => socket.bytesRead > 0;
        await until(() => passed() || proxy.finished.length > finished);
        await left(socket);
        await eventually('the exchange is over', () => proxy.finished.length > finished);
        await eventually('no call is left', () => origin.open === 0);
      });
    }
  }
});

function fields({ request: { headers = {} } = {} }: Example): string {
  return Object.entries({ Host: 'example.org', ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

/** Waits for what happens with most routes, and not longer than it takes with them. */
async function until(happened: () => boolean): Promise<void> {
  const deadline = performance.now() + PASSING_MS;
  while (!happened() && performance.now() < deadline) await sleep(1);
}

function left(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    // A mere end could be a client that still waits for its answer.
    socket.resetAndDestroy();
  });
}
