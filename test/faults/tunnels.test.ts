import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Origin, type OriginConnection } from '../kit/origin.ts';
import { Client, get } from '../wire/kit.ts';
import { withGateway } from './kit.ts';

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nhello';

/** Who ends a tunnel and how, and whose failure that is; null: nobody's. */
const ENDS: readonly [
  name: string,
  deed: (origin: OriginConnection, client: Client) => unknown,
  source: string | null,
][] = [
  ['the origin resets it', (origin) => origin.reset(), 'upstream'],
  ['the client resets it', (_, client) => client.socket.resetAndDestroy(), 'downstream'],
  [
    'both sides close it',
    (origin, client) => {
      origin.end();
      client.end();
    },
    null,
  ],
];

describe('a tunnel that ends', () => {
  for (const [name, deed, source] of ENDS) {
    test(`as ${name}: ${source ?? 'nobody'} is at fault`, async (t) => {
      await using origin = await Origin.start(async (c) => {
        await c.head();
        c.write(SWITCH);
      });
      await withGateway(t, { routes: `r: * -> "${origin.url}"`, originPort: origin.port }, async (proxy) => {
        const client = await Client.open(proxy.port);
        client.write(get('/', 'Connection: upgrade', 'Upgrade: x'));
        await client.until(/hello$/);
        deed(origin.connections[0] as OriginConnection, client);
        await eventually('it is over', () => proxy.finished.length === 1);
        client.destroy();
        assert.deepEqual(
          proxy.failures.map((failure) => failure.source),
          source === null ? [] : [source],
        );
        await origin.close();
      });
    });
  }
});
