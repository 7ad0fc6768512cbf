import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const BIN = join(import.meta.dirname, '..', '..', 'dist', 'src', 'bin.js');
const RELOADS = 5;
const WARM_UP_MS = 1000;

/** What the traffic saw since it was asked last. */
interface Seen {
  longestMs: number;
  p99Ms: number;
  requests: number;
  /** Socket errors and answers that are not those of the route that was asked for. */
  wrong: string[];
  /** By version: when an answer showed it first, in ms since the epoch. */
  firstSeenAt: Record<string, number>;
}

/** Figures of reloads of which a tenth of the routes changes, one data thread, medians. */
export interface ReloadFigures extends Record<string, number> {
  routes: number;
  /** From the start of the process to the first answer. */
  'start ms': number;
  /** From the write of the file to the first answer of the new version. */
  'live ms': number;
  'longest wait ms': number;
  /** The same while nothing is reloaded. */
  'calm ms': number;
  /** Resident memory after the first load and after the last reload. */
  'RSS MiB': number;
  'RSS after MiB': number;
}

/** Starts a gateway with this many routes and reloads a tenth of them, while requests run. */
export async function benchReload(routes: number): Promise<ReloadFigures> {
  const scratch = mkdtempSync(join(tmpdir(), 'sluice-reload-'));
  const file = join(scratch, 'routes.eskip');
  writeFileSync(file, textOf(routes, 0));
  const startedAt = performance.now();
  const gateway = await startGateway(file);
  const startMs = performance.now() - startedAt;
  const traffic = new Traffic(gateway.port, routes);
  try {
    await setTimeout(WARM_UP_MS);
    const before = residentMiB(gateway.pid);
    await traffic.seen();
    await setTimeout(WARM_UP_MS);
    const calm = await traffic.seen();
    const live: number[] = [];
    const waits: number[] = [];
    for (let version = 1; version <= RELOADS; version++) {
      const { liveMs, longestMs } = await reload(file, textOf(routes, version), version, traffic);
      live.push(liveMs);
      waits.push(longestMs);
    }
    return {
      routes,
      'start ms': Math.round(startMs),
      'live ms': Math.round(median(live)),
      'longest wait ms': round(median(waits)),
      'calm ms': round(calm.longestMs),
      'RSS MiB': before,
      'RSS after MiB': residentMiB(gateway.pid),
    };
  } finally {
    await traffic.stop();
    gateway.stop();
    rmSync(scratch, { recursive: true });
  }
}

async function reload(
  file: string,
  text: string,
  version: number,
  traffic: Traffic,
): Promise<{ liveMs: number; longestMs: number }> {
  await setTimeout(500);
  await traffic.seen();
  writeFileSync(file, text);
  const writtenAt = performance.timeOrigin + performance.now();
  // Long enough that the wait for tidying up is seen too.
  for (let waitedMs = 0; ; waitedMs += 500) {
    await setTimeout(500);
    const seen = await traffic.seen(false);
    if (seen.wrong.length > 0) throw new Error(`${seen.wrong.length} wrong answers, such as ${seen.wrong[0]}`);
    const at = seen.firstSeenAt[version];
    if (at !== undefined && waitedMs >= 500) return { liveMs: at - writtenAt, longestMs: seen.longestMs };
    if (waitedMs > 30_000) throw new Error('the reload did not come into use');
  }
}

/** Three predicates and four filters a route; a tenth of them shows `version`. */
function textOf(routes: number, version: number): string {
  const lines = Array.from({ length: routes }, (_, at) => {
    const predicates = `Path("/api/v1/resource${at}/:id") && Method("GET") && Header("X-Version", "1")`;
    const shown = `setResponseHeader("X-Route", "${at} ${at % 10 === 0 ? version : 0}")`;
    return `route_${at}: ${predicates}\n  -> ${shown} -> setPath("/items/${at}") -> inlineContent("ok") -> <shunt>;`;
  });
  return lines.join('\n');
}

async function startGateway(file: string): Promise<{ port: number; pid: number; stop(): void }> {
  const flags = ['--address', '127.0.0.1:0', '--support-listener', '', '--workers', '1', '--access-log-disabled'];
  const child = spawn(process.execPath, ['--no-maglev', BIN, 'run', ...flags, '--routes-file', file], {
    cwd: tmpdir(),
  });
  let output = '';
  for await (const chunk of child.stderr) {
    output += chunk;
    const port = /serving.*?port\W+(\d+)/.exec(output)?.[1];
    if (port === undefined) continue;
    child.stderr.resume();
    return { port: Number(port), pid: child.pid ?? 0, stop: () => void child.kill('SIGKILL') };
  }
  throw new Error(`the gateway did not start: ${output}`);
}

/** Requests on eight connections, one a millisecond each, from a thread that does nothing else. */
class Traffic {
  readonly #worker: Worker;

  constructor(port: number, routes: number) {
    this.#worker = new Worker(TRAFFIC, { eval: true, workerData: { port, routes } });
  }

  /** What was seen since the last call that forgot it. */
  seen(forget = true): Promise<Seen> {
    return new Promise((resolve) => {
      this.#worker.once('message', resolve);
      this.#worker.postMessage(forget);
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

const TRAFFIC = `
const { connect } = require('node:net');
const { parentPort, workerData: { port, routes } } = require('node:worker_threads');
let waits = [], wrong = [], firstSeenAt = {};
for (let number = 0; number < 8; number++) {
  const socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1');
  let at = 0, sentAt = 0;
  const send = () => {
    at = Math.floor(Math.random() * routes / 10) * 10;
    sentAt = performance.now();
    socket.write('GET /api/v1/resource' + at + '/7 HTTP/1.1\\r\\nhost: bench\\r\\nx-version: 1\\r\\n\\r\\n');
  };
  socket.on('connect', send);
  socket.on('error', (error) => wrong.push(error.message));
  socket.on('data', (text) => {
    const now = performance.now();
    waits.push(now - sentAt);
    const [, route, version] = /X-Route: (\\d+) (\\d+)/i.exec(text) ?? [];
    if (!text.startsWith('HTTP/1.1 200') || Number(route) !== at) wrong.push(at + ': ' + text);
    else firstSeenAt[version] ??= performance.timeOrigin + now;
    setTimeout(send, 1);
  });
}
parentPort.on('message', (forget) => {
  waits.sort((a, b) => a - b);
  const p99Ms = waits[Math.floor(waits.length * 0.99)] ?? 0;
  parentPort.postMessage({ longestMs: waits.at(-1) ?? 0, p99Ms, requests: waits.length, wrong, firstSeenAt });
  if (forget) waits = [];
});
`;

function residentMiB(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return Math.round(Number(kib) / 1024);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
