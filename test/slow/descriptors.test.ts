// A process that runs out of file descriptors says so once, answers 503, and recovers by itself.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../kit/calls.ts';
import { eventually } from '../kit/eventually.ts';
import { answering, Origin } from '../kit/origin.ts';
import { SluiceProcess } from '../kit/sluice-process.ts';
import { Client } from '../wire/kit.ts';

const LIMIT = 160;
/** More than there are descriptors for. */
const CLIENTS = 200;
const REQUEST = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
const SHORTAGE = /ERROR out of file descriptors[^\n]*limit=160/g;

describe('out of file descriptors', { timeout: 240_000 }, () => {
  it('the support listener and 503s go on, one line tells it, and it passes', async () => {
    await using running = await SluiceProcess.run(
      ['--access-log-disabled', '--inline-routes', '* -> status(204) -> <shunt>'],
      { descriptors: LIMIT },
    );
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => Client.open(running.port)));
    for (const client of clients) client.write(REQUEST);
    await until(() => clients.every(({ received, isClosed }) => isClosed || received.length > 0));
    const served = clients.filter(({ received }) => received.startsWith('HTTP/1.1 204 '));
    const told = clients.filter(({ received }) => received.startsWith('HTTP/1.1 503 '));
    assert.ok(served.length > 20, `${served.length} are served`);
    assert.ok(told.length > 20, `${told.length} are told to come back`);
    assert.match(told[0]?.received ?? '', /\r\nConnection: close\r\n\r\n503 Service Unavailable\. [^\n]+\.\n$/);

    assert.equal((await running.support('/ready')).status, 200);
    assert.ok(((await running.metric('sluice_connections_turned_away_total{side="client"}')) ?? 0) >= told.length);
    assert.equal(running.err.match(SHORTAGE)?.length, 1, 'one line for all threads and attempts');

    // All clients are still there: what they keep for later gives way.
    await running.untilAll('/', ({ status }) => status === 204);
    assert.equal(running.err.match(SHORTAGE)?.length, 1);
    for (const client of clients) client.destroy();
  });

  it('requests that would take one of the last for an origin are answered 503', async () => {
    await using origin = await Origin.start(answering('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx'));
    await using running = await SluiceProcess.run(
      ['--access-log-disabled', '--idle-conns-num', '0', '--inline-routes', `* -> "${origin.url}"`],
      { descriptors: LIMIT },
    );
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => Client.open(running.port)));
    await eventually('new connections to be turned away', async () => {
      const turnedAway = (await running.metric('sluice_connections_turned_away_total{side="client"}')) ?? 0;
      return turnedAway > 20;
    });
    const open = clients.filter(({ isClosed }) => !isClosed);
    for (const client of open) client.write(REQUEST);
    await until(() => open.every(({ received, isClosed }) => isClosed || received.length > 0));
    assert.ok(open.some(({ received }) => received.startsWith('HTTP/1.1 503 ')));
    assert.equal((await running.support('/ready')).status, 200);
    assert.equal(running.err.match(SHORTAGE)?.length, 1);
    for (const client of clients) client.destroy();
    await running.untilAll('/', ({ status }) => status === 200);
  });
});
