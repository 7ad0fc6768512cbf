import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Origin, type OriginConnection } from '../kit/origin.ts';
import { Client } from '../wire/kit.ts';
import { Conversation, PROBE_ROUTE } from './conversation.ts';
import { withGateway } from './kit.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

function request(method: string, ...rest: string[]): string {
  return `${method} /x HTTP/1.1\r\nHost: a\r\n${rest.join('')}\r\n`;
}

const POST = `${request('POST', 'Content-Length: 5\r\n')}hello`;
const PUT = `${request('PUT', 'Content-Length: 5\r\n')}hello`;

interface Race {
  name: string;
  method: string;
  bytes: string;
  gets: number;
  /** How the origin ends the connection that it kept alive, when the next request has come in. */
  leaves: (connection: OriginConnection) => void;
}

/** RFC 9112 §9.3.1: what may be done twice is done again on a fresh connection, unseen by the client. */
const RACES: Race[] = (['GET', 'HEAD', 'OPTIONS', 'DELETE'] as const).map((method) => ({
  name: `${method} is sent again`,
  method,
  bytes: request(method),
  gets: 200,
  leaves: (c) => c.end(),
}));
RACES.push(
  { name: 'GET is sent again', method: 'GET', bytes: request('GET'), gets: 200, leaves: (c) => c.reset() },
  { name: 'PUT is sent again', method: 'PUT', bytes: PUT, gets: 200, leaves: (c) => c.end() },
  { name: 'POST is not', method: 'POST', bytes: POST, gets: 502, leaves: (c) => c.end() },
  { name: 'POST is not', method: 'POST', bytes: POST, gets: 502, leaves: (c) => c.reset() },
);

describe('an origin closes a connection that it kept alive', () => {
  for (const { name, method, bytes, gets, leaves } of RACES) {
    const how = /reset/.test(String(leaves)) ? 'resets' : 'closes';
    test(`as a request comes in, and ${how}: ${name}`, async (t) => {
      let asked = 0;
      await using origin = await Origin.start(async (c) => {
        await c.head();
        c.write(OK);
        const head = await c.head();
        if (/^P/.test(head)) await c.read(5);
        asked++;
        leaves(c);
      });
      const routes = `${PROBE_ROUTE} play: * -> "${origin.url}"`;
      await withGateway(t, { routes, originPort: origin.port, idleUpstream: 1 }, async (proxy) => {
        assert.equal(await (await Conversation.open(proxy.port, request('GET'))).outcome(), 200);
        assert.equal(await (await Conversation.open(proxy.port, bytes, method)).outcome(), gets);
        assert.equal(asked, 1);
        assert.equal(origin.connections.length, gets === 200 ? 2 : 1);
        await origin.close();
      });
    });
  }

  test('while nothing is asked: nobody notices, be it a POST', async (t) => {
    await using origin = await Origin.start(async (c) => {
      await c.head();
      if (c.index > 0) await c.read(5);
      c.end(OK);
    });
    const routes = `${PROBE_ROUTE} play: * -> "${origin.url}"`;
    await withGateway(t, { routes, originPort: origin.port }, async (proxy) => {
      assert.equal(await (await Conversation.open(proxy.port, request('GET'))).outcome(), 200);
      for (let count = 0; count < 20; count++)
        assert.equal(await (await Conversation.open(proxy.port, POST, 'POST')).outcome(), 200);
    });
  });
});

describe('an answer that comes before the upload is whole', () => {
  const MIB = Buffer.alloc(1 << 20, 'x').toString('latin1');
  const HEAD = request('POST', 'Content-Length: 1000000000\r\n');
  const EARLY = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nno!';

  test('reaches the client at once, and ends the upload', async (t) => {
    await using origin = await Origin.start(async (c) => {
      await c.head();
      c.write(c.index === 0 ? EARLY : OK);
      c.socket.pause();
    });
    const routes = `${PROBE_ROUTE} play: * -> "${origin.url}"`;
    await withGateway(t, { routes, originPort: origin.port }, async (proxy) => {
      const client = await Client.open(proxy.port);
      client.write(HEAD);
      client.write(MIB);
      await client.until(/no!$/);
      assert.match(client.received, /^HTTP\/1.1 413 .*\r\nConnection: close\r\n/s);
      // What the origin has not got of the content it would find in the next request.
      assert.equal(await (await Conversation.open(proxy.port, request('GET'))).outcome(), 200);
      assert.equal(origin.connections.length, 2);
      // The client goes on for a while, as one that does not look at answers would.
      client.write(MIB);
      await client.closed;
      client.destroy();
      await eventually('the upload to the origin ends', () => proxy.upstream.connections === 1);
      await origin.close();
    });
  });

  test('from an origin that then resets: the answer, or a 502, and the connection ends', async (t) => {
    await using origin = await Origin.start(async (c) => {
      await c.readTo('xxxx');
      c.write(EARLY);
      setTimeout(() => c.reset(), 10);
    });
    const routes = `play: * -> "${origin.url}"`;
    const statuses: string[] = [];
    await withGateway(t, { routes, originPort: origin.port }, async (proxy) => {
      for (let count = 0; count < 20; count++) {
        const client = await Client.open(proxy.port);
        client.write(HEAD);
        client.write(MIB);
        await client.closed;
        client.destroy();
        statuses.push(client.received.slice(9, 12));
      }
      origin.connections.length = 0;
    });
    const early = statuses.filter((status) => status === '413').length;
    t.diagnostic(`${early} of ${statuses.length} clients got the 413`);
    assert.ok(
      statuses.every((status) => status === '413' || status === '502'),
      statuses.join(),
    );
  });
});
