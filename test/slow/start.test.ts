import assert from 'node:assert/strict';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { ask } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { Folder } from '../kit/folder.ts';
import { freePort } from '../kit/origin.ts';
import { SluiceProcess, sluice } from '../kit/sluice-process.ts';

const GOOD = 'good: Path("/good") -> inlineContent("good") -> <shunt>;\n';
const BAD = 'bad: Path("/bad") -> setResponseHeadr("X", "y") -> <shunt>;\n';
const HALF = GOOD + BAD;
const MENDED = HALF.replace('Headr', 'Header');

/** A gateway whose start may not succeed: its ports are known before. */
async function start(args: readonly string[], cwd: string) {
  const [port, support] = [await freePort(), await freePort()];
  const places = ['--address', `127.0.0.1:${port}`, '--support-listener', `127.0.0.1:${support}`, '--workers', '1'];
  const running = new SluiceProcess(['run', ...places, ...args], { cwd });
  const page = (target: string, headers = {}) => ask({ port: support, target, headers });
  const ready = (status: number) =>
    eventually(`/ready to be ${status}`, async () => {
      const answer = await page('/ready').catch(() => null);
      return answer?.status === status && !answer.body.includes('starting') ? answer : null;
    });
  const listens = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy() !== null));
      socket.on('error', () => resolve(false));
    });
  const get = (target: string) => ask({ port, target });
  return { running, page, ready, listens, get, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

describe('a start', { timeout: 300_000 }, () => {
  const causes: [
    what: string,
    break_: (folder: Folder) => unknown,
    mend: (folder: Folder) => unknown,
    reason: RegExp,
  ][] = [
    [
      'a mistake in a route file',
      (folder) => folder.write('routes/a.eskip', HALF),
      (folder) => folder.write('routes/a.eskip', MENDED),
      /^not ready\nroutes\/a\.eskip:2:22: unknown-filter: .*did you mean "setResponseHeader"\?\nbad: /,
    ],
    [
      'a folder of routes that is not there',
      () => undefined,
      async (folder) => {
        await folder.write('coming/a.eskip', GOOD);
        await rename(folder.at('coming'), folder.at('routes'));
      },
      /^not ready\nroutes: unreadable: no such file or directory\n$/,
    ],
    [
      'a broken drop-in',
      async (folder) => {
        await folder.write('routes/a.eskip', GOOD);
        await folder.write('filters/f.js', 'export const f = {');
      },
      (folder) => folder.write('filters/f.js', 'export const f = { name: "f", create: () => ({}) };'),
      /^not ready\nfilters\/f\.js:1:\d+: /,
    ],
  ];
  for (const [what, break_, mend, reason] of causes) {
    it(`with ${what} is not ready, says why, and serves as soon as it is mended`, async () => {
      await using folder = await Folder.make();
      await break_(folder);
      await using starting = await start(['--routes-file', 'routes'], folder.path);
      const { body } = await starting.ready(503);
      assert.match(body, reason);
      const { reasons, ready } = JSON.parse((await starting.page('/ready', { Accept: 'application/json' })).body);
      assert.deepEqual([ready, reasons.length], [false, 1]);
      assert.equal(await starting.listens(), false);
      await starting.running.logged(/WARN not serving until these were good once; they are watched files=/);
      await starting.running.logged(/--on-invalid route .* --allow-broken-start/);
      const health = JSON.parse((await starting.page('/health')).body);
      assert.deepEqual([health.status, health.ready, health.problems], ['degraded', false, reasons]);
      assert.match((await starting.page('/metrics')).body, /^sluice_ready 0$/m);
      await mend(folder);
      await starting.ready(200);
      assert.equal((await starting.get('/good')).body, 'good');
      assert.equal((await starting.running.stop()).code, 0);
    });
  }

  it('that waits is stopped as any other', async () => {
    await using folder = await Folder.make();
    await using starting = await start([], folder.path);
    await starting.ready(503);
    const { code, err } = await starting.running.stop();
    assert.equal(code, 0);
    assert.match(err, /INFO stopped\n$/);
  });

  it('serves meanwhile with --wait-first-route-load=false, and calls itself ready with --allow-broken-start', async () => {
    await using folder = await Folder.make({ 'routes/a.eskip': GOOD, 'routes/b.eskip': BAD });
    await using meanwhile = await start(['--wait-first-route-load=false'], folder.path);
    await meanwhile.running.logged(/INFO serving/);
    assert.equal((await meanwhile.get('/good')).body, 'good');
    await meanwhile.ready(503);
    await using broken = await start(['--allow-broken-start'], folder.path);
    await broken.ready(200);
    assert.equal((await broken.get('/good')).body, 'good');
  });

  it('with --on-invalid route leaves out the routes with errors, also later, and takes them when they are mended', async () => {
    await using folder = await Folder.make({ 'routes/a.eskip': HALF });
    await using starting = await start(['--on-invalid', 'route'], folder.path);
    await starting.ready(200);
    const { running, get, page } = starting;
    assert.deepEqual([(await get('/good')).body, (await get('/bad')).status], ['good', 404]);
    assert.match((await page('/routes?invalid=true')).body, /^routes\/a\.eskip:2:22: unknown-filter/);
    const from = running.err.length;
    await folder.write('routes/a.eskip', `${MENDED}third: Path("/third") -> status(299) -> <shunt>;\n`);
    await running.logged(/INFO reloaded routes\/a\.eskip: 2 added routes=3/, from);
    assert.equal((await page('/routes?invalid=true')).body, '');
    // A syntax error takes its own route only; the id of another file's route takes nothing away from that one.
    await folder.write(
      'routes/b.eskip',
      'good: * -> <shunt>;\nfourth: Path("/fourth") -> -> <shunt>;\nfifth: Path("/fifth") -> status(298) -> <shunt>;\n',
    );
    await running.logged(/INFO reloaded routes\/b\.eskip: 1 added routes=4/, from);
    const invalid = (await page('/routes?invalid=true')).body;
    assert.match(invalid, /b\.eskip:1:1: duplicate-id: .*a\.eskip:1:1/);
    assert.match(invalid, /b\.eskip:2:28: /);
    assert.equal((await get('/good')).body, 'good');
    await folder.write('routes/a.eskip', HALF);
    await running.logged(/INFO reloaded routes\/a\.eskip: 2 removed routes=2/, from);
    // What is wrong elsewhere stays known, and so does what can be used now.
    assert.match((await page('/routes?invalid=true')).body, /a\.eskip:2:22: .*b\.eskip:1:1: .*b\.eskip:2:28: /s);
    await folder.remove('routes/a.eskip');
    await running.logged(/INFO reloaded routes\/a\.eskip, routes\/b\.eskip: 1 changed/, from);
  });

  it('with inline routes that can never be served ends, and says why', async () => {
    await using folder = await Folder.make();
    const { code, err } = await sluice(
      [
        'run',
        '--address',
        '127.0.0.1:0',
        '--support-listener',
        '',
        '--inline-routes',
        'a: Path("/a") -> nope() -> <shunt>',
      ],
      { cwd: folder.path },
    );
    assert.equal(code, 2);
    assert.match(err, /sluice: option --inline-routes: inline-routes:1:18: unknown-filter: unknown filter "nope"/);
  });

  it('keeps what it serves when its folder goes, says so, and follows when it is back', async () => {
    await using folder = await Folder.make({ 'routes/a.eskip': GOOD });
    await using starting = await start([], folder.path);
    await starting.ready(200);
    await rename(folder.at('routes'), folder.at('away'));
    await starting.running.logged(/ERROR routes: unreadable: no such file or directory; what was loaded from it stays/);
    assert.equal((await starting.get('/good')).body, 'good');
    assert.equal((await starting.ready(200)).body, 'ready\n');
    assert.equal(JSON.parse((await starting.page('/health')).body).status, 'degraded');
    assert.match((await starting.page('/metrics')).body, /^sluice_invalid_sources\{source="routes"\} 1$/m);
    await mkdir(folder.at('routes'));
    await folder.write('routes/b.eskip', MENDED.replace('good', 'b'));
    await starting.running.logged(/INFO mended file=routes/);
    await eventually(
      'the new routes',
      async () => (await starting.get('/good')).status === 404 || (await starting.get('/bad')).headers['x'] === 'y',
    );
  });

  it('takes no code that others can write from a folder that nobody named, and says what it takes', async () => {
    const drop = (name: string): string => `export const ${name} = { name: '${name}', create: () => ({}) };`;
    await using folder = await Folder.make({
      'routes/a.eskip': GOOD,
      'filters/f.js': drop('f'),
      'filters/g.js': drop('g'),
    });
    await chmod(folder.at('filters/g.js'), 0o666);
    await using starting = await start([], folder.path);
    const { body } = await starting.ready(503);
    assert.match(
      body,
      /^not ready\nfilters\/g\.js: unreadable: not loaded, because everybody can write filters\/g\.js \(mode 0666\); .*--filters-dir\n$/,
    );
    await starting.running.logged(
      /WARN drop-ins are run as code: the folder was not named, but is there folders=\.\/filters files=filters\/f\.js\n/,
    );
    await chmod(folder.at('filters/g.js'), 0o644);
    await starting.ready(200);
    await using named = await start(['--filters-dir', 'filters'], folder.path);
    await chmod(folder.at('filters/g.js'), 0o666);
    await named.ready(200);
    await named.running.logged(/INFO drop-ins are run as code folders=filters files="filters\/f\.js, filters\/g\.js"/);
    await chmod(folder.at('filters'), 0o777);
    await using open = await start([], folder.path);
    assert.match((await open.ready(503)).body, /filters: unreadable: not loaded, because everybody can write filters /);
    await chmod(folder.at('filters'), 0o755);
    await chmod(folder.at('filters/g.js'), 0o644);
    await open.ready(200);
    await rm(folder.at('routes'), { recursive: true });
  });
});
