import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Folder } from '../kit/folder.ts';
import { answering, freePort, Origin } from '../kit/origin.ts';
import { SluiceProcess } from '../kit/sluice-process.ts';
import { Client, get } from '../wire/kit.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('the head of an answer', { timeout: 60_000 }, () => {
  it('may be as long as the options say', async () => {
    const fields = Array.from({ length: 1200 }, (_, at) => `X-${at}: ${'x'.repeat(70)}\r\n`).join('');
    await using origin = await Origin.start(answering(OK.replace('\r\n', `\r\n${fields}`)));
    await using folder = await Folder.make({ 'routes/a.eskip': `r: * -> "${origin.url}";` });
    for (const [flags, status] of [
      [[], 502],
      [['--max-header-bytes-backend', '200000'], 502],
      [['--max-headers-backend', '2000'], 502],
      [['--max-header-bytes-backend', '200000', '--max-headers-backend', '2000'], 200],
    ] as const) {
      await using running = await SluiceProcess.run(['--workers', '1', ...flags], { cwd: folder.path });
      const client = await Client.open(running.port);
      client.write(get('/', 'Connection: close'));
      await client.closed;
      assert.equal(Number(client.received.slice(9, 12)), status, flags.join(' '));
      client.destroy();
    }
  });
});

describe('a dead endpoint', { timeout: 60_000 }, () => {
  it('is told once when it fails and when it works again, counted, and forgotten with its last route', async () => {
    await using alive = await Origin.start(answering(OK));
    const port = await freePort();
    const dead = `http://127.0.0.1:${port}`;
    await using folder = await Folder.make({ 'routes/a.eskip': `r: * -> <"${dead}", "${alive.url}">;` });
    const args = ['--workers', '1', '--access-log-disabled'];
    await using running = await SluiceProcess.run(args, { cwd: folder.path });
    const failing = (endpoint: string) => running.metric(`sluice_endpoint_failing{endpoint="${endpoint}"}`);
    for (let call = 0; call < 10; call++) assert.equal((await running.get('/')).body, 'ok');
    const errors = `sluice_endpoint_errors_total{endpoint="${dead}",kind="upstream-refused"}`;
    assert.deepEqual([await running.metric(errors), await failing(dead), await failing(alive.url)], [5, 1, 0]);

    await using risen = await Origin.start(answering(OK), undefined, { port });
    for (let call = 0; call < 4; call++) assert.equal((await running.get('/')).body, 'ok');
    assert.ok(risen.connections.length > 0);
    assert.deepEqual([await running.metric(errors), await failing(dead)], [5, 0]);

    await folder.write('routes/a.eskip', `r: * -> "${alive.url}";`);
    await eventually('it is forgotten', async () => (await failing(dead)) === null);
    const { err } = await running.stop();
    const told = err.split('\n').filter((line) => line.includes(dead) && line.includes('an endpoint'));
    assert.equal(told.length, 2, err);
    assert.match(told[0] ?? '', /WARN an endpoint fails .*code=upstream-refused/);
    assert.match(told[1] ?? '', /INFO an endpoint works again .*failures=5/);
  });
});
