import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Body, type Downstream, type Request, Response, TimerWheel } from '../../src/http/index.ts';
import type { ListenerOptions } from '../../src/server/index.ts';
import { answerOk, Client, get, ok, open, refused, request } from './kit.ts';

/** A listener whose handler hands its exchanges to the test, and whose clock the test moves. */
class Bench {
  readonly timers = new TimerWheel({ ticking: false });
  readonly log: string[] = [];
  readonly exchanges: { request: Request; downstream: Downstream }[] = [];
  #listener!: Awaited<ReturnType<typeof open>>;

  static async run(options: Partial<ListenerOptions>, body: (bench: Bench) => Promise<void>): Promise<void> {
    const bench = new Bench();
    bench.#listener = await open((request, downstream) => bench.#take(request, downstream), {
      timers: bench.timers,
      observer: { refused: (error) => bench.#note(`refused ${error.status} ${error.code}`) },
      ...options,
    });
    try {
      await body(bench);
    } finally {
      await bench.#listener.close();
      assert.equal(bench.listener.connections, 0);
      assert.equal(bench.listener.activeRequests, 0);
      assert.equal(bench.timers.size, 0, 'deadlines are left');
    }
  }

  get listener() {
    return this.#listener;
  }

  connect(): Promise<Client> {
    return Client.open(this.#listener.port);
  }

  /** Waits until `done`. */
  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** The next exchange. */
  async exchange(at = 0): Promise<{ request: Request; downstream: Downstream }> {
    await this.until(() => this.exchanges.length > at);
    return this.exchanges[at]!;
  }

  pass(ms: number): void {
    this.timers.advance(Math.ceil(ms / this.timers.tickMs) + 2);
  }

  #take(request: Request, downstream: Downstream): void {
    downstream.observer = {
      aborted: (reason) => this.#note(`aborted ${'code' in reason ? reason.code : reason.message}`),
      finished: (bytes, error) => this.#note(`finished ${bytes} ${error === null ? 'well' : 'badly'}`),
    };
    this.exchanges.push({ request, downstream });
  }

  #note(line: string): void {
    this.log.push(line);
  }
}

const endless = () => new Body({ start() {}, resume() {}, cancel() {} }, null);

describe('time-outs', () => {
  test('a head that does not come to its end is answered 408 (9110 §15.5.9)', () =>
    Bench.run({ headerTimeoutMs: 1000 }, async (bench) => {
      const client = await bench.connect();
      client.write('GET / HTTP/1.1\r\nA: ');
      await bench.until(() => bench.listener.connections === 1);
      await client.take('b');
      bench.pass(1000);
      await client.closed;
      assert.match(client.received, refused(408));
      assert.deepEqual(bench.log, ['refused 408 header-timeout']);
      client.end();
    }));

  test('bytes that trickle in do not put it off', () =>
    Bench.run({ headerTimeoutMs: 1000 }, async (bench) => {
      const client = await bench.connect();
      await client.take('GET / HT');
      bench.pass(500);
      await client.take('TP/1.1\r\n');
      bench.pass(500);
      await client.closed;
      assert.match(client.received, /^(HTTP\/1\.1 408 |$)/);
      client.end();
    }));

  test('a new connection without a byte is closed without a word', () =>
    Bench.run({ headerTimeoutMs: 1000 }, async (bench) => {
      const client = await bench.connect();
      await bench.until(() => bench.listener.connections === 1);
      bench.pass(1000);
      await client.closed;
      assert.equal(client.received, '');
      client.end();
    }));

  test('an idle connection is closed (9112 §9.5)', () =>
    Bench.run({ keepAliveTimeoutMs: 1000 }, async (bench) => {
      const client = await bench.connect();
      client.write(get());
      (await bench.exchange()).downstream.respond(new Response({ status: 200, body: 'ok' }));
      await client.until(ok('ok'));
      bench.pass(1000);
      await client.closed;
      assert.equal(client.received, ok('ok'));
      client.end();
    }));

  test('content that stalls breaks off with 408', () =>
    Bench.run({ bodyIdleTimeoutMs: 1000 }, async (bench) => {
      const client = await bench.connect();
      client.write(request('POST', '/', 'he', 'Content-Length: 5'));
      const { request: asked, downstream } = await bench.exchange();
      const failure = asked.body!.bytes(100).catch((error) => error);
      await client.take(() => {});
      bench.pass(1000);
      assert.equal((await failure).status, 408);
      downstream.respond(new Response({ status: 408 }));
      await client.closed;
      assert.match(client.received, /^HTTP\/1\.1 408 .*\r\nConnection: close\r\n/);
      client.end();
    }));

  test('content that is not asked for does not stall', () =>
    Bench.run({ bodyIdleTimeoutMs: 1000 }, async (bench) => {
      const client = await bench.connect();
      client.write(request('POST', '/', 'he', 'Content-Length: 5'));
      const { request: asked, downstream } = await bench.exchange();
      bench.pass(5000);
      const content = asked.body!.bytes(100);
      client.write('llo');
      assert.equal((await content).toString(), 'hello');
      downstream.respond(new Response({ status: 200, body: 'ok' }));
      await client.until(ok('ok'));
    }));

  test('content that trickles in is bounded as a whole', () =>
    Bench.run({ bodyIdleTimeoutMs: 1000, requestTimeoutMs: 3000 }, async (bench) => {
      const client = await bench.connect();
      client.write(request('POST', '/', 'h', 'Content-Length: 500'));
      const { request: asked, downstream } = await bench.exchange();
      const failure = asked.body!.bytes(1000).catch((error) => error);
      for (let round = 0; round < 6; round++) {
        await client.take('x');
        bench.pass(400);
      }
      assert.equal((await failure).status, 408);
      downstream.respond(new Response({ status: 408 }));
      await client.closed;
      client.end();
    }));

  test('a reader that stalls is cut', () =>
    Bench.run({ writeTimeoutMs: 1000 }, async (bench) => {
      const client = await bench.connect();
      client.socket.pause();
      client.write(get());
      const { downstream } = await bench.exchange();
      downstream.respond(new Response({ status: 200, body: Buffer.alloc(64 << 20) }));
      await client.take(() => {});
      bench.pass(1000);
      await bench.until(() => bench.log.length > 1);
      assert.deepEqual(bench.log, ['aborted stalled-reader', `finished ${64 << 20} badly`]);
    }));

  test('a reader that is slow is not', () =>
    Bench.run({ writeTimeoutMs: 1000 }, async (bench) => {
      const client = await bench.connect();
      client.write(get());
      const { downstream } = await bench.exchange();
      const body = async function* () {
        for (let round = 0; round < 20; round++) {
          yield Buffer.alloc(1 << 20, 'x');
          bench.timers.advance(3);
        }
      };
      downstream.respond(new Response({ status: 200, body: body() }));
      await bench.until(() => bench.log.length > 0);
      assert.deepEqual(bench.log, [`finished ${20 << 20} well`]);
    }));

  test('a client that ended its side and stays silent is gone', () =>
    Bench.run({ halfCloseGraceMs: 1000 }, async (bench) => {
      const client = await bench.connect();
      client.write(get());
      const { downstream } = await bench.exchange();
      downstream.respond(new Response({ status: 200, body: endless() }));
      client.end();
      await client.until(/\r\n\r\n$/);
      await client.take(() => {});
      bench.pass(1000);
      await bench.until(() => bench.log.length > 1);
      assert.deepEqual(bench.log, ['aborted half-closed', 'finished 0 badly']);
    }));

  for (const how of ['end', 'reset'] as const) {
    test(`a client that leaves by ${how} while its answer is awaited is gone at once`, () =>
      Bench.run({}, async (bench) => {
        const client = await bench.connect();
        client.write(get());
        await bench.exchange();
        if (how === 'end') client.end();
        else client.socket.resetAndDestroy();
        await bench.until(() => bench.log.length > 1);
        const why = how === 'end' ? 'half-closed' : 'connection-closed';
        assert.deepEqual(bench.log, [`aborted ${why}`, 'finished 0 badly']);
      }));
  }

  test('an answer that is late, but within the grace, reaches a half-closed client', () =>
    Bench.run({ halfCloseGraceMs: 1000, servesHalfClosed: true }, async (bench) => {
      const client = await bench.connect();
      client.write(get());
      client.end();
      const { downstream } = await bench.exchange();
      await client.take(() => {});
      downstream.respond(new Response({ status: 200, body: 'ok' }));
      await client.closed;
      assert.equal(client.received, ok('ok'));
    }));

  test('a connection grows old', () =>
    Bench.run({ keepAliveMaxAgeMs: 1000 }, async (bench) => {
      const client = await bench.connect();
      client.write(get());
      const { downstream } = await bench.exchange();
      bench.pass(1000);
      downstream.respond(new Response({ status: 200, body: 'ok' }));
      await client.closed;
      assert.match(client.received, /Connection: close/);
      client.end();
    }));
});

describe('time-outs of one exchange', () => {
  test('the handler shortens the time for the content', () =>
    Bench.run({}, async (bench) => {
      const client = await bench.connect();
      client.write(request('POST', '/', 'h', 'Content-Length: 500'));
      const { request: asked, downstream } = await bench.exchange();
      downstream.bound({ requestTimeoutMs: 1000 });
      const failure = asked.body!.bytes(1000).catch((error) => error);
      bench.pass(1000);
      assert.equal((await failure).status, 408);
      downstream.respond(new Response({ status: 408 }));
      await client.closed;
      client.end();
    }));

  test('the handler bounds the time for the response, however it moves', () =>
    Bench.run({}, async (bench) => {
      const client = await bench.connect();
      client.write(get('/1'));
      const { downstream } = await bench.exchange();
      downstream.bound({ responseTimeoutMs: 1000 });
      bench.pass(5000);
      downstream.respond(new Response({ status: 200, body: endless() }));
      await client.until(/\r\n\r\n$/);
      bench.pass(1000);
      await client.closed;
      assert.deepEqual(bench.log, ['aborted stalled-reader', 'finished 0 badly']);
    }));

  test('the bound of one exchange is not that of the next', () =>
    Bench.run({}, async (bench) => {
      const client = await bench.connect();
      client.write(get('/1') + get('/2'));
      const first = await bench.exchange();
      first.downstream.bound({ responseTimeoutMs: 1000 });
      first.downstream.respond(new Response({ status: 200, body: 'ok' }));
      const second = await bench.exchange(1);
      bench.pass(5000);
      second.downstream.respond(new Response({ status: 200, body: 'ok' }));
      await client.until(ok('ok') + ok('ok'));
    }));
});

describe('a client that goes away', () => {
  test('while it sends: the content breaks off, the exchange is over', () =>
    Bench.run({}, async (bench) => {
      const client = await bench.connect();
      client.write(request('POST', '/', 'he', 'Content-Length: 5'));
      const { request: asked, downstream } = await bench.exchange();
      const failure = asked.body!.bytes(100).catch((error) => error);
      client.destroy();
      assert.equal((await failure).status, 499);
      await bench.until(() => bench.log.length > 1);
      assert.deepEqual(bench.log, ['aborted incomplete-request', 'finished 0 badly']);
      // Late, and of no consequence.
      downstream.respond(new Response({ status: 200, body: 'ok' }));
    }));

  test('while it waits: a reset is noticed at once', () =>
    Bench.run({}, async (bench) => {
      const client = await bench.connect();
      client.write(get());
      await bench.exchange();
      client.socket.resetAndDestroy();
      await bench.until(() => bench.log.length > 1);
      assert.deepEqual(bench.log, ['aborted connection-closed', 'finished 0 badly']);
    }));

  test('while it receives: the source is let go', () =>
    Bench.run({}, async (bench) => {
      const client = await bench.connect();
      client.write(get());
      const { downstream } = await bench.exchange();
      let cancelled = false;
      const source = { start() {}, resume() {}, cancel: () => (cancelled = true) };
      downstream.respond(new Response({ status: 200, body: source }));
      await client.until(/\r\n\r\n$/);
      client.socket.resetAndDestroy();
      await bench.until(() => cancelled);
    }));
});

describe('back-pressure', () => {
  test('content that nobody takes stays in the network', () =>
    Bench.run({}, async (bench) => {
      const client = await bench.connect();
      client.write(request('POST', '/', '', `Content-Length: ${64 << 20}`));
      client.socket.write(Buffer.alloc(64 << 20));
      const { request: asked, downstream } = await bench.exchange();
      for (let turn = 0; turn < 500; turn++) await client.take(() => {});
      assert.ok(client.socket.writableLength > 32 << 20, 'it was read ahead');
      assert.equal((await asked.body!.bytes(64 << 20)).length, 64 << 20);
      downstream.respond(new Response({ status: 200, body: 'ok' }));
      await client.until(ok('ok'));
    }));

  test('content that was let go is not read on', () =>
    Bench.run({}, async (bench) => {
      const client = await bench.connect();
      client.write(request('POST', '/', '', `Content-Length: ${64 << 20}`));
      client.socket.write(Buffer.alloc(64 << 20));
      const { request: asked, downstream } = await bench.exchange();
      asked.body!.discard(new Error('unwanted'));
      for (let turn = 0; turn < 200; turn++) await client.take(() => {});
      assert.ok(client.socket.writableLength > 32 << 20, 'it was read');
      downstream.respond(new Response({ status: 413 }));
      client.end();
      await client.closed;
      assert.match(client.received, /^HTTP\/1\.1 413 .*\r\nConnection: close\r\n/);
    }));

  test('a source is held back by a slow reader', () =>
    Bench.run({}, async (bench) => {
      const client = await bench.connect();
      client.socket.pause();
      client.write(get());
      const { downstream } = await bench.exchange();
      let produced = 0;
      const body = async function* () {
        for (; produced < 64; produced++) yield Buffer.alloc(1 << 20, 'x');
      };
      downstream.respond(new Response({ status: 200, body: new Body(Body.from(body())!.take(), 64 << 20) }));
      for (let turn = 0; turn < 200; turn++) await client.take(() => {});
      assert.ok(produced < 32, `${produced} MiB were produced`);
      client.socket.resume();
      await bench.until(() => bench.log.length > 0);
      assert.deepEqual(bench.log, [`finished ${64 << 20} well`]);
    }));

  test('requests sent ahead wait in the network', () =>
    Bench.run({}, async (bench) => {
      const client = await bench.connect();
      client.write(get());
      const { downstream } = await bench.exchange();
      client.write(get('/x', `A: ${'a'.repeat(1000)}`).repeat(16_000));
      for (let turn = 0; turn < 200; turn++) await client.take(() => {});
      assert.ok(client.socket.writableLength > 4 << 20, 'they were read ahead');
      assert.equal(bench.exchanges.length, 1);
      downstream.respond(new Response({ status: 200, body: 'ok' }));
    }));
});

describe('drain', () => {
  test('ends idle connections at once, busy ones behind their answer', () =>
    Bench.run({}, async (bench) => {
      const idle = await bench.connect();
      const busy = await bench.connect();
      busy.write(get());
      const { downstream } = await bench.exchange();
      await bench.until(() => bench.listener.connections === 2);
      const drained = bench.listener.drain(0);
      await idle.closed;
      idle.end();
      downstream.respond(new Response({ status: 200, body: 'ok' }));
      await busy.closed;
      assert.equal(busy.received, ok('ok').replace('Content', 'Connection: close\r\nContent'));
      busy.end();
      await drained;
    }));

  test('ends a connection whose answer had begun before', () =>
    Bench.run({}, async (bench) => {
      const client = await bench.connect();
      client.write(get());
      const { downstream } = await bench.exchange();
      const flow = Promise.withResolvers<void>();
      const body = async function* () {
        yield Buffer.from('a');
        await flow.promise;
      };
      downstream.respond(new Response({ status: 200, body: body() }));
      await client.until(/a\r\n$/);
      const drained = bench.listener.drain(0);
      flow.resolve();
      await client.closed;
      assert.match(client.received, /0\r\n\r\n$/);
      client.end();
      await drained;
    }));

  test('cuts what is left after its time', () =>
    Bench.run({}, async (bench) => {
      const client = await bench.connect();
      client.write(get());
      await bench.exchange();
      const drained = bench.listener.drain(1000);
      bench.pass(1000);
      await drained;
      assert.deepEqual(bench.log, ['aborted the drain timed out', 'finished 0 badly']);
    }));
});

test('one write for a head and its content, be it text, bytes or chunks of one tick (issue 4 §2)', async () => {
  const listener = await open((asked, downstream) => {
    if (asked.path === '/fixed') answerOk(asked, downstream);
    else
      downstream.respond(
        new Response({
          status: 200,
          body: {
            start(sink) {
              sink.data(Buffer.from('a'));
              sink.data(Buffer.from('b'));
              sink.end(null);
            },
            resume() {},
            cancel() {},
          },
        }),
      );
  });
  const client = await Client.open(listener.port);
  let segments = 0;
  client.socket.on('data', () => segments++);
  client.write(get('/fixed'));
  await client.until(/ok$/);
  assert.equal(segments, 1);
  client.write(get('/chunks'));
  await client.until(/0\r\n\r\n$/);
  assert.equal(segments, 2);
  client.destroy();
  await listener.close();
});
