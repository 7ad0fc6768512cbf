import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../kit/eventually.ts';
import { Folder } from '../../kit/folder.ts';
import { KeepAliveClient } from '../../kit/keep-alive-client.ts';
import { SluiceProcess } from '../../kit/sluice-process.ts';
import { SteadyTraffic } from '../../kit/steady-traffic.ts';

/** The filter that the README tells a newcomer to save as filters/stamp.ts. */
function stampOfReadme(): string {
  const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');
  const [, code] = /Save this as `filters\/stamp\.ts`:\n\n```ts\n(.*?)```/s.exec(readme) ?? [];
  return code ?? assert.fail('the README has no filters/stamp.ts');
}

const ROUTES = `steady: Path("/steady") -> inlineContent("steady") -> <shunt>;
who: Path("/who") -> who() -> <shunt>;
`;

/** Says which data thread answered. */
const WHO = `import { threadId } from 'node:worker_threads';
export const who = {
  name: 'who',
  create: () => ({ request: (ctx) => ctx.serve({ status: 200, body: String(threadId) }) }),
};`;

/** A drop-in that answers with a text, named as the file. */
const saying = (name: string, text: string, more = ''): string =>
  `${more}export const it = { name: '${name}', create: () => ({ request: (ctx) => ctx.serve({ status: 200, body: ${text} }) }) };`;

const using = (id: string, filter = `${id}()`): string => `${id}: Path("/${id}") -> ${filter} -> <shunt>;`;

describe('drop-ins', { timeout: 120_000 }, () => {
  let folder: Folder;
  let running: SluiceProcess;
  let traffic: SteadyTraffic;

  before(async () => {
    folder = await Folder.make({ 'routes/main.eskip': ROUTES, 'filters/who.ts': WHO });
    running = await SluiceProcess.run(['--access-log-disabled'], { cwd: folder.path });
    traffic = new SteadyTraffic(running.port, [
      { path: '/steady', isRight: ({ status, body }) => status === 200 && body === 'steady' },
      { path: '/who', isRight: ({ status, body }) => status === 200 && /^\d+$/.test(body) },
    ]);
  });

  after(async () => {
    await traffic.stop();
    const { code } = await running.stop();
    await folder[Symbol.asyncDispose]();
    assert.equal(code, 0);
  });

  const isLive = (id: string, text: string): Promise<void> => running.untilAll(`/${id}`, ({ body }) => body === text);
  const stamps = (pattern: RegExp): Promise<void> =>
    running.untilAll('/stamped', ({ headers }) => pattern.test(String(headers['x-stamp'])));
  const invalid = async (): Promise<string> => (await running.support('/routes?invalid=true')).body;

  it('change responses as the README tells, and a mistake in them changes nothing', async () => {
    const stamp = stampOfReadme();
    await folder.write('filters/stamp.ts', stamp);
    await folder.write('routes/s.eskip', using('stamped', 'status(204) -> stamp("by me")'));
    await stamps(/^by me \d+\.\d ms$/);
    await folder.write('filters/stamp.ts', stamp.replace('`${text} ', '`${text}, anew, '));
    await stamps(/^by me, anew, \d+\.\d ms$/);
    const from = running.err.length;
    const mistake = stamp.replace("args: [arg.string('text')],", "args: [arg.string('text'],");
    const line = mistake.split('\n').findIndex((text) => text.includes("'text']")) + 1;
    const column = (mistake.split('\n')[line - 1] ?? '').indexOf(']') + 1;
    await folder.write('filters/stamp.ts', mistake);
    await running.logged(new RegExp(`ERROR filters/stamp\\.ts:${line}:${column}: `), from);
    assert.match(await invalid(), new RegExp(`^filters/stamp\\.ts:${line}:${column}: `));
    assert.equal(await running.metric('sluice_invalid_sources{source="filters/stamp.ts"}'), 1);
    await stamps(/^by me, anew, /);
    // Its arguments are checked at the place where the route gives them.
    await folder.write('routes/t.eskip', using('t', 'stamp(7)'));
    await running.logged(/ERROR routes\/t\.eskip:1:\d+: bad-argument: /, from);
    await folder.remove('routes/t.eskip');
    await folder.write('filters/stamp.ts', stamp);
    await stamps(/^by me \d/);
    await eventually('all to be mended', async () => (await invalid()) === '');
    assert.deepEqual(traffic.wrong, []);
  });

  it('are imported anew when what they import changes, and only they', async () => {
    const counting = 'let loads = 0; loads++; ';
    await folder.write('filters/lib/word.ts', `export const word: string = 'one';`);
    await folder.write('filters/first.ts', saying('first', 'word', `import { word } from './lib/word.ts';\n`));
    await folder.write(
      'filters/second.ts',
      saying('second', `'second ' + made`, `${counting}const made = Date.now();\n`),
    );
    await folder.write('routes/w.eskip', using('first') + using('second'));
    await isLive('first', 'one');
    const thread = new KeepAliveClient(running.port);
    const { body: made } = await thread.get('/second');
    await folder.write('filters/lib/word.ts', `export const word: string = 'two';`);
    await isLive('first', 'two');
    assert.equal((await thread.get('/second')).body, made);
    thread.close();
    await folder.write('filters/lib/word.ts', 'export const word: string = ;');
    await eventually('the mistake to be told', async () => /filters\/lib\/word\.ts:1:29: /.test(await invalid()));
    await isLive('first', 'two');
    await folder.write('filters/lib/word.ts', `export const word: string = 'three';`);
    await isLive('first', 'three');
    assert.equal(await invalid(), '');
    assert.deepEqual(traffic.wrong, []);
  });

  it('may not take a name that is taken, unless they say so, nor leave while a route uses them', async () => {
    await folder.write('routes/n.eskip', using('n', 'comment("") -> inlineContent("built-in")'));
    await isLive('n', 'built-in');
    const from = running.err.length;
    const clash = saying('comment', `'dropped in'`, '\n');
    await folder.write('filters/clash.ts', clash);
    await running.logged(/ERROR filters\/clash\.ts:2:\d+: .*"comment"/, from);
    await isLive('n', 'built-in');
    await folder.write('filters/clash.ts', clash.replace('create:', 'overrides: true, create:'));
    await isLive('n', 'dropped in');
    await folder.remove('filters/clash.ts');
    await isLive('n', 'built-in');
    await folder.remove('filters/first.ts');
    await running.logged(/ERROR filters\/first\.ts:.*"first" in use would break: routes\/w\.eskip:1:/, from);
    await isLive('first', 'three');
    await folder.remove('routes/w.eskip');
    await eventually('it to be let go', async () => (await invalid()) === '');
  });

  it('that throw cost their request a 500, and nobody else anything', async () => {
    await folder.write(
      'filters/faulty.ts',
      `export const faulty = { name: 'faulty', create: ([where]) => ({
        request() { if (where === 'request') throw new Error('thrown on the way in'); },
        async response() { if (where === 'response') throw new Error('rejected on the way back'); },
      }) };`,
    );
    await folder.write('routes/f.eskip', using('in', 'faulty("request")') + using('back', 'faulty("response")'));
    for (const [id, message] of [
      ['in', 'thrown on the way in'],
      ['back', 'rejected on the way back'],
    ] as const) {
      await running.untilAll(`/${id}`, ({ status }) => status === 500);
      const { body, headers } = await running.get(`/${id}`);
      const [, short] = /^Internal Server Error \((\w+)\)\n$/.exec(body) ?? [];
      assert.equal(headers.connection, 'close');
      await running.logged(new RegExp(`ERROR ${message} id=${short} .*route=${id} .*faulty\\.ts`, 's'));
    }
    assert.equal(await running.metric('sluice_thread_deaths_total'), 0);
  });

  it('that fail, or end their thread, while they are loaded change nothing', async () => {
    await folder.write('filters/throws.ts', `\n  throw new Error('at once');`);
    await eventually('the throw to be told', async () =>
      /filters\/throws\.ts:2:9: plugin: at once/.test(await invalid()),
    );
    await folder.write(
      'filters/exits.ts',
      `import { isMainThread } from 'node:worker_threads';\nif (!isMainThread) process.exit(3);\n${saying('exits', `''`)}`,
    );
    await eventually('the end to be told', async () => /filters\/exits\.ts:.*process\.exit\(3\)/.test(await invalid()));
    await eventually('two threads', async () => (await running.metric('sluice_threads')) === 2);
    await isLive('steady', 'steady');
  });
});
