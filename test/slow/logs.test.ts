import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { ask } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { Folder } from '../kit/folder.ts';
import { Origin } from '../kit/origin.ts';
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

describe('logs', { timeout: 240_000 }, () => {
  it('have a line a request, which a client cannot forge', async () => {
    const { access } = await logs([], ['/hello?a=%0A"', '/nowhere']);
    const [hello, nowhere, ...rest] = access.split('\n');
    const time = /\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]/.source;
    const agent = '"r\\"ef\\\\erer" "agent\\" 200 5 \\"-\\" \\"-"';
    const place = 'h.example flow\\x201\\"\\x20x -';
    const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    const line = (request: string, status: number, bytes: number, route: string): RegExp =>
      new RegExp(
        `^${escaped('127.0.0.1 - - ')}${time} ${escaped(`"${request}" ${status} ${bytes} ${agent}`)} \\d+ ${escaped(place)} ${route} - - [0-9a-z]+ -$`,
      );
    assert.match(hello ?? '', line('GET /hello?a=%0A\\" HTTP/1.1', 200, 5, 'hello'));
    assert.match(nowhere ?? '', line('GET /nowhere HTTP/1.1', 404, 10, '-'));
    assert.deepEqual(rest, ['']);
  });

  it('tell of an origin that breaks off behind the head', async () => {
    await using origin = await Origin.start(async (c) => {
      const length = (await c.head()).startsWith('GET /short') ? 'Content-Length: 9' : 'Transfer-Encoding: chunked';
      c.end(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${length}\r\n\r\n5\r\nhi`);
    });
    await using folder = await Folder.make({ 'routes/a.eskip': `broken: * -> compress() -> "${origin.url}"` });
    const args = ['--workers', '1', '--access-log', folder.at('access.log'), '--application-log-json-enabled'];
    await using running = await SluiceProcess.run(args, { cwd: folder.path });
    for (const target of ['/short', '/chunked']) await assert.rejects(ask({ port: running.port, target }));
    const { err } = await running.stop();
    const lines = err.split('\n').filter((line) => line.includes('"code":"upstream-'));
    const told = lines.map((line) => JSON.parse(line)).map(({ time, id, ...rest }) => ({ ...rest, id: typeof id }));
    const common = { level: 50, msg: `${origin.url}: the connection was closed early (other side closed)` };
    const facts = {
      code: 'upstream-closed',
      status: 502,
      route: 'broken',
      endpoint: origin.url,
      cause: 'CLOSED_EARLY',
    };
    assert.deepEqual(
      told.map(({ target, bytes, host, ...rest }) => [target, rest]),
      ['/short', '/chunked'].map((target) => [target, { ...common, ...facts, id: 'string', method: 'GET', sent: 200 }]),
    );
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
      host: '127.0.0.1',
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
      'upstream-status': '',
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

  it('are of one line each, whatever a client, a filter or an error puts into them', async () => {
    const forged = '2026-11-30T01:00:00.000Z ERROR FORGED a data thread died thread=0';
    const body = `x\n${forged}\r${forged}\x85${forged}\u2028\x1b[2J\x9b31m`;
    const routes = `body: Path("/body") -> logBody("request", 10000) -> absorb() -> <shunt>;
      audit: Path("/audit") -> auditLog(10000) -> absorb() -> <shunt>;
      print: Path("/print") -> script("function request(ctx) { print(decodeURIComponent(ctx.request.headers.get('X-Said'))) }") -> status(204) -> <shunt>;
      fields: Path("/fields") -> fields() -> <shunt>;`;
    await using folder = await Folder.make({
      'routes/a.eskip': routes,
      'filters/fields.js': `export const fields = { name: 'fields', create: () => ({ request(ctx) {
        const said = decodeURIComponent(ctx.request.headers.get('X-Said'));
        ctx.log.warn('told', { level: said, time: said, msg: said, [said]: [said] });
        throw new TypeError(said);
      } }) };`,
    });
    for (const json of [false, true]) {
      const flags = [
        '--workers',
        '1',
        ...(json ? ['--application-log-json-enabled', '--access-log-json-enabled'] : []),
      ];
      await using running = await SluiceProcess.run(flags, { cwd: folder.path });
      const headers = { 'X-Said': encodeURIComponent(body) };
      await running.get('/', { 'User-Agent': Buffer.from('Zoë\x9b').toString('latin1') });
      for (const target of ['/body', '/audit', '/print', '/fields'])
        await ask({ port: running.port, method: 'POST', target, headers, body });
      const { err } = await running.stop();
      assert.ok(err.includes('FORGED') && err.includes('Zoë'), err);
      const lines = err.trimEnd().split('\n');
      const isOwn = json
        ? /^\{"[^\n]*\}$/
        : /^(?:\d{4}-\d\d-\d\dT[\d:.]+Z (?:INFO|WARN|ERROR) (?!FORGED)|127\.0\.0\.1 - - \[)/;
      assert.deepEqual(
        lines.filter((line) => !isOwn.test(line)),
        [],
      );
      assert.doesNotMatch(lines.join(''), /[\x00-\x1f\x7f-\x9f\u2028]/);
      if (json) for (const line of lines) assert.doesNotMatch(String(JSON.parse(line).level), /FORGED/);
    }
  });

  it('are opened anew at SIGHUP, in all threads; without a file it is said, and nothing ends', async () => {
    await using folder = await Folder.make();
    const route = ['--inline-routes', '* -> status(204) -> <shunt>'];
    const files = ['--access-log', folder.at('access.log'), '--application-log', folder.at('app.log')];
    await using rotated = await SluiceProcess.runQuietly([...route, ...files, '--workers', '3']);
    for (const name of ['access.log', 'app.log']) await rename(folder.at(name), folder.at(`${name}.1`));
    rotated.signal('SIGHUP');
    await eventually('a new log', async () =>
      /INFO log files are opened anew/.test(await folder.read('app.log').catch(() => '')),
    );
    await eventually('the new log to be there', () => folder.read('access.log').catch(() => null));
    for (let at = 0; at < 30; at++) await rotated.get(`/after-${at}`);
    assert.equal((await rotated.stop()).code, 0);
    assert.equal((await folder.read('access.log')).match(/"GET \/after-/g)?.length, 30);
    assert.equal(await folder.read('access.log.1'), '');
    assert.match(await folder.read('app.log.1'), /serving/);

    await using plain = await SluiceProcess.run(route);
    plain.signal('SIGHUP');
    await plain.logged(/INFO there is no log file to open anew/);
    assert.equal((await plain.get('/')).status, 204);
  });

  it('that nobody reads, or for which there is no room, hold nothing up; lines are dropped, counted and told', async () => {
    const routes = `hello: Path("/hello") -> inlineContent("hello") -> <shunt>;
      body: Path("/body") -> logBody("request", 1000000) -> absorb() -> <shunt>;`;
    const args = ['--workers', '1', '--inline-routes', routes];
    await using full = await SluiceProcess.runQuietly([...args, '--application-log', '/dev/full']);
    await using unread = await SluiceProcess.run(args);
    unread.ignore();
    for (const running of [full, unread]) {
      const dropped = (log: string) => running.metric(`sluice_log_lines_dropped_total{log="${log}"}`);
      await eventually('lines to be dropped', async () => {
        await ask({ port: running.port, method: 'POST', target: '/body', body: 'x'.repeat(500_000) });
        const long = { Referer: 'a'.repeat(30_000), 'User-Agent': 'b'.repeat(30_000) };
        const hellos = Array.from({ length: 20 }, () => running.get('/hello', long));
        for (const { body } of await Promise.all(hellos)) assert.equal(body, 'hello');
        assert.equal((await running.support('/ready')).status, 200);
        return ((await dropped('application')) ?? 0) > 0 && (running === full || ((await dropped('access')) ?? 0) > 0);
      });
    }
    // A named pipe without a reader holds nothing up either: neither the start, nor requests.
    await using folder = await Folder.make();
    execFileSync('mkfifo', [folder.at('pipe')]);
    await using piped = await SluiceProcess.run([...args, '--access-log', folder.at('pipe')]);
    assert.equal((await piped.get('/hello')).body, 'hello');
    assert.equal((await piped.stop()).code, 0);
    unread.listen();
    await unread.logged(/WARN the application log is written again dropped=[1-9]/);
    await unread.logged(/WARN the access log is written again dropped=[1-9]/);
    for (const running of [full, unread]) assert.equal((await running.stop()).code, 0);
  });

  it('have the lines of the requests that a second signal cuts', async () => {
    await using origin = await Origin.start(async (connection) => {
      await connection.head();
    });
    for (const [signal, code] of [
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const) {
      await using running = await SluiceProcess.run(['--inline-routes', `* -> "${origin.url}"`]);
      const before = origin.connections.length;
      const cut = assert.rejects(running.get('/under-way'));
      await eventually('a request at the origin', () => origin.connections.length > before);
      running.signal(signal);
      await eventually('it to stop', async () => (await running.support('/ready')).status === 503);
      running.signal(signal);
      const ended = await running.ended;
      await cut;
      assert.equal(ended.code, code);
      assert.match(ended.err, /"GET \/under-way HTTP\/1\.1" 499 /);
      assert.match(ended.err, /WARN cut, as there is no more time: 1 request\n.*WARN stopped at once\n$/);
    }
  });

  it('stop nothing when they cannot be written', async () => {
    // A drain that waits for a log to be closed would outlast the test.
    const args = ['--inline-routes', ROUTES.split('\n', 1)[0] as string, '--shutdown-timeout', '1h'];
    for (const [more, told] of [
      [['--access-log', '/dev/full'], /ERROR the access log cannot be written reason="ENOSPC/],
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
      new RegExp(`ERROR "first line\\\\nsecond line" id=${id} code=filter-failed .*route=throwing .*target=/throwing`),
    );
    assert.match(running.err, /filters\/throwing\.js\S*:3:/);
    assert.equal((await running.get('/hello')).body, 'hello');
    // Without an access log no line is written anywhere.
    assert.doesNotMatch((await running.stop()).err, /"GET /);
  });
});
