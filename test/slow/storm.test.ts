import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Worker } from 'node:worker_threads';
import { readConfig } from '../../src/config/index.ts';
import { startGateway } from '../../src/gateway/start-gateway.ts';
import type { Deliver, Source, SourceFile } from '../../src/sources/index.ts';
import { ask } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { Folder } from '../kit/folder.ts';
import { KeepAliveClient } from '../kit/keep-alive-client.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const RELOADS = 1000;
const CLIENTS = 6;
const STABLE = 40;
const VOLATILE = 40;
/** Heap that may be left over when nothing leaks: caches that fill, code that is compiled. */
const SLACK_BYTES = 4 * 2 ** 20;
/** File descriptors, timers and handles that may be more at the end: connections to the origin come and go. */
const SLACK_RESOURCES = 2 * CLIENTS;

/** Tells which handles and timers its data thread has, and counts its instances. */
const WITNESS = `import { threadId } from 'node:worker_threads';
let open = 0;
export const witness = {
  name: 'witness',
  create() {
    open++;
    const body = () => JSON.stringify({ thread: threadId, open, resources: process.getActiveResourcesInfo().length });
    return { request: (ctx) => ctx.serve({ status: 200, body: body() }), close: () => open-- };
  },
};
`;

/** Files as they would be on disk, delivered at once: a load is done before the next one begins. */
class Feed implements Source {
  #deliver: Deliver = () => undefined;
  readonly #first: readonly SourceFile[];

  constructor(first: readonly SourceFile[]) {
    this.#first = first;
  }

  async start(deliver: Deliver): Promise<void> {
    this.#deliver = deliver;
    this.put(this.#first);
  }

  put(files: readonly SourceFile[]): void {
    this.#deliver({ put: files, remove: [], faults: [] });
  }

  async close(): Promise<void> {}
}

/** The files of one round. All versions in a round are the number of the round, so that a mixture shows. */
function filesOf(round: number, origin: number): SourceFile[] {
  const stable = Array.from(
    { length: STABLE },
    (_, at) => `stable_${at}: Path("/stable/${at}") -> inlineContent("stable ${at}") -> <shunt>;`,
  );
  const volatiles = Array.from({ length: VOLATILE }, (_, at) => {
    // Each route is there in most rounds only, and in every second round it changes.
    if ((round + at) % 7 === 0) return '';
    const version = round - ((round + at) % 2);
    return `volatile_${at}: Path("/volatile/${at}") -> inlineContent("volatile ${at} ${version}") -> <shunt>;`;
  });
  const pair = ['a', 'b'].map((id) => `pair_${id}: Path("/pair/${id}") -> inlineContent("pair ${round}") -> <shunt>;`);
  const proxied = `proxied: Path("/proxied") -> setRequestHeader("X-Round", "${round}") -> "http://127.0.0.1:${origin}";`;
  const witness = `witness: Path("/witness") -> witness(${round}) -> <shunt>;`;
  // Every fifth version of this one is broken: the one before stays.
  const mistake = round % 5 === 0 ? 'broken: Path("/broken" -> nonsense' : '';
  const fragile = `fragile: Path("/fragile") -> inlineContent("fragile ${round}") -> <shunt>;`;
  return [
    // The stable ones move about between comments, and from file to file.
    { name: 'a.eskip', text: [`// round ${round}`, ...stable.slice(0, 20 + (round % 3)), pair[0]].join('\n') },
    { name: 'b.eskip', text: [pair[1], ...stable.slice(20 + (round % 3)), ...volatiles, proxied, witness].join('\n') },
    { name: 'c.eskip', text: `${fragile}\n${mistake}` },
  ];
}

class Storm {
  /** The round whose load has begun, and the one whose load is done. */
  begun = 1;
  done = 1;
  asked = 0;
  over = false;
  readonly wrong: string[] = [];

  check(path: string, status: number, body: string, before: number): void {
    this.asked++;
    const [, kind, id = ''] = path.split('/');
    if (!this.#isRight(kind, id, status, body, before)) this.wrong.push(`${path}: ${status} ${body} (${before})`);
  }

  #isRight(kind: string | undefined, id: string, status: number, body: string, before: number): boolean {
    if (kind === 'stable') return status === 200 && body === `stable ${id}`;
    const round = Number(body.split(' ').at(-1));
    if (kind === 'volatile' && status === 404) return this.#rounds(before).some((r) => (r + Number(id)) % 7 === 0);
    if (status !== 200) return false;
    if (kind === 'volatile') return body.startsWith(`volatile ${id} `) && round >= before - 2 && round <= this.begun;
    if (kind === 'fragile') return round % 5 !== 0 && round >= before - 1 && round <= this.begun;
    return round >= before && round <= this.begun;
  }

  #rounds(before: number): number[] {
    return Array.from({ length: this.begun - before + 1 }, (_, at) => before + at);
  }
}

async function traffic(storm: Storm, port: number, seed: number): Promise<void> {
  const client = new KeepAliveClient(port);
  const paths = [
    ...Array.from({ length: STABLE }, (_, at) => `/stable/${at}`),
    ...Array.from({ length: VOLATILE }, (_, at) => `/volatile/${at}`),
    ...Array.from({ length: 10 }, () => ['/pair/a', '/proxied', '/fragile']).flat(),
  ];
  for (let at = seed; !storm.over; at += 7) {
    const path = paths[at % paths.length] as string;
    const before = storm.done;
    const { status, body } = await client.get(path);
    storm.check(path, status, body, before);
    if (path !== '/pair/a') continue;
    // What one connection saw of a generation in one place, it sees in the other.
    const other = await client.get('/pair/b');
    const [a, b] = [body, other.body].map((text) => Number(text.split(' ')[1]));
    if (!((b as number) >= (a as number))) storm.wrong.push(`half a generation: ${body}, then ${other.body}`);
  }
  client.close();
}

interface Footprint {
  heapBytes: number;
  /** File descriptors of the process; handles and timers of all threads. */
  descriptors: number;
  resources: number;
  /** Instances of one filter that are not closed. */
  instances: number;
}

/** What is in use when garbage is gone. */
async function footprint(workers: readonly Worker[], port: number): Promise<Footprint> {
  collectGarbage();
  let heapBytes = process.memoryUsage().heapUsed;
  for (const worker of workers) {
    // Taking a snapshot is what makes another thread collect its garbage.
    for await (const _ of await worker.getHeapSnapshot());
    heapBytes += (await worker.getHeapStatistics()).used_heap_size;
  }
  const told = new Map<number, { resources: number; open: number }>();
  await eventually('word of each thread', async () => {
    const { thread, ...facts } = JSON.parse((await ask({ port, target: '/witness' })).body);
    return told.set(thread, facts).size === workers.length;
  });
  const sum = (count: (facts: { resources: number; open: number }) => number): number =>
    [...told.values()].reduce((total, facts) => total + count(facts), 0);
  return {
    heapBytes,
    descriptors: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().length + sum(({ resources }) => resources),
    instances: sum(({ open }) => open),
  };
}

it(`serves without a flaw through ${RELOADS} reloads`, { timeout: 100_000 }, async () => {
  await using folder = await Folder.make({ 'filters/witness.js': WITNESS });
  const workers: Worker[] = [];
  const noteWorker = (worker: Worker): void => {
    // Probes come and go.
    if (worker.threadName !== 'probe') workers.push(worker);
  };
  process.on('worker', noteWorker);
  const origin = createServer((request, response) => response.end(`origin ${request.headers['x-round']}`));
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  const originPort = (origin.address() as AddressInfo).port;
  const feed = new Feed(filesOf(1, originPort));
  const places = ['--address=127.0.0.1:0', '--support-listener=127.0.0.1:0', `--filters-dir=${folder.at('filters')}`];
  const quiet = ['--access-log-disabled', `--application-log=${folder.at('log')}`];
  const gateway = await startGateway(readConfig([...places, ...quiet, '--workers=2', '--shutdown-timeout=1s']), [feed]);
  const storm = new Storm();
  const clients = Array.from({ length: CLIENTS }, (_, at) => traffic(storm, gateway.port, at * 13));
  try {
    let halfway: Footprint | null = null;
    for (let round = 2; round <= RELOADS && storm.wrong.length === 0; round++) {
      storm.begun = round;
      feed.put(filesOf(round, originPort));
      await gateway.idle();
      storm.done = round;
      if (round === RELOADS / 2) halfway = await footprint(workers, gateway.port);
    }
    const end = await footprint(workers, gateway.port);
    storm.over = true;
    await Promise.all(clients);
    assert.deepEqual(storm.wrong.slice(0, 5), []);
    assert.ok(storm.asked > RELOADS, `only ${storm.asked} requests`);
    assert.equal(workers.length, 2, 'no thread died');
    const log = await folder.read('log');
    assert.equal(log.match(/ERROR c\.eskip:2:/g)?.length, RELOADS / 5);
    assert.equal(log.match(/INFO mended file=c\.eskip/g)?.length, RELOADS / 5 - 1);
    assert.equal(log.match(/ERROR (?!c\.eskip:2:)/g), null);
    const report = JSON.stringify({ halfway, end });
    assert.ok(halfway !== null);
    assert.ok(end.heapBytes - halfway.heapBytes < SLACK_BYTES, report);
    assert.ok(end.descriptors <= halfway.descriptors + SLACK_RESOURCES, report);
    assert.ok(end.resources <= halfway.resources + SLACK_RESOURCES, report);
    assert.ok(end.instances <= 2 * workers.length, report);
  } finally {
    storm.over = true;
    await Promise.allSettled(clients);
    await gateway.close();
    process.off('worker', noteWorker);
    origin.closeAllConnections();
    origin.close();
  }
});
