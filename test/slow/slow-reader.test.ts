import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { withGateway } from '../faults/kit.ts';

const GIB = 1 << 30;
/** What the gateway may take for a body of any length. Source: issue 4 §1. */
const GROWTH_BYTES = 32 << 20;
/** A first answer, through the same route: memory that any traffic takes, such as that of compiled code. */
const FIRST_BYTES = 1 << 20;

function mib(bytes: number): number {
  return Math.round(bytes / (1 << 20));
}

/** Runs peer.ts. */
function peer(role: 'origin' | 'client', argument: number): ChildProcess {
  const file = join(import.meta.dirname, '..', 'faults', 'peer.ts');
  return spawn(process.execPath, [file, role, String(argument)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function said(child: ChildProcess): Promise<number> {
  const [text] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return Number(text);
}

/** The most that was resident of this process while `run` was under way, uncollected garbage included. */
async function peakWhile<T>(run: Promise<T>): Promise<{ result: T; rssBytes: number }> {
  let rssBytes = 0;
  const sampler = setInterval(() => {
    rssBytes = Math.max(rssBytes, process.memoryUsage.rss());
  }, 20);
  const result = await run.finally(() => clearInterval(sampler));
  return { result, rssBytes };
}

test('a slow reader of 1 GiB from a fast origin takes less than 32 MiB', async (t) => {
  const [first, origin] = [peer('origin', FIRST_BYTES), peer('origin', GIB)];
  const [firstPort, originPort] = [await said(first), await said(origin)];
  const routes = `first: Path("/first") -> "http://127.0.0.1:${firstPort}"; play: * -> "http://127.0.0.1:${originPort}"`;
  try {
    await withGateway(t, { routes, originPort }, async (proxy) => {
      await fetch(`http://127.0.0.1:${proxy.port}/first`).then((response) => response.bytes());
      const before = process.memoryUsage.rss();
      const { result: bytes, rssBytes } = await peakWhile(said(peer('client', proxy.port)));
      t.diagnostic(`RSS ${mib(before)} MiB and up to ${mib(rssBytes)}`);
      assert.ok(bytes > GIB, `${bytes} bytes came`);
      assert.ok(rssBytes - before < GROWTH_BYTES, `${mib(rssBytes - before)} MiB more`);
    });
  } finally {
    first.kill();
    origin.kill();
  }
});
