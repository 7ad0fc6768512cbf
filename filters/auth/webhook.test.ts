import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import { type JsonServer, startJsonServer } from '../../test/kit/json-server.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { webhook } from './webhook.ts';

let server: JsonServer;
before(async () => {
  server = await startJsonServer();
});
after(() => server.close());

const VERDICTS: [status: number, headers: Record<string, string>, expected: number | null][] = [
  [200, {}, null],
  [204, {}, null],
  [302, { Location: '/elsewhere' }, 401],
  [400, {}, 401],
  [401, { 'WWW-Authenticate': 'Digest realm="x"' }, 401],
  [403, {}, 403],
  [404, {}, 401],
  [500, {}, 401],
];

for (const [status, headers, expected] of VERDICTS) {
  test(`${status} of the webhook becomes ${expected ?? 'a pass'}`, async () => {
    server.answers['/check'] = () => ({ status, headers });
    const ctx = fakeContext({ method: 'POST', body: 'x' });
    await makeFilter(webhook, `${server.url}/check`).request?.(ctx);
    assert.equal(ctx.served?.status ?? null, expected);
    if (expected === 401)
      assert.equal(ctx.served?.headers.get('WWW-Authenticate'), headers['WWW-Authenticate'] ?? 'Webhook');
  });
}

test('a URL with a user name is refused where the route is loaded', () => {
  assert.equal(faultOf(webhook, ['http://me:secret@127.0.0.1/check'])?.index, 0);
});

test('header fields go there and come back', async () => {
  server.answers['/check'] = () => ({ headers: { 'X-User': 'ada', 'X-Other': 'no' } });
  const ctx = fakeContext({
    method: 'POST',
    body: 'content',
    headers: {
      Host: 'shop.example',
      Cookie: 'a=1',
      'X-User': 'root',
      'X-Roles': 'admin',
      'X-Octets': '\xff',
      'Transfer-Encoding': 'chunked',
      Connection: 'close',
      'Content-Length': '7',
    },
  });
  await makeFilter(webhook, `${server.url}/check`, 'X-User, X-Roles').request?.(ctx);
  const asked = server.asked.at(-1);
  assert.equal(asked?.method, 'GET');
  assert.equal(asked?.body, '');
  assert.equal(asked?.headers.cookie, 'a=1');
  assert.equal(asked?.headers['x-octets'], '\xff');
  assert.equal(asked?.headers.host, new URL(server.url).host);
  assert.equal(ctx.served, null);
  assert.equal(ctx.request.headers.get('X-User'), 'ada');
  assert.equal(ctx.request.headers.get('X-Roles'), null, 'not what the client claims');
  assert.equal(ctx.request.headers.get('X-Other'), null);
  assert.equal(ctx.request.body?.used, false);
});

test('who cannot be asked refuses', async () => {
  const ctx = fakeContext();
  await makeFilter(webhook, 'http://127.0.0.1:1/').request?.(ctx);
  assert.equal(ctx.served?.status, 401);
  assert.equal(ctx.logLines.filter(({ level }) => level === 'error').length, 1);
});

test('bad arguments', () => {
  assert.equal(faultOf(webhook, [])?.index, -1);
  assert.equal(faultOf(webhook, ['/check'])?.index, 0);
  assert.equal(faultOf(webhook, ['http://a', 'X A'])?.index, 1);
});
