import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { collectGarbage, withGateway } from './kit.ts';

const GIB = 1 << 30;
/** What the gateway itself may take for a body of any length (issue 4 §1). */
const GROWTH_BYTES = 32 << 20;

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

/** The most memory this process had, but for what was dead, while `run` was under way. */
async function peakRss<T>(run: Promise<T>): Promise<{ result: T; peak: number }> {
  let peak = process.memoryUsage.rss();
  const sampler = setInterval(() => {
    // V8 lets 64 MiB of dead buffers pile up before it collects any, and more on a busy machine.
    collectGarbage();
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 50);
  const result = await run.finally(() => clearInterval(sampler));
  return { result, peak };
}

test('a slow reader of 1 GiB from a fast origin takes 32 MiB of memory at most, garbage aside', async (t) => {
  const origin = peer('origin', GIB);
  const originPort = await said(origin);
  try {
    await withGateway(t, { routes: `play: * -> "http://127.0.0.1:${originPort}"`, originPort }, async (proxy) => {
      const before = process.memoryUsage.rss();
      const { result: bytes, peak } = await peakRss(said(peer('client', proxy.port)));
      t.diagnostic(`RSS ${mib(before)} MiB before, ${mib(peak - before)} MiB more at its peak`);
      assert.ok(bytes > GIB, `${bytes} bytes came`);
      assert.ok(peak - before < GROWTH_BYTES, `${mib(peak - before)} MiB more`);
    });
  } finally {
    origin.kill();
  }
});
