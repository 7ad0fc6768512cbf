import assert from 'node:assert/strict';
import { mkdir, rename } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { ask } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { Folder } from '../kit/folder.ts';
import { Origin } from '../kit/origin.ts';
import { SluiceProcess } from '../kit/sluice-process.ts';
import { SteadyTraffic } from '../kit/steady-traffic.ts';

/** Logs its making and its end, and tells which one answered. */
const COUNTED = `let made = 0;
export const counted = {
  name: 'counted',
  create([version], { log }) {
    const instance = version + '.' + ++made;
    let requests = 0;
    log.info('made ' + instance);
    return {
      request: (ctx) => ctx.request.headers.set('X-Instance', instance + '/' + ++requests),
      response: (ctx) => ctx.response.headers.set('X-Version', version),
      close: () => log.info('closed ' + instance),
    };
  },
};`;

const say = (id: string, text: string | number): string =>
  `${id}: Path("/${id}") -> inlineContent("${text}") -> <shunt>;\n`;

describe('route files', { timeout: 120_000 }, () => {
  let folder: Folder;
  let running: SluiceProcess;
  let traffic: SteadyTraffic;

  before(async () => {
    folder = await Folder.make({
      'routes/steady.eskip': say('steady', 'steady'),
      'routes/a.eskip': say('a', 1),
      'filters/counted.ts': COUNTED,
      'volume/..1/k1.eskip': say('k1', 1),
      'volume/..1/k2.eskip': say('k2', 1),
    });
    await folder.link('volume/..data', '..1');
    for (const name of ['k1.eskip', 'k2.eskip']) await folder.link(`volume/${name}`, `..data/${name}`);
    const flags = ['--routes-file', 'routes', '--routes-file', 'volume', '--access-log-disabled'];
    running = await SluiceProcess.run(flags, { cwd: folder.path });
    traffic = new SteadyTraffic(running.port, [
      { path: '/steady', isRight: ({ status, body }) => status === 200 && body === 'steady' },
    ]);
  });

  after(async () => {
    assert.deepEqual(await traffic.stop(), []);
    assert.ok(traffic.answered > 100, `${traffic.answered} answers`);
    const { code } = await running.stop();
    await folder[Symbol.asyncDispose]();
    assert.equal(code, 0);
  });

  const isLive = (id: string, text: string | number): Promise<void> =>
    running.untilAll(`/${id}`, ({ body }) => body === String(text));
  const isGone = (id: string): Promise<void> => running.untilAll(`/${id}`, ({ status }) => status === 404);

  it('are live when written, renamed over, deleted and made again, moved, and gone when removed', async () => {
    await isLive('a', 1);
    await folder.write('routes/a.eskip', say('a', 2));
    await isLive('a', 2);
    await folder.replace('routes/a.eskip', say('a', 3));
    await isLive('a', 3);
    await folder.remove('routes/a.eskip');
    await folder.write('routes/a.eskip', say('a', 4));
    await isLive('a', 4);
    await rename(folder.at('routes/a.eskip'), folder.at('routes/b.eskip'));
    await folder.write('routes/c.eskip', say('c', 1));
    await isLive('c', 1);
    assert.equal((await running.get('/a')).body, '4');
    await folder.remove('routes/b.eskip');
    await isGone('a');
  });

  it('with a mistake keep their last good version, say where it is, and are clear again when it is mended', async () => {
    await folder.write('routes/d.eskip', say('d', 1) + say('e', 1));
    await isLive('e', 1);
    const from = running.err.length;
    await folder.write('routes/d.eskip', `${say('d', 2)}// changed\n${say('e', 2).replace('inline', 'online')}`);
    await folder.write('routes/f.eskip', 'f: Path("/f") -> <shunt>;\ng: Path(/x/ -> <shunt>;\nh: -> <shunt>;');
    const place = 'routes/d.eskip:3:18: unknown-filter: unknown filter "onlineContent"; did you mean "inlineContent"?';
    const invalid = async (): Promise<string> => (await running.support('/routes?invalid=true')).body;
    await eventually(
      'both files to be refused',
      async () => /d\.eskip/.test(await invalid()) && /f\.eskip/.test(await invalid()),
    );
    await running.logged(/ERROR routes\/d\.eskip:3:\d+: .*\n {2}e: Path.*\n +\^+\n/, from);
    assert.ok((await invalid()).includes(place), await invalid());
    // All errors of a file are told at once.
    assert.match(await invalid(), /routes\/f\.eskip:2:\d+: .*routes\/f\.eskip:3:\d+: /s);
    assert.equal(await running.metric('sluice_invalid_sources{source="routes/d.eskip"}'), 1);
    await isLive('d', 1);
    await isLive('e', 1);
    await isGone('f');
    await folder.write('routes/d.eskip', say('d', 2) + say('e', 2));
    await isLive('e', 2);
    await folder.remove('routes/f.eskip');
    await running.logged(/INFO mended file=routes\/d\.eskip/, from);
    await running.logged(/INFO mended file=routes\/f\.eskip/, from);
    assert.equal(await invalid(), '');
    assert.equal(await running.metric('sluice_invalid_sources{source="routes/d.eskip"}'), null);
  });

  it('of one id in two files: the one in use stays, and the other is told both places', async () => {
    await folder.write('routes/y.eskip', `// a line\n${say('twice', 'first')}`);
    await isLive('twice', 'first');
    const from = running.err.length;
    await folder.write('routes/x.eskip', say('twice', 'second'));
    await running.logged(/routes\/x\.eskip:1:1: duplicate-id: .*"twice".*routes\/y\.eskip:2:1/, from);
    await isLive('twice', 'first');
    await folder.remove('routes/y.eskip');
    await isLive('twice', 'second');
  });

  it('of a Kubernetes volume change all together, as one generation', async () => {
    const generation = (): Promise<number | null> => running.metric('sluice_generation');
    await isLive('k2', 1);
    const before = (await generation()) as number;
    for (const version of [2, 3]) {
      for (const id of ['k1', 'k2']) await folder.write(`volume/..${version}/${id}.eskip`, say(id, version));
      await folder.link('volume/..data', `..${version}`);
      await isLive('k1', version);
      assert.equal((await running.get('/k2')).body, String(version));
      assert.equal(await generation(), before + version - 1);
    }
  });

  it('are looked for where they were when the folder comes back', async () => {
    await rename(folder.at('volume'), folder.at('away'));
    await running.logged(/ERROR volume: unreadable: no such file or directory; what was loaded from it stays in use/);
    assert.equal((await running.get('/k1')).status, 200);
    await mkdir(folder.at('volume'));
    await isGone('k1');
    await folder.write('volume/late.eskip', say('late', 1));
    await isLive('late', 1);
  });

  it('leave routes whose definition is the same their filters, and close those of others after their last request', async () => {
    await using origin = await Origin.start(async (connection) => {
      for (;;) {
        const [, instance] = /x-instance: (\S+)/i.exec(await connection.head()) ?? [];
        const reply = `HTTP/1.1 200 OK\r\nContent-Length: ${instance?.length}\r\n\r\n${instance}`;
        if (instance?.startsWith('v1')) connection.write(reply);
        else held.push(() => connection.write(reply));
      }
    });
    const held: (() => void)[] = [];
    const counted = (version: string): string =>
      `counted: Path("/counted") -> counted("${version}") -> "${origin.url}";\n`;
    const from = running.err.length;
    const told = (event: string): string[] =>
      running.err.slice(from).match(new RegExp(`(?<=INFO ${event} )\\S+`, 'g')) ?? [];
    await folder.write('routes/k.eskip', counted('v1') + say('other', 1));
    await eventually('an instance in each thread', () => told('made').length === 2);
    await running.untilAll('/counted', ({ body }) => body.startsWith('v1'));
    // Nothing of it is new when its neighbour changes, it moves in its file, and comments come.
    await folder.write('routes/k.eskip', `// new\n${say('other', 2)}${counted('v1')}`);
    await isLive('other', 2);
    assert.deepEqual([told('made').length, told('closed')], [2, []]);
    const { body } = await running.get('/counted');
    assert.ok(Number(body.split('/')[1]) > 1, `${body} counts on`);

    await folder.write('routes/k.eskip', counted('v2') + say('other', 2));
    await eventually('both to be closed', () => told('closed').length === 2);
    const answer = running.get('/counted');
    const answerV2 = await eventually('a request under way', () => held.shift());
    await folder.write('routes/k.eskip', counted('v3') + say('other', 3));
    await isLive('other', 3);
    await eventually('the idle instance to be closed', () => told('closed').length === 3);
    answerV2();
    const { headers } = await answer;
    assert.equal(headers['x-version'], 'v2');
    await eventually('the other one to be closed', () => told('closed').length === 4);
    assert.deepEqual(told('closed').sort(), told('made').sort().slice(0, 4));
    await folder.remove('routes/k.eskip');
    await eventually('all to be closed', () => told('closed').length === 6);
    assert.equal((await ask({ port: running.port, target: '/counted' })).status, 404);
  });
});
