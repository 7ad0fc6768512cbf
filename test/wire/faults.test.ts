import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { Body, type BodySink, type RequestHandler, Response } from '../../src/http/index.ts';
import type { Listener, ListenerOptions } from '../../src/server/index.ts';
import { answerOk, Client, get, ok, open, refused, request } from './kit.ts';

const AT_ONCE = 50;
const CHUNK = Buffer.alloc(64 * 1024, 'x');
const BIG_CHUNKS = 4096;

/** Answers /big with 256 MiB from a source that heeds back-pressure, and anything else with "ok". */
const answer: RequestHandler = (asked, downstream) => {
  if (asked.path !== '/big') answerOk(asked, downstream);
  else downstream.respond(new Response({ status: 200, body: new Body(bigSource(), BIG_CHUNKS * CHUNK.length) }));
};

function bigSource() {
  let left = BIG_CHUNKS;
  let sink: BodySink | null = null;
  const flow = () => {
    while (sink !== null && left > 0) {
      left--;
      if (!sink.data(CHUNK)) return;
    }
    sink?.end(null);
  };
  return {
    start(to: BodySink) {
      sink = to;
      flow();
    },
    resume: flow,
    cancel() {
      sink = null;
    },
  };
}

/** Sockets of the port that the kernel still knows, but for those that only wait for late segments (TIME_WAIT). */
function socketsLeft(port: number): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1);
  return lines.filter((line) => {
    const [, local, remote, state] = line.trim().split(/\s+/);
    return (local?.endsWith(suffix) || remote?.endsWith(suffix)) && state !== '06';
  }).length;
}

async function withListener(options: Partial<ListenerOptions>, run: (listener: Listener) => Promise<void>) {
  const listener = await open(answer, options);
  try {
    await run(listener);
    while (listener.connections > 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(listener.activeRequests, 0);
  } finally {
    await listener.close();
  }
  assert.equal(socketsLeft(listener.port), 0, 'sockets are left');
}

async function repeat(times: number, once: () => Promise<void>): Promise<void> {
  for (let done = 0; done < times; done += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, once));
}

/** Opens a connection, sends `bytes`, and leaves in the way of `leave` as soon as they are written. */
function hitAndRun(port: number, bytes: string, leave: 'destroy' | 'resetAndDestroy'): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.write(bytes, () => setImmediate(() => socket[leave]()));
  });
}

describe('faults', { skip: process.platform !== 'linux' }, () => {
  test('2 000 connections leave nothing behind', () =>
    withListener({}, (listener) =>
      repeat(2000, async () => {
        const client = await Client.open(listener.port);
        client.write(get());
        await client.until(ok('ok'));
        client.end();
        await client.closed;
      }),
    ));

  for (const leave of ['destroy', 'resetAndDestroy'] as const) {
    test(`clients that ${leave} within an upload leave nothing behind`, () =>
      withListener({}, (listener) =>
        repeat(500, () => hitAndRun(listener.port, request('POST', '/', 'abc', 'Content-Length: 100000'), leave)),
      ));

    test(`clients that ${leave} within a download leave nothing behind`, () =>
      withListener({}, (listener) => repeat(300, () => hitAndRun(listener.port, get('/big'), leave))));
  }

  test('200 slow heads hinder nobody, and end', () =>
    withListener({ headerTimeoutMs: 300 }, async (listener) => {
      const slow = await Promise.all(Array.from({ length: 200 }, () => Client.open(listener.port)));
      for (const client of slow) client.write('GET / HTTP/1.1\r\nHost: a\r\nX: ');
      const quick = await Client.open(listener.port);
      quick.write(get());
      await quick.until(ok('ok'));
      quick.destroy();
      for (const client of slow) {
        await client.closed;
        assert.match(client.received, refused(408));
        client.end();
      }
    }));

  test('a slow reader of 256 MiB takes little memory', () =>
    withListener({}, async (listener) => {
      const client = connect(listener.port, '127.0.0.1').pause();
      const before = process.memoryUsage().rss;
      client.write(get('/big', 'Connection: close'));
      let receivedBytes = 0;
      let peakBytes = 0;
      client.on('data', (chunk: Buffer) => {
        receivedBytes += chunk.length;
        peakBytes = Math.max(peakBytes, process.memoryUsage.rss() - before);
        // Slower than the source: a turn of the loop for each chunk.
        client.pause();
        setImmediate(() => client.resume());
      });
      client.resume();
      await new Promise((resolve) => client.on('close', resolve));
      assert.ok(receivedBytes > BIG_CHUNKS * CHUNK.length);
      // Reader and listener share this process, so that is twice the bound of one, and what V8 puts off collecting.
      assert.ok(peakBytes < 96 << 20, `${peakBytes >> 20} MiB`);
    }));
});
