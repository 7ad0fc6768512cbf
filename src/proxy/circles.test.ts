import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../../test/kit/eventually.ts';
import { startTestProxy, type TestProxy } from '../../test/kit/proxy.ts';
import { startRecordingOrigin } from '../../test/kit/recording-origin.ts';
import { Client, get } from '../../test/wire/kit.ts';

/** Ways of a gateway to call itself; `self` is its own address. */
const CIRCLES: Readonly<Record<string, (self: string) => string>> = {
  'a network backend': (self) => `r: * -> "${self}"`,
  'a balanced backend': (self) => `r: * -> <random, "${self}", "${self.replace('127.0.0.1', 'localhost')}">`,
  'a dynamic backend': () => 'r: * -> setDynamicBackendUrlFromHeader("X-To") -> <dynamic>',
  'a loopback on the way': (self) =>
    `r: * -> setRequestHeader("X-On", "1") -> <loopback>; on: Header("X-On", "1") -> dropRequestHeader("X-On") -> "${self}"`,
  'a copy for each turn': (self) => `r: * -> tee("${self}") -> "${self}"`,
};

/** So many exchanges: the client's, and those of the turns that were allowed. */
const EXCHANGES = 11;

async function answered(proxy: TestProxy, ...fields: string[]): Promise<string> {
  const client = await Client.open(proxy.port);
  client.write(get('/', `X-To: http://127.0.0.1:${proxy.port}`, ...fields));
  await client.until(/\r\n\r\n/);
  client.destroy();
  return client.received.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length);
}

describe('a request that goes in circles', () => {
  for (const [name, routes] of Object.entries(CIRCLES)) {
    for (const [kind, fields] of [
      ['', []],
      [', as an upgrade', ['Connection: Upgrade', 'Upgrade: websocket']],
    ] as const) {
      test(`ends with 508 by way of ${name}${kind}`, async () => {
        const proxy = await startTestProxy('');
        proxy.route(routes(`http://127.0.0.1:${proxy.port}`));
        assert.equal(await answered(proxy, ...fields), '508');
        assert.ok(proxy.failures.every(({ code, status }) => code === 'forwarding-loop' && status === 508));
        await eventually('all turns are over', () => proxy.listener.activeRequests === 0);
        const own = proxy.finished.filter(({ exchange }) => !exchange.request.headers.has('X-Sluice-Shadow'));
        assert.equal(own.length, EXCHANGES);
        await proxy.close();
      });
    }
  }

  test('several gateways in a row are no circle, nor is Via of others', async () => {
    const origin = await startRecordingOrigin();
    const gateways: TestProxy[] = [];
    let next = `http://127.0.0.1:${origin.port}`;
    for (let hop = 0; hop < 5; hop++) {
      const gateway = await startTestProxy(`r: * -> "${next}"`);
      gateways.unshift(gateway);
      next = `http://127.0.0.1:${gateway.port}`;
    }
    const others = Array.from({ length: 30 }, (_, at) => `1.1 sluice-${at}, 1.1 my-sluice (sluice)`).join(', ');
    assert.equal(await answered(gateways[0] as TestProxy, `Via: ${others}`), '200');
    for (const gateway of gateways) await gateway.close();
    await origin.close();
  });

  test('Via counts over all its lines and spellings', async () => {
    const proxy = await startTestProxy('r: * -> "http://127.0.0.1:1"');
    const lines = ['Via: 1.0 sluice,1.1\tsluice', 'VIA: HTTP/1.1 sluice (x)', `via: ${'1.1 sluice, '.repeat(7)}1.1 a`];
    assert.equal(await answered(proxy, ...lines), '508');
    await proxy.close();
  });
});
