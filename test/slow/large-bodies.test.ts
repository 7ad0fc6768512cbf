import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { dial } from '../kit/origin.ts';
import { SluiceProcess } from '../kit/sluice-process.ts';

const MIB = 2 ** 20;
const TOTAL = 400 * MIB;
/** What buffers may take: far less than a body, but chunks that are done with wait for the garbage collector. */
const SLACK = 150 * MIB;
const BLOCK = Buffer.alloc(MIB, 'sluice');

/** Blocks until `total` bytes are made; how many were taken can be read off. */
class Blocks {
  made = 0;
  readonly #total: number;

  constructor(total: number) {
    this.#total = total;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    while (this.made < this.#total) {
      this.made += BLOCK.length;
      yield BLOCK;
    }
  }
}

/** Reads a body as fast as it comes; resolves to its length, and whether it consists of blocks. */
async function measure(body: AsyncIterable<Buffer>): Promise<{ length: number; intact: boolean }> {
  let length = 0;
  let intact = true;
  for await (const chunk of body) {
    const at = length % BLOCK.length;
    const first = BLOCK.subarray(at, Math.min(BLOCK.length, at + chunk.length));
    intact &&= first.equals(chunk.subarray(0, first.length));
    length += chunk.length;
  }
  return { length, intact };
}

describe('large bodies', { timeout: 120_000 }, () => {
  let origin: Server;
  let running: SluiceProcess;
  let endless = new Blocks(0);
  let broken = 0;

  before(async () => {
    origin = createServer(async (incoming, outgoing) => {
      if (incoming.url === '/upload') return outgoing.end(JSON.stringify(await measure(incoming)));
      const blocks = new Blocks(incoming.url === '/endless' ? Number.POSITIVE_INFINITY : TOTAL);
      if (incoming.url === '/endless') endless = blocks;
      const closed = once(outgoing, 'close');
      outgoing.on('close', () => (broken += outgoing.writableFinished ? 0 : 1));
      for await (const block of blocks) {
        if (outgoing.destroyed) return undefined;
        if (!outgoing.write(block)) await Promise.race([once(outgoing, 'drain'), closed]);
      }
      return outgoing.end();
    });
    await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
    const { port } = origin.address() as AddressInfo;
    const routes = `* -> setResponseHeader("X-Via", "sluice") -> "http://127.0.0.1:${port}"`;
    running = await SluiceProcess.run(['--access-log-disabled', '--inline-routes', routes]);
    await running.get('/upload');
  });

  after(async () => {
    await running[Symbol.asyncDispose]();
    origin.closeAllConnections();
    origin.close();
  });

  it('come down whole, and are not held in memory', async () => {
    const before = running.peakBytes();
    const measured = await new Promise((resolve, reject) => {
      const outgoing = request({ port: running.port, path: '/download', agent: false });
      outgoing
        .on('response', (incoming) => resolve(measure(incoming)))
        .on('error', reject)
        .end();
    });
    assert.deepEqual(measured, { length: TOTAL, intact: true });

    assert.ok(running.peakBytes() - before < SLACK, `${before} bytes, then ${running.peakBytes()}`);
  });

  it('go up whole, and are not held in memory', async () => {
    const before = running.peakBytes();
    const answer = await new Promise<string>((resolve, reject) => {
      const outgoing = request({ port: running.port, path: '/upload', method: 'POST', agent: false });
      outgoing.on('response', (incoming) => incoming.setEncoding('utf8').on('data', resolve)).on('error', reject);
      (async () => {
        for await (const block of new Blocks(TOTAL)) {
          if (!outgoing.write(block)) await new Promise((go) => outgoing.once('drain', go));
        }
        outgoing.end();
      })().catch(reject);
    });
    assert.deepEqual(JSON.parse(answer), { length: TOTAL, intact: true });

    assert.ok(running.peakBytes() - before < SLACK, `${before} bytes, then ${running.peakBytes()}`);
  });

  it('wait at the origin for a client that does not read, and end there when it leaves', async () => {
    const before = running.peakBytes();
    const client = dial(running.port);
    client.socket.pause();
    client.write('GET /endless HTTP/1.1\r\nHost: a\r\n\r\n');
    // Nothing more is taken from the origin when what was taken is the same for many looks.
    let [taken, looks] = [-1, 0];
    await eventually('the origin to be held back', () => {
      looks = endless.made === taken && taken > 0 ? looks + 1 : 0;
      taken = endless.made;
      return looks === 20;
    });
    assert.ok(taken < 40 * MIB, `${taken} bytes were taken`);

    assert.ok(running.peakBytes() - before < SLACK, `${before} bytes, then ${running.peakBytes()}`);
    const brokenBefore = broken;
    client.reset();
    await eventually('the origin to be told', () => broken === brokenBefore + 1);
  });
});
