// A gateway that is stopped says what it waits for, and what it cut in the end.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../kit/calls.ts';
import { Folder } from '../kit/folder.ts';
import { Origin } from '../kit/origin.ts';
import { SluiceProcess } from '../kit/sluice-process.ts';
import { Client } from '../wire/kit.ts';

/** Switches protocols where it is asked to, and else answers never, but for what `answer` lets go. */
function patient(answer: Promise<unknown> = new Promise(() => {})): Promise<Origin> {
  return Origin.start(async (connection) => {
    const head = await connection.head();
    if (/^upgrade: /im.test(head)) {
      connection.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello');
    } else if (await answer) connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  });
}

async function busy(port: number): Promise<{ waiting: Client[]; tunnel: Client }> {
  const waiting = [await Client.open(port), await Client.open(port)];
  for (const client of waiting) client.write('GET /slow HTTP/1.1\r\nHost: h\r\n\r\n');
  const tunnel = await Client.open(port);
  tunnel.write('GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await tunnel.until(/hello$/);
  return { waiting, tunnel };
}

describe('SIGTERM', { timeout: 240_000 }, () => {
  it('is followed by what is waited for, what was cut, and its lines in the access log', async () => {
    await using origin = await patient();
    await using folder = await Folder.make();
    const log = join(folder.path, 'access.log');
    await using running = await SluiceProcess.run([
      ...['--workers', '1', '--shutdown-timeout', '2s', '--access-log', log],
      ...['--inline-routes', `* -> "${origin.url}"`],
    ]);
    const { waiting, tunnel } = await busy(running.port);
    await until(() => origin.connections.length === 3);
    const ended = running.stop();
    await running.logged(/INFO draining: 2 requests, 1 upgraded connection, at most 2s \(again: now\)/);
    await Promise.all([...waiting, tunnel].map(({ closed }) => closed));
    const { code, err } = await ended;
    assert.equal(code, 0);
    assert.match(err, /WARN cut, as there is no more time: 2 requests, 1 upgraded connection\n(?:.*\n)*.*INFO stopped/);
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    assert.deepEqual(lines.map((line) => /"GET (\S+) HTTP\/1\.1" (\d+) (\d+)/.exec(line)?.slice(1).join(' ')).sort(), [
      '/slow 499 0',
      '/slow 499 0',
      '/ws 101 5',
    ]);
  });

  it('with requests that end in time cuts nothing', async () => {
    const answer = Promise.withResolvers<boolean>();
    await using origin = await patient(answer.promise);
    await using running = await SluiceProcess.run(['--workers', '1', '--inline-routes', `* -> "${origin.url}"`]);
    const { waiting, tunnel } = await busy(running.port);
    const ended = running.stop();
    await running.logged(/draining: 2 requests, 1 upgraded connection, at most 30s/);
    answer.resolve(true);
    for (const client of waiting) await client.until(/Connection: close\r\n(?:.*\r\n)*\r\nok$/);
    for (const client of waiting) client.destroy();
    tunnel.socket.resetAndDestroy();
    const { err } = await ended;
    assert.doesNotMatch(err, /cut/);
  });

  it('with nothing under way says so', async () => {
    await using running = await SluiceProcess.run(['--inline-routes', '* -> <shunt>']);
    const { err } = await running.stop();
    assert.match(err, /INFO draining: nothing, at most 30s \(again: now\)/);
  });
});
