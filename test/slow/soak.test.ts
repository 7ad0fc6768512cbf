import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Outcome, TestUpstream, until } from '../kit/calls.ts';
import { Origin, type OriginConnection } from '../kit/origin.ts';

/** A small repeatable source of chance. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
}

/** Answers each request with its own number, in one of many ways, some of them wrong. */
async function capricious(c: OriginConnection, pick: (below: number) => number): Promise<void> {
  for (;;) {
    const head = await c.head();
    const number = /x-number: (\d+)/.exec(head)?.[1] ?? '';
    if (/content-length: 5/i.test(head)) await c.read(5);
    if (/chunked/i.test(head)) await c.readTo('0\r\n\r\n');
    const { length } = number;
    switch (pick(14)) {
      case 0:
        c.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${length}\r\n${number}\r\n0\r\n\r\n`);
        break;
      case 1:
        c.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
        await new Promise((resolve) => setImmediate(resolve));
        c.write(number);
        break;
      case 2:
        c.end(`HTTP/1.1 200 OK\r\n\r\n${number}`);
        return;
      case 3:
        c.reset();
        return;
      case 4:
        c.end(`HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n${number}`);
        return;
      case 5:
        c.write(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n${number}`);
        break;
      case 6:
        c.write(
          `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${number}HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nX`,
        );
        break;
      case 7:
        c.end(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${number}`);
        return;
      default:
        c.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${number}`);
    }
  }
}

async function* streamed(): AsyncGenerator<string> {
  yield 'he';
  await new Promise((resolve) => setImmediate(resolve));
  yield 'llo';
}

const BODIES = [() => null, () => 'hello', streamed];

test('thousands of calls among faults and aborts: no answer is another’s, nothing is left', async () => {
  const seed = Date.now() % 1_000_000;
  const pick = chance(seed);
  await using one = await Origin.start((c) => capricious(c, pick));
  await using two = await Origin.start((c) => capricious(c, pick));
  await using client = new TestUpstream([one.url, two.url, 'http://127.0.0.1:1'], { idleConnectionsPerHost: 8 });
  const count = { right: 0, failed: 0, aborted: 0 };
  let number = 0;
  const checked = async (outcome: Outcome, own: number): Promise<void> => {
    try {
      const { text } = await outcome.text();
      assert.equal(text, String(own), `seed ${seed}`);
      count.right++;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      count.failed++;
    }
    assert.equal(outcome.endings, 1, `seed ${seed}`);
  };
  const worker = async (): Promise<void> => {
    while (number < 3000) {
      const own = ++number;
      const method = pick(2) === 0 ? 'GET' : 'POST';
      const body = (BODIES[pick(3)] as () => string | null)();
      const { outcome, call } = client.send({ method, headers: ['x-number', String(own)], body });
      if (pick(8) > 0) await checked(outcome, own);
      else {
        for (let turns = pick(6); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
        call.abort(new Error('gone'));
        count.aborted++;
      }
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  assert.ok(count.right > 1000 && count.failed > 200, JSON.stringify(count));
  assert.equal(client.inFlight, 0, `seed ${seed}`);
  await client.upstream.close();
  await until(() =>
    [...one.connections, ...two.connections].every((c) => c.socket.readableEnded || c.socket.destroyed),
  );
  assert.equal(client.upstream.connections, 0);
});
