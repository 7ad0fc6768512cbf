import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { heapBytes, withGateway } from './kit.ts';

const GIB = 1 << 30;
/** What the gateway may keep alive for a body of any length; issue 4 §1 lets it take 32 MiB in all. */
const GROWTH_BYTES = 8 << 20;

function mib(bytes: number): number {
  return Math.round(bytes / (1 << 20));
}

/** Runs peer.ts. */
function peer(role: 'origin' | 'client', argument: number): ChildProcess {
  const file = join(import.meta.dirname, 'peer.ts');
  return spawn(process.execPath, [file, role, String(argument)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function said(child: ChildProcess): Promise<number> {
  const [text] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return Number(text);
}

/**
 * The most that was alive in this process while `run` was under way. RSS is only told: V8 lets 64 MiB of dead buffers pile
 * up before it collects any, and more on a busy machine.
 */
async function peakWhile<T>(run: Promise<T>): Promise<{ result: T; aliveBytes: number; rssBytes: number }> {
  let aliveBytes = 0;
  let rssBytes = 0;
  const sampler = setInterval(() => {
    rssBytes = Math.max(rssBytes, process.memoryUsage.rss());
    aliveBytes = Math.max(aliveBytes, heapBytes());
  }, 100);
  const result = await run.finally(() => clearInterval(sampler));
  return { result, aliveBytes, rssBytes };
}

test('a slow reader of 1 GiB from a fast origin keeps less than 8 MiB of it alive', async (t) => {
  const origin = peer('origin', GIB);
  const originPort = await said(origin);
  try {
    await withGateway(t, { routes: `play: * -> "http://127.0.0.1:${originPort}"`, originPort }, async (proxy) => {
      const before = { aliveBytes: heapBytes(), rssBytes: process.memoryUsage.rss() };
      const { result: bytes, aliveBytes, rssBytes } = await peakWhile(said(peer('client', proxy.port)));
      const grownBytes = aliveBytes - before.aliveBytes;
      t.diagnostic(`${mib(grownBytes)} MiB more alive, RSS ${mib(before.rssBytes)} MiB and up to ${mib(rssBytes)}`);
      assert.ok(bytes > GIB, `${bytes} bytes came`);
      assert.ok(grownBytes < GROWTH_BYTES, `${mib(grownBytes)} MiB more`);
    });
  } finally {
    origin.kill();
  }
});
