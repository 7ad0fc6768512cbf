import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../kit/eventually.ts';
import { Folder } from '../../kit/folder.ts';
import { SluiceProcess, sluice } from '../../kit/sluice-process.ts';
import { SteadyTraffic } from '../../kit/steady-traffic.ts';

/** A drop-in that is good but for what it does when it is loaded. */
const withTop = (top: string): string => `${top}\nexport const it = { name: 'hostile', create: () => ({}) };`;

/** What a drop-in does when it is loaded, and what is said of it, with the place. */
const HOSTILE: readonly (readonly [what: string, text: string, said: RegExp])[] = [
  ['loops for ever', withTop('for (;;);'), /^filters\/x\.ts:1:\d+: .*did not finish loading within 1\.5 s/],
  [
    'waits for ever',
    withTop('await new Promise(() => {});'),
    /^filters\/x\.ts:1:1: .*did not finish loading within 1\.5 s/,
  ],
  ['ends the process', withTop('\nprocess.exit(0);'), /^filters\/x\.ts:2:9: .*process\.exit\(0\) was called/],
  ['aborts the process', withTop('process.abort();'), /^filters\/x\.ts:1:9: .*process\.abort\(\) was called/],
  [
    'takes all memory',
    withTop('for (const all = []; ; ) all.push(new Array(100000).fill({}));'),
    /^filters\/x\.ts:1:\d+: .*(MiB of memory|did not finish)/,
  ],
  [
    'patches what all share',
    withTop('Array.prototype.push = () => 0;'),
    /^filters\/x\.ts:1:1: .*changes Array\.prototype\.push/,
  ],
  [
    'patches a map',
    withTop('Map.prototype.get = () => undefined;'),
    /^filters\/x\.ts:1:1: .*changes Map\.prototype\.get/,
  ],
  ['changes the directory', withTop(`process.chdir('/');`), /^filters\/x\.ts:1:9: .*process\.chdir\(\)/],
  [
    'throws in a timer',
    withTop(`setTimeout(() => { throw new Error('late'); });`),
    /^filters\/x\.ts:1:\d+: .*outside of any call: late/,
  ],
  [
    'throws a text in a timer',
    withTop(`setTimeout(() => { throw 'text'; });`),
    /^filters\/x\.ts:1:1: .*outside of any call: threw text/,
  ],
  ['rejects', withTop('Promise.reject({});'), /^filters\/x\.ts:1:1: .*outside of any call: threw \{\}/],
  [
    'throws a proxy',
    withTop('throw new Proxy({}, { getPrototypeOf() { throw 1; } });'),
    /^filters\/x\.ts:1:1: .*cannot be looked at/,
  ],
];

/** What a filter does where an instance is made, and what is said of the route. */
const HOSTILE_CREATE: readonly (readonly [what: string, create: string, said: RegExp])[] = [
  [
    'loops for ever',
    'for (;;);',
    /^routes\/x\.eskip:1:18: .*hostile: create did not return within 1 s \(filters\/x\.ts:1:/,
  ],
  ['ends the process', 'process.exit(1);', /^routes\/x\.eskip:1:\d+: .*process\.exit\(1\) was called/],
];

const OPTIONS = [
  '--access-log-disabled',
  '--drop-in-load-timeout=1500ms',
  '--thread-stall-timeout=1s',
  '--thread-max-heap-mb=64',
];

describe('a drop-in that is hostile while it is loaded', { timeout: 120_000 }, () => {
  let folder: Folder;
  let running: SluiceProcess;
  let traffic: SteadyTraffic;

  before(async () => {
    folder = await Folder.make({
      'filters/empty.txt': '',
      'routes/main.eskip': 'steady: Path("/steady") -> inlineContent("steady") -> <shunt>;',
    });
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
    assert.equal(code, 0, 'it stops when it is asked to');
  });

  const invalid = async (): Promise<string> => (await running.support('/routes?invalid=true')).body;

  for (const [what, text, said] of HOSTILE) {
    it(`and ${what} is an error at its file, and nothing else happens`, async () => {
      await folder.write('filters/x.ts', text);
      await eventually('it to be told', async () => said.test(await invalid()));
      assert.equal(await running.metric('sluice_thread_deaths_total'), 0);
    });
  }

  for (const [what, create, said] of HOSTILE_CREATE) {
    it(`or ${what} where an instance is made is an error of the route`, async () => {
      await folder.write('filters/x.ts', `export const it = { name: 'hostile', create() { ${create} } };`);
      await folder.write('routes/x.eskip', 'x: Path("/x") -> hostile() -> <shunt>;');
      await eventually('it to be told', async () => said.test(await invalid()));
      assert.equal(await running.metric('sluice_thread_deaths_total'), 0);
      await folder.remove('routes/x.eskip');
    });
  }

  it('holds up no other change', async () => {
    await folder.write('filters/x.ts', withTop('await new Promise(() => {});// again'));
    await folder.write('routes/y.eskip', 'y: Path("/y") -> status(204) -> <shunt>;');
    await running.untilAll('/y', ({ status }) => status === 204);
    await folder.write('filters/x.ts', withTop(''));
    await eventually('it to be mended', async () => (await invalid()) === '');
  });
});

describe('sluice check', { timeout: 120_000 }, () => {
  for (const [what, text, said] of HOSTILE.filter(([what]) => !/for ever|memory/.test(what))) {
    it(`says so of a drop-in that ${what}`, async () => {
      await using folder = await Folder.make({ 'filters/x.ts': text, 'routes/main.eskip': '* -> <shunt>' });
      const { code, out } = await sluice(['check', '--filters-dir', 'filters', 'routes'], { cwd: folder.path });
      assert.match(out, new RegExp(said.source, 'm'));
      assert.equal(code, 1);
    });
  }
});

describe('sluice match', { timeout: 120_000 }, () => {
  const predicate = (code: string): string =>
    `export const it = { kind: 'predicate', name: 'Mine', create: ([word]) => ({ match: (request) => { ${code} } }) };`;
  const match = (folder: Folder) =>
    sluice(['match', 'routes', '--filters-dir', 'filters', '--url', 'http://h/a', '--header', 'X-A: one'], {
      cwd: folder.path,
    });

  it('asks the predicates of drop-ins', async () => {
    await using folder = await Folder.make({
      'filters/x.ts': predicate(`return request.headers.get('x-a') === word;`),
      'routes/main.eskip': 'a: Mine("two") -> <shunt>; b: Mine("one") -> <shunt>; c: * -> <shunt>',
    });
    assert.deepEqual(await match(folder), { code: 0, out: '{"route":"b","params":{}}\n', err: '' });
  });
});
