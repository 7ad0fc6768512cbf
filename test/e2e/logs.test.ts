import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { ask } from '../kit/client.ts';
import { Folder } from '../kit/folder.ts';
import { SluiceProcess } from '../kit/sluice-process.ts';

const ROUTES = `hello: Path("/hello") -> inlineContent("hello") -> <shunt>;
throwing: Path("/throwing") -> throwing() -> <shunt>;`;

const THROWING = `export const throwing = {
  name: 'throwing',
  create: () => ({ request() { throw new Error('first line\\nsecond line'); } }),
};`;

/** What a client may send that looks like the rest of a line; the wire lets neither CR nor LF nor NUL through. */
const HOSTILE = {
  Referer: 'r"ef\\erer',
  'User-Agent': 'agent" 200 5 "-" "-',
  'X-Forwarded-For': '192.0.2.7, 10.0.0.1:80 - admin [x] "GET, [2001:db8::1]:443, "',
  'X-Flow-Id': 'flow 1" x',
};

/** Runs a gateway, has it answer, stops it; resolves to its access log and what it wrote to standard error. */
async function logs(flags: readonly string[], targets: readonly string[]): Promise<{ access: string; err: string }> {
  await using folder = await Folder.make({ 'routes/a.eskip': ROUTES, 'filters/throwing.js': THROWING });
  // Of one thread the lines are in order.
  const args = ['--workers', '1', '--access-log', folder.at('access.log'), ...flags];
  await using running = await SluiceProcess.run(args, { cwd: folder.path });
  for (const target of targets) await ask({ port: running.port, target, headers: { ...HOSTILE, Host: 'h.example' } });
  const { err } = await running.stop();
  return { access: await folder.read('access.log'), err };
}

describe('logs', { timeout: 60_000 }, () => {
  it('have a line a request, which a client cannot forge', async () => {
    const { access } = await logs([], ['/hello?a=%0A"', '/nowhere']);
    const [hello, nowhere, ...rest] = access.split('\n');
    const time = /\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]/.source;
    const agent = '"r\\"ef\\\\erer" "agent\\" 200 5 \\"-\\" \\"-"';
    const place = 'h.example flow\\x201\\"\\x20x -';
    const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    const line = (request: string, status: number, bytes: number, route: string): RegExp =>
      new RegExp(
        `^${escaped('192.0.2.7,10.0.0.1,2001:db8::1 - - ')}${time} ${escaped(`"${request}" ${status} ${bytes} ${agent}`)} \\d+ ${escaped(place)} ${route} - - [0-9a-z]+ -$`,
      );
    assert.match(hello ?? '', line('GET /hello?a=%0A\\" HTTP/1.1', 200, 5, 'hello'));
    assert.match(nowhere ?? '', line('GET /nowhere HTTP/1.1', 404, 10, '-'));
    assert.deepEqual(rest, ['']);
  });

  it('are JSON when asked for, without queries when asked for', async () => {
    const flags = ['--access-log-json-enabled', '--access-log-strip-query', '--application-log-json-enabled'];
    const { access, err } = await logs(flags, ['/hello?secret', '/throwing?secret']);
    const [hello, throwing] = access
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { timestamp, time, duration, 'request-id': id, ...facts } = hello;
    assert.equal(typeof duration, 'number');
    assert.match(time, /^\d{4}-\d\d-\d\dT/);
    assert.match(timestamp, /^\d\d\/\w{3}\/\d{4}:/);
    assert.deepEqual(facts, {
      host: '192.0.2.7,10.0.0.1,2001:db8::1',
      'auth-user': '',
      method: 'GET',
      uri: '/hello',
      proto: 'HTTP/1.1',
      status: 200,
      'response-size': 5,
      referer: HOSTILE.Referer,
      'user-agent': HOSTILE['User-Agent'],
      'requested-host': 'h.example',
      'flow-id': HOSTILE['X-Flow-Id'],
      audit: '',
      route: 'hello',
      endpoint: '',
      'upstream-duration': '',
      'error-id': '',
      error: '',
      level: 'info',
      msg: '',
    });
    assert.match(id, /^[0-9a-z]+$/);
    assert.deepEqual(
      [throwing.status, throwing.route, throwing.error, throwing['error-id']],
      [500, 'throwing', 'filter-failed', throwing['request-id']],
    );
    const lines = err
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const failure = lines.find(({ code }) => code === 'filter-failed');
    assert.deepEqual(
      [failure.level, failure.msg, failure.route, failure.id],
      [50, 'first line\nsecond line', 'throwing', throwing['request-id']],
    );
  });

  it('stop nothing when they cannot be written', async () => {
    // A drain that waits for a log to be closed would outlast the test.
    const args = ['--inline-routes', ROUTES.split('\n', 1)[0] as string, '--shutdown-timeout', '1h'];
    for (const [more, told] of [
      [['--access-log', '/dev/full'], /ERROR the access log cannot be written error=ENOSPC/],
      [[], null],
    ] as const) {
      await using running = await SluiceProcess.run([...args, ...more]);
      if (told === null) running.deafen();
      for (let at = 0; at < 5; at++) {
        assert.equal((await running.get('/hello')).body, 'hello');
        await setTimeout(60);
      }
      if (told !== null) await running.logged(told);
      assert.equal(await running.metric('sluice_thread_deaths_total'), 0);
      assert.equal((await running.stop()).code, 0);
    }
  });

  it('give the client an id, and the operator the line with it and its place', async () => {
    await using folder = await Folder.make({ 'routes/a.eskip': ROUTES, 'filters/throwing.js': THROWING });
    await using running = await SluiceProcess.run(['--access-log-disabled'], { cwd: folder.path });
    const { status, body } = await running.get('/throwing');
    const [, id] = /^Internal Server Error \((\w+)\)\n$/.exec(body) ?? [];
    assert.equal(status, 500);
    await running.logged(
      new RegExp(`ERROR first line\\n.*id=${id} code=filter-failed .*route=throwing .*target=/throwing`, 's'),
    );
    assert.match(running.err, /filters\/throwing\.js\S*:3:/);
    assert.equal((await running.get('/hello')).body, 'hello');
    // Without an access log no line is written anywhere.
    assert.doesNotMatch((await running.stop()).err, /"GET /);
  });
});
