/**
 * Faults played on a whole gateway: an origin or clients that misbehave, and what must be left of it afterwards: nothing.
 * May import anything of src and test/kit. Times are recorded, never asserted.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually } from '../kit/eventually.ts';
import { startTestProxy, type TestProxy, type TestProxyOptions } from '../kit/proxy.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const RESOLUTION_MS = 5;

/** What a gateway in a test is made of, and may keep. */
export interface GatewayOptions extends TestProxyOptions {
  routes: string;
  /** The port of the origin, whose sockets must go too. */
  originPort?: number;
  /** Idle connections to origins that may be left; default 0. */
  idleUpstream?: number;
  /** How much the heap may have grown; default 8 MiB. */
  heapGrowthBytes?: number;
}

/**
 * Runs faults against a gateway and checks that they leave nothing behind: no connection, no exchange, no socket that the
 * kernel knows, no heap. The event loop's delay is told as a diagnostic.
 */
export async function withGateway(
  t: TestContext,
  options: GatewayOptions,
  run: (proxy: TestProxy) => Promise<void>,
): Promise<void> {
  const { routes, originPort, idleUpstream = 0, heapGrowthBytes = 8 << 20 } = options;
  const proxy = await startTestProxy(routes, options);
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const heapBefore = heapBytes();
  delay.enable();
  try {
    await run(proxy);
    delay.disable();
    await eventually('no exchange is left', () => proxy.listener.activeRequests === 0);
    await eventually('no client is left', () => proxy.listener.connections === 0);
    await eventually('no call is left', () => proxy.upstream.connections <= idleUpstream);
    proxy.finished.length = 0;
    proxy.failures.length = 0;
    let grownBytes = 0;
    // What a socket held goes with its handle, some turns later.
    await eventually('the heap is as it was', () => (grownBytes = heapBytes() - heapBefore) < heapGrowthBytes);
    t.diagnostic(
      `event loop: a turn of ${RESOLUTION_MS} ms takes ${ms(delay.percentile(99))} (p99), ${ms(delay.max)} (max)`,
    );
    t.diagnostic(`heap ${grownBytes >> 10} KiB more`);
  } finally {
    await proxy.close();
  }
  assert.equal(proxy.upstream.connections, 0);
  for (const port of [proxy.port, originPort ?? proxy.port])
    await eventually('no socket is left', () => socketsLeft(port) === 0);
}

function ms(nanoseconds: number): string {
  return (nanoseconds / 1e6).toFixed(1);
}

/** What is alive on the heap, buffers included. */
export function heapBytes(): number {
  collectGarbage();
  // What the first one found dead of buffers is swept beside, and counted as gone by the next.
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * Connections of a port of this machine that the kernel still knows, but for those that only wait for late segments
 * (TIME_WAIT) and the one that listens.
 */
export function socketsLeft(port: number): number {
  if (process.platform !== 'linux') return 0;
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1);
  return lines.filter((line) => {
    const [, local, remote, state] = line.trim().split(/\s+/);
    return (local?.endsWith(suffix) || remote?.endsWith(suffix)) && state !== '06' && state !== '0A';
  }).length;
}
