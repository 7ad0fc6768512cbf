import assert from 'node:assert/strict';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import { eventually } from '../../kit/eventually.ts';
import { Folder } from '../../kit/folder.ts';
import { SluiceProcess } from '../../kit/sluice-process.ts';
import { SteadyTraffic } from '../../kit/steady-traffic.ts';

const THREADS = 2;
const MAX_OLD = 3;
/** With SLUICE_SLOW=1 there are so many changes that memory tells; they take some minutes. */
const IS_SLOW = process.env['SLUICE_SLOW'] === '1';
const CHANGES = IS_SLOW ? 2000 : 14;
/** Memory that may be more at the end than at half the way: a thread that is being renewed, and garbage. */
const SLACK_BYTES = 48 * 2 ** 20;

const saying = (version: number): string =>
  `export const x = { name: 'x', create: () => ({ request: (ctx) => ctx.serve({ status: 200, body: 'version ${version}' }) }) };\n// ${'.'.repeat(20_000)}`;

it('renews data threads that hold old modules, and no request fails of it', {
  timeout: 50_000 + 2000 * CHANGES,
}, async () => {
  // An origin whose answer goes on until the test is over.
  const origin = createServer((_request, response) => {
    const timer = setInterval(() => response.write('more\n'), 20);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  const routes = `steady: Path("/steady") -> inlineContent("steady") -> <shunt>;
x: Path("/x") -> x() -> <shunt>;
stream: Path("/stream") -> "http://127.0.0.1:${(origin.address() as AddressInfo).port}";`;
  await using folder = await Folder.make({ 'filters/x.ts': saying(0), 'routes/main.eskip': routes });
  const options = ['--access-log-disabled', `--thread-max-old-modules=${MAX_OLD}`, '--idle-timeout-server=2s'];
  await using running = await SluiceProcess.run(options, { cwd: folder.path });
  const stream = await streaming(running.port);
  const traffic = new SteadyTraffic(running.port, [
    { path: '/steady', isRight: ({ status, body }) => status === 200 && body === 'steady' },
    { path: '/x', isRight: ({ status, body }) => status === 200 && /^version \d+$/.test(body) },
  ]);
  let halfwayBytes = 0;
  for (let version = 1; version <= CHANGES; version++) {
    await folder.write('filters/x.ts', saying(version));
    await eventually('it to be live', async () => (await newcomer(running)) === `version ${version}`);
    if (version === Math.floor(CHANGES / 2)) halfwayBytes = await residentBytes(running);
  }
  // Each thread gets old modules by each change.
  const renewals = Math.floor((CHANGES / (MAX_OLD + 1)) * THREADS) - THREADS;
  await eventually(
    'the threads to be renewed',
    async () => ((await running.metric('sluice_thread_renewals_total')) ?? 0) >= renewals,
  );
  const held = (await running.metric('sluice_old_modules')) ?? Number.NaN;
  assert.ok(held <= THREADS * (MAX_OLD + 1), `${held} old modules are held`);
  const grown = (await residentBytes(running)) - halfwayBytes;
  if (IS_SLOW) assert.ok(grown < SLACK_BYTES, `${grown} bytes more than at half the way`);
  assert.deepEqual(await traffic.stop(), []);
  assert.ok(traffic.answered > CHANGES);
  assert.equal(await running.metric('sluice_thread_deaths_total'), 0);
  // What a thread counted that is gone still counts.
  const { body } = await running.support('/metrics');
  const counted = [...body.matchAll(/^sluice_serve_route_count\{[^}]*route="steady"[^}]*\} (\d+)$/gm)];
  const answered = counted.reduce((sum, [, count]) => sum + Number(count), 0);
  assert.ok(answered === 0 || answered * 3 > traffic.answered, `${answered} of about ${traffic.answered / 2} counted`);
  assert.equal(stream.isCut(), false, 'a stream outlives the renewal of its thread');
  stream.close();
  origin.closeAllConnections();
  origin.close();
});

/**
 * What a new connection is answered. One that comes in the moment in which a thread closes its door is reset by the system,
 * unless net.ipv4.tcp_migrate_req is on: it may come again.
 */
async function newcomer(running: SluiceProcess): Promise<string | null> {
  return (await running.get('/x').catch(() => null))?.body ?? null;
}

async function residentBytes(running: SluiceProcess): Promise<number> {
  return (await running.metric('sluice_process_resident_memory_bytes')) ?? Number.NaN;
}

/** A response that goes on and on. */
async function streaming(port: number): Promise<{ isCut(): boolean; close(): void }> {
  let over = false;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ port, path: '/stream', agent: false }, resolve).on('error', reject);
  });
  for (const event of ['end', 'close', 'error']) response.on(event, () => (over = true));
  response.resume();
  return { isCut: () => over, close: () => response.destroy() };
}

it('imports what takes long to load in new threads: nobody waits for it', { timeout: 60_000 }, async () => {
  const who = `import { threadId } from 'node:worker_threads';
export const who = { name: 'who', create: () => ({ request: (ctx) => ctx.serve({ status: 200, body: String(threadId) }) }) };`;
  await using folder = await Folder.make({
    'filters/who.ts': who,
    'routes/main.eskip': 'who: Path("/who") -> who() -> <shunt>;',
  });
  await using running = await SluiceProcess.run(['--access-log-disabled'], { cwd: folder.path });
  const before = new Set<string>();
  await eventually('both threads', async () => before.add((await running.get('/who')).body).size === 2);
  const traffic = new SteadyTraffic(running.port, [
    { path: '/who', isRight: ({ status, body }) => status === 200 && /^\d+$/.test(body) },
  ]);
  const busy = `let sum = 0;
for (let at = 0; at < 500_000_000; at++) sum += at % 7;
export const kept = sum;
export const heavy = { name: 'heavy', create: () => ({ request: (ctx) => ctx.serve({ status: 200, body: 'heavy' }) }) };`;
  await folder.write('routes/heavy.eskip', 'heavy: Path("/heavy") -> heavy() -> <shunt>;');
  await folder.write('filters/heavy.ts', busy);
  await eventually('it to be live', async () => (await running.get('/heavy').catch(() => null))?.body === 'heavy');
  await eventually('new threads', async () => (await running.metric('sluice_thread_renewals_total')) === 2);
  await eventually('them alone to answer', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => running.get('/who').catch(() => null)));
    return answers.every((answer) => answer !== null && !before.has(answer.body));
  });
  assert.deepEqual(await traffic.stop(), []);
  assert.equal(await running.metric('sluice_thread_deaths_total'), 0);
});
