import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadResult, runLoad } from './load.ts';
import { startOrigin } from './origin.ts';
import { PEERS, type Peer } from './peers.ts';
import { freePort } from './processes.ts';
import type { Workload } from './workloads.ts';

/** The medians of one peer in one workload. */
export interface Row {
  peer: string;
  workload: string;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** CPU time of the proxy's processes per request, in µs. */
  cpuMicros: number;
  residentMiB: number;
  errors: number;
  mibPerSecond: number;
}

interface Sample extends LoadResult {
  cpuMicros: number;
  residentMiB: number;
}

/** How long and how often. */
export interface CompareOptions {
  rounds: number;
  seconds: number;
  /** Names of the peers to run; empty: all. */
  only: readonly string[];
}

/** A proxy runs for days: what it compiles in its first seconds is not what a request costs. */
const WARM_UP_SECONDS = 3;

/** Runs every peer over the workload, interleaved round by round, and gives the medians. */
export async function compare(workload: Workload, options: CompareOptions): Promise<Row[]> {
  const peers = PEERS.filter(
    (peer) => peer.available(workload.setup) && (options.only.length === 0 || options.only.includes(peer.name)),
  );
  const samples = new Map<Peer, Sample[]>(peers.map((peer) => [peer, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const peer of peers) samples.get(peer)?.push(await sample(peer, workload, options.seconds));
  }
  return peers.map((peer) => medians(peer.name, workload.name, samples.get(peer) as Sample[]));
}

async function sample(peer: Peer, workload: Workload, seconds: number): Promise<Sample> {
  const scratch = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const origin = await startOrigin(scratch);
  const port = await freePort();
  const program = peer.start({ port, originPort: origin.port, scratch, setup: workload.setup });
  const idle: Socket[] = [];
  try {
    await program.listening(port);
    idle.push(...(await openIdle(port, workload.idleConnections ?? 0)));
    const { path, ...load } = workload.load;
    const url = `http://127.0.0.1:${port}${path}`;
    await runLoad({ ...load, url, seconds: WARM_UP_SECONDS }, scratch);
    const before = program.cpuMicros;
    const result = await runLoad({ ...load, url, seconds }, scratch);
    return { ...result, cpuMicros: (program.cpuMicros - before) / result.requests, residentMiB: program.residentMiB };
  } finally {
    for (const socket of idle) socket.destroy();
    await program.stop();
    await origin.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function openIdle(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let index = 0; index < count; index++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('connect', resolve));
    sockets.push(socket);
  }
  return sockets;
}

function medians(peer: string, workload: string, samples: readonly Sample[]): Row {
  const median = (read: (sample: Sample) => number): number => {
    const sorted = samples.map(read).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] as number;
  };
  return {
    peer,
    workload,
    requestsPerSecond: median((each) => each.requests / each.seconds),
    p50Ms: median((each) => each.p50Ms),
    p99Ms: median((each) => each.p99Ms),
    cpuMicros: median((each) => each.cpuMicros),
    residentMiB: median((each) => each.residentMiB),
    errors: median((each) => each.errors),
    mibPerSecond: median((each) => each.bytes / each.seconds / 1_048_576),
  };
}
