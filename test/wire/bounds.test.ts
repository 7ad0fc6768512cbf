// What a handler may ask of the client's time, in place of what the listener grants.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Body, type Downstream, type DownstreamBounds, Response, TimerWheel } from '../../src/http/index.ts';
import { answerOk, Client, ok, open, request } from './kit.ts';

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A conversation with a handler that sets bounds, on a clock the test moves. */
async function bounded(
  bounds: DownstreamBounds,
  answer: typeof answerOk,
  talk: (client: Client, pass: (ms: number) => void) => Promise<void>,
): Promise<string[]> {
  const timers = new TimerWheel({ ticking: false });
  const ends: string[] = [];
  const handler: typeof answerOk = (incoming, downstream) => {
    downstream.observer = {
      aborted: () => {},
      finished: (bytes, error) => void ends.push(`${bytes} ${error === null ? 'well' : 'badly'}`),
    };
    downstream.bound(bounds);
    answer(incoming, downstream);
  };
  const listener = await open(handler, { timers });
  const client = await Client.open(listener.port);
  try {
    await talk(client, (ms) => timers.advance(Math.ceil(ms / timers.tickMs) + 2));
  } finally {
    client.destroy();
    await listener.close();
    assert.equal(timers.size, 0, 'deadlines are left');
  }
  return ends;
}

const upload = (content: string) => request('POST', '/', content, 'Content-Length: 6');

describe('bounds', () => {
  test('a request that is not whole in time breaks off', async () => {
    const ends = await bounded({ requestTimeoutMs: 500 }, answerOk, async (client, pass) => {
      await client.take(upload('abc'));
      while (client.received === '') {
        pass(500);
        await settled();
      }
      assert.match(client.received, /^HTTP\/1.1 408 /);
    });
    assert.deepEqual(ends, ['0 well']);
  });

  test('a request in time is not touched, nor is the next one bounded', async () => {
    await bounded({ requestTimeoutMs: 500 }, answerOk, async (client, pass) => {
      await client.take(upload('abc'));
      client.write('def');
      await client.until(/ok$/);
      pass(1000);
      client.write(request('GET', '/', ''));
      await client.until(/ok.*ok$/s);
      assert.equal(client.received, ok('ok') + ok('ok'));
    });
  });

  test('a response that is not taken or not made in time is cut', async () => {
    const endless = (_: unknown, downstream: Downstream): void => {
      const body = new Body({ start: (sink) => void sink.data(Buffer.from('abc')), resume() {}, cancel() {} }, null);
      downstream.respond(new Response({ status: 200, body }));
    };
    const ends = await bounded({ responseTimeoutMs: 500 }, endless, async (client, pass) => {
      client.write(request('GET', '/', ''));
      await client.until(/abc/);
      pass(500);
      await client.closed;
    });
    assert.deepEqual(ends, ['3 badly']);
  });

  test('a response in time leaves nothing behind', async () => {
    const ends = await bounded({ responseTimeoutMs: 500 }, answerOk, async (client, pass) => {
      client.write(request('GET', '/', ''));
      await client.until(/ok$/);
      pass(1000);
      client.write(request('GET', '/', ''));
      await client.until(/ok.*ok$/s);
    });
    assert.deepEqual(ends, ['2 well', '2 well']);
  });
});
