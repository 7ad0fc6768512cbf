import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../../test/kit/eventually.ts';
import { Origin } from '../../test/kit/origin.ts';
import { startTestProxy, type TestProxy } from '../../test/kit/proxy.ts';
import { Client, get } from '../../test/wire/kit.ts';

const NTLM = 'Authorization: NTLM TlRMTVNTUAAB';

/** An origin that knows the user of each connection: whoever once sent credentials on it. Answers with the user's name. */
function loginOrigin(challenge = ''): Promise<Origin> {
  return Origin.start(async (c) => {
    let user = 'nobody';
    for (;;) {
      const head = await c.head();
      const [, credentials] = /\r\nAuthorization: (.*)\r\n/.exec(head) ?? [];
      if (credentials !== undefined) user = credentials;
      const isAsked = challenge !== '' && user === 'nobody';
      const line = isAsked ? `401 Unauthorized\r\nWWW-Authenticate: ${challenge}` : '200 OK';
      c.write(`HTTP/1.1 ${line}\r\nContent-Length: ${user.length}\r\n\r\n${user}`);
    }
  });
}

async function withProxy(routes: string, run: (proxy: TestProxy) => Promise<void>): Promise<void> {
  const proxy = await startTestProxy(routes);
  try {
    await run(proxy);
    await eventually('no client is left', () => proxy.listener.connections === 0);
  } finally {
    await proxy.close();
  }
}

/** Asks on a connection that lives on; resolves to the content. */
async function said(client: Client, ...fields: string[]): Promise<string> {
  const before = client.received.length;
  client.write(get('/', ...fields));
  let content = '';
  await client.until(/\r\n\r\n/);
  await eventually('an answer', () => {
    const [, length, rest = ''] = /Content-Length: (\d+)\r\n\r\n(.*)$/s.exec(client.received.slice(before)) ?? [];
    content = rest;
    return length !== undefined && rest.length === Number(length);
  });
  return content;
}

describe('a connection on which a user has logged in', () => {
  for (const [name, credentials, challenge] of [
    ['NTLM', NTLM, ''],
    ['Negotiate, in any case', 'Authorization: negotiate YII', ''],
    ['a challenge of the origin', 'Authorization: Custom x', 'Basic realm="a, b", Negotiate'],
  ] as const) {
    test(`is nobody else's, and ends with its client's (${name})`, async () => {
      await using origin = await loginOrigin(challenge);
      await withProxy(`r: * -> "${origin.url}"`, async (proxy) => {
        const alice = await Client.open(proxy.port);
        const other = await Client.open(proxy.port);
        if (challenge !== '') assert.equal(await said(alice), 'nobody');
        const user = credentials.slice('Authorization: '.length);
        assert.equal(await said(alice, credentials), user);
        assert.equal(await said(other), 'nobody');
        assert.equal(await said(alice), user, 'the next request of the client goes out on it');
        assert.equal(await said(other), 'nobody');
        assert.equal(await said(alice), user);
        alice.destroy();
        await eventually('it ends', () => origin.connections[0]?.socket.readableEnded === true);
        assert.equal(await said(other), 'nobody');
        other.destroy();
      });
    });
  }

  test('is found again whatever the balancer says', async () => {
    await using one = await loginOrigin();
    await using two = await loginOrigin();
    await withProxy(`r: * -> <roundRobin, "${one.url}", "${two.url}">`, async (proxy) => {
      const client = await Client.open(proxy.port);
      assert.equal(await said(client, NTLM), 'NTLM TlRMTVNTUAAB');
      for (let turn = 0; turn < 4; turn++) assert.equal(await said(client), 'NTLM TlRMTVNTUAAB');
      client.destroy();
    });
  });

  test('ends after its use where it is no client that asks', async () => {
    await using origin = await loginOrigin();
    await withProxy(`r: * -> tee("${origin.url}") -> status(204) -> <shunt>`, async (proxy) => {
      const client = await Client.open(proxy.port);
      client.write(get('/', NTLM));
      await client.until(/204/);
      await eventually('the copy is gone', () => origin.connections[0]?.socket.readableEnded === true);
      assert.equal(proxy.upstream.connections, 0);
      client.destroy();
    });
  });

  test('is none where credentials travel with each request', async () => {
    await using origin = await loginOrigin();
    await withProxy(`r: * -> "${origin.url}"`, async (proxy) => {
      for (const credentials of ['Basic YTpi', 'Bearer x', 'NTLMish x', 'Negotiate-2 x']) {
        const client = await Client.open(proxy.port);
        assert.equal(await said(client, `Authorization: ${credentials}`), credentials);
        client.destroy();
      }
      assert.equal(origin.connections.length, 1);
    });
  });
});
