import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { eventually } from '../../kit/eventually.ts';
import { Folder } from '../../kit/folder.ts';
import { KeepAliveClient } from '../../kit/keep-alive-client.ts';
import { SluiceProcess } from '../../kit/sluice-process.ts';
import { SteadyTraffic } from '../../kit/steady-traffic.ts';

/** Says which data thread answered. */
const WHO = `import { threadId } from 'node:worker_threads';
export const who = {
  name: 'who',
  create: () => ({ request: (ctx) => ctx.serve({ status: 200, body: String(threadId) }) }),
};`;

/** A drop-in whose request hook does this, and then answers. */
const doing = (name: string, code: string): string =>
  `export const it = { name: '${name}', create: () => ({ async request(ctx) {
    ${code}
    ctx.serve({ status: 200, body: 'answered' });
  } }) };`;

const using = (id: string): string => `${id}: Path("/${id}") -> ${id}() -> <shunt>;\n`;

/** What a filter does that its thread outlives, the status of the request that does it, and what the log says. */
const SURVIVED: readonly (readonly [what: string, code: string, status: number, logged: RegExp])[] = [
  ['a rejection that nobody awaits', `Promise.reject(new Error('lost'));`, 200, /error=lost /],
  ['a throw in a timer', `setTimeout(() => { throw new Error('late'); });`, 200, /error=late /],
  ['a throw in a microtask', `queueMicrotask(() => { throw new Error('soon'); });`, 200, /error=soon /],
  ['a throw of no error', `setTimeout(() => { throw 'text'; });`, 200, /error="threw text" /],
  ['a rejection of no error', `Promise.reject({ odd: true });`, 200, /error="?threw \{.{1,2}odd.{1,2}:true\}/],
  [
    'a throw of what cannot be looked at',
    `setTimeout(() => { throw new Proxy({}, { get() { throw 1; } }); });`,
    200,
    /looked at/,
  ],
  [
    'an error of a socket that nobody hears',
    `(await import('node:net')).connect(1, '127.0.0.1');`,
    200,
    /ECONNREFUSED/,
  ],
  ['process.exit()', `process.exit(0);`, 500, /process\.exit\(0\) was called: a drop-in cannot end the gateway/],
  ['process.exit() in a timer', `setTimeout(() => process.exit(3));`, 200, /process\.exit\(3\) was called/],
  ['process.abort()', `process.abort();`, 500, /process\.abort\(\) was called/],
  ['a signal to itself', `process.kill(process.pid, 'SIGTERM');`, 500, /process\.kill\(\d+\) was called/],
  ['process.chdir()', `process.chdir('/');`, 500, /process\.chdir\(\) is not supported/],
  ['closing the port of its thread', `(await import('node:worker_threads')).parentPort.close();`, 200, /serving/],
];

/** What a filter does that its thread cannot outlive, and what the log says of the end. */
const DEADLY: readonly (readonly [what: string, code: string, logged: RegExp])[] = [
  ['a loop without end', `for (;;);`, /stood still.* culprit=filters\/f\.ts at=filters\/f\.ts:2:/],
  ['one behind an await', `await null;\n for (;;);`, /stood still.* culprit=filters\/f\.ts at=filters\/f\.ts:3:/],
  ['one in a timer', `setTimeout(() => { for (;;); });`, /stood still.* culprit=filters\/f\.ts at=filters\/f\.ts:2:/],
  [
    'waiting for ever',
    `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`,
    /stood still.* culprit=filters\/f\.ts /,
  ],
  [
    'memory without end',
    `for (const all = []; ; ) all.push(new Array(100000).fill({}));`,
    /(?:stood still|memory).* culprit=filters\/f\.ts /,
  ],
];

const OPTIONS = ['--access-log-disabled', '--thread-stall-timeout=500ms', '--thread-max-heap-mb=64'];
const STEADY =
  'steady: Path("/steady") -> inlineContent("steady") -> <shunt>;\nwho: Path("/who") -> who() -> <shunt>;\n';

describe('a filter that misbehaves outside of its request', { timeout: 120_000 }, () => {
  let folder: Folder;
  let running: SluiceProcess;
  let traffic: SteadyTraffic;

  before(async () => {
    const files: Record<string, string> = { 'filters/who.ts': WHO, 'routes/main.eskip': STEADY };
    SURVIVED.forEach(([, code], at) => {
      files[`filters/f${at}.ts`] = doing(`f${at}`, code);
      files[`routes/f${at}.eskip`] = using(`f${at}`);
    });
    folder = await Folder.make(files);
    running = await SluiceProcess.run(OPTIONS, { cwd: folder.path });
    traffic = new SteadyTraffic(running.port, [
      { path: '/steady', isRight: ({ status, body }) => status === 200 && body === 'steady' },
    ]);
  });

  after(async () => {
    const wrong = await traffic.stop();
    const { code } = await running.stop();
    await folder[Symbol.asyncDispose]();
    assert.deepEqual(wrong, []);
    assert.equal(code, 0);
  });

  for (const [at, [what, , status, logged]] of SURVIVED.entries()) {
    it(`harms nobody by ${what}`, async () => {
      assert.equal((await running.get(`/f${at}`)).status, status);
      await running.logged(logged);
      assert.equal(await running.metric('sluice_thread_deaths_total'), 0);
      assert.equal(await running.metric('sluice_threads'), 2);
      assert.deepEqual(traffic.wrong, []);
    });
  }

  it('harms nobody through a storm of reloads', async () => {
    const hostile = [
      'process.exit(0);',
      `throw new Error('at once');`,
      'Promise.reject({});',
      'Map.prototype.get = null;',
      'export const = 1;',
    ];
    for (let round = 1; round <= 20; round++) {
      const top = round % 2 === 0 ? '' : (hostile[(round >> 1) % hostile.length] as string);
      await folder.write(
        'filters/storm.ts',
        `${top}\n${doing('storm', `Promise.reject(new Error('round ${round}'));`)}`,
      );
      const routes = Array.from(
        { length: 20 },
        (_, at) => `storm${at}: Path("/storm/${at}") -> storm(${round}, ${at}) -> <shunt>;`,
      );
      await folder.write('routes/storm.eskip', routes.join('\n'));
      await Promise.all(Array.from({ length: 20 }, (_, at) => running.get(`/storm/${at}`)));
    }
    await running.untilAll('/storm/1', ({ body }) => body === 'answered');
    await running.logged(/error="?round 20/);
    assert.equal(await running.metric('sluice_thread_deaths_total'), 0);
    assert.deepEqual(traffic.wrong, []);
  });

  it('is counted, by drop-in', async () => {
    const { body } = await running.support('/metrics');
    for (const file of ['f0', 'f1', 'f2', 'f8'])
      assert.match(body, new RegExp(`_drop_in_errors_total{drop_in="filters/${file}\\.ts"} 1\n`));
    assert.doesNotMatch(running.err, /\?v=\d/);
  });
});

describe('a filter that ends its thread', { timeout: 120_000 }, () => {
  for (const [what, code, logged] of DEADLY) {
    it(`by ${what} costs that thread only, which is replaced`, async () => {
      await using folder = await Folder.make({
        'filters/who.ts': WHO,
        'filters/f.ts': doing('f', code),
        'routes/main.eskip': STEADY + using('f'),
      });
      await using running = await SluiceProcess.run(OPTIONS, { cwd: folder.path });
      const victim = new KeepAliveClient(running.port);
      const doomed = (await victim.get('/who')).body;
      const onlooker = await clientOfOther(running, doomed);
      const cut = victim.get('/f').catch((error: Error) => error);
      const states = new Set<string>();
      await eventually('the thread to be replaced', async () => {
        assert.equal((await onlooker.get('/steady')).body, 'steady');
        const { body } = await running.support('/health');
        for (const { state } of (JSON.parse(body) as { threads: { state: string }[] }).threads) states.add(state);
        assert.equal((await running.support('/ready')).status, 200);
        return /a data thread was replaced/.test(running.err);
      });
      assert.ok(states.has('being replaced'), [...states].join());
      assert.match(running.err.replaceAll('\n', ' '), logged);
      assert.equal(await running.metric('sluice_thread_deaths_total'), 1);
      await cut;
      await running.untilAll('/steady', ({ body }) => body === 'steady');
      onlooker.close();
      victim.close();
    });
  }

  it('three times in a minute is put out of use, until it is saved anew', async () => {
    await using folder = await Folder.make({
      'filters/who.ts': WHO,
      'filters/f.ts': doing('f', `if (ctx.request.headers.has('x-deadly')) for (;;);`),
      'routes/main.eskip': STEADY + using('f'),
    });
    await using running = await SluiceProcess.run(OPTIONS, { cwd: folder.path });
    await endThreeThreads(running, '/f', { 'X-Deadly': 'yes' });
    await running.untilAll('/f', ({ status }) => status === 503);
    await running.untilAll('/steady', ({ body }) => body === 'steady');
    assert.equal((await running.get('/f', { 'X-Deadly': 'yes' })).status, 503);
    await running.logged(
      /ERROR filters\/f\.ts:1:1: out-of-use: .*routes answer 503.* 3 data threads within 60 s.*filters\/f\.ts:2:/,
    );
    assert.match((await running.support('/health')).body, /"degraded".*out-of-use/);
    assert.equal(await running.metric('sluice_invalid_sources{source="filters/f.ts"}'), 1);
    await folder.write('filters/f.ts', doing('f', '// mended'));
    await running.untilAll('/f', ({ status, body }) => status === 200 && body === 'answered');
    await eventually('all to be well', async () => /"status":"ok"/.test((await running.support('/health')).body));
  });

  it('counts also as the script of a route', async () => {
    const looping = `script("async function request() { await null; for (;;); }")`;
    const routes = (filter: string): string => `${STEADY}s: Path("/s") -> ${filter} -> status(204) -> <shunt>;`;
    await using folder = await Folder.make({ 'filters/who.ts': WHO, 'routes/main.eskip': routes(looping) });
    await using running = await SluiceProcess.run(OPTIONS, { cwd: folder.path });
    await endThreeThreads(running, '/s');
    await running.untilAll('/s', ({ status }) => status === 503);
    await running.logged(/ERROR routes\/main\.eskip:3:1: out-of-use: the script is out of use/);
    await folder.write('routes/main.eskip', routes('comment("mended")'));
    await running.untilAll('/s', ({ status }) => status === 204);
  });
});

/** Asks for what ends a thread, three times; each time all others are there. */
async function endThreeThreads(running: SluiceProcess, path: string, headers = {}): Promise<void> {
  for (let deaths = 1; deaths <= 3; deaths++) {
    await running.get(path, headers).catch(() => undefined);
    await running.logged(new RegExp(`(?:a data thread was replaced[^]*){${deaths}}`));
  }
  await running.logged(/out-of-use/);
}

/** A kept connection to another data thread than this one. */
function clientOfOther(running: SluiceProcess, thread: string): Promise<KeepAliveClient> {
  return eventually('a connection to another thread', async () => {
    const client = new KeepAliveClient(running.port);
    if ((await client.get('/who')).body !== thread) return client;
    client.close();
    await setTimeout(1);
    return null;
  });
}
