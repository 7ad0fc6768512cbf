import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { ask, boundedFetch, jsonObject } from './ask.ts';

/** Far more than any answer may have. */
const MUCH = 64 << 20;
let server: Server;
let url: string;
let written = 0;
before(async () => {
  server = createServer((incoming, outgoing) => {
    if (incoming.url === '/away') outgoing.writeHead(302, { Location: '/endless' }).end();
    else if (incoming.url === '/endless') pour(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends blanks, which JSON may begin with, until nobody takes them. */
function pour(outgoing: ServerResponse): void {
  const blanks = Buffer.alloc(65_536, ' ');
  written = 0;
  const more = (): void => {
    while (!outgoing.destroyed && written < MUCH) {
      written += blanks.length;
      if (!outgoing.write(blanks)) return void outgoing.once('drain', more);
    }
    outgoing.end('{}');
  };
  more();
}

const library = { headers: {}, body: null, method: 'GET', redirect: 'manual' } as const;
const ASKING: [who: string, ask: () => Promise<unknown>][] = [
  ['a library', () => boundedFetch(`${url}/endless`, library)],
  ['a filter', () => ask(`${url}/endless`, {}, jsonObject)],
];

for (const [who, asking] of ASKING)
  test(`${who} does not read an answer without end`, async () => {
    await assert.rejects(asking, /longer than/);
    assert.ok(written < MUCH, `${written} bytes`);
  });

test('a place that is slow holds up a bounded number of sockets, and no other place', async () => {
  const leaving = new AbortController();
  const silent = Array.from({ length: 256 }, () => ask(`${url}/silent`, { signal: leaving.signal }, () => null));
  await assert.rejects(
    ask(`${url}/silent`, {}, () => null),
    /256 questions are under way/,
  );
  assert.equal(await ask(`${url}/away`, {}, ({ status }) => status), 302);
  leaving.abort();
  await Promise.allSettled(silent);
  await assert.rejects(
    ask(`${url}/silent`, { timeoutMs: 1 }, () => null),
    { name: 'TimeoutError' },
  );
});

test('a redirect is an answer for libraries too', async () => {
  const answer = await boundedFetch(`${url}/away`, library);
  assert.equal(answer.status, 302);
  assert.equal(answer.headers.get('Location'), '/endless');
});
