// basicAuth as clients meet it: passwords are checked beside the traffic, not in it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, ask } from '../kit/client.ts';
import { Folder } from '../kit/folder.ts';
import { startTestProxy } from '../kit/proxy.ts';

/** One user, bcrypt of cost 10: a check takes as long as hundreds of requests. */
const SLOW = 'ada:$2b$10$S1C5xtAOp5ddjJDoWNgahea5oPnHS7kK2ImtGJaw/4BXEkymQohNy\n';
const login = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` });

test('other routes do not wait for ten wrong logins', async (t) => {
  await using folder = await Folder.make({ htpasswd: SLOW });
  const proxy = await startTestProxy(`
    slow: Path("/slow") -> basicAuth("${folder.at('htpasswd')}") -> status(204) -> <shunt>;
    fast: Path("/fast") -> status(204) -> <shunt>;
  `);
  t.after(() => proxy.close());
  let answered = 0;
  const logins = Array.from({ length: 10 }, async (_, at): Promise<Answer> => {
    const answer = await ask({ port: proxy.port, target: '/slow', headers: login(`ada:${at}`) });
    if (answer.status === 401) answered++;
    return answer;
  });
  for (let turn = 0; turn < 20; turn++) assert.equal((await ask({ port: proxy.port, target: '/fast' })).status, 204);
  assert.ok(answered < 8, 'twenty requests were served before the logins were looked at');
  const statuses = (await Promise.all(logins)).map(({ status }) => status).sort();
  assert.deepEqual(statuses, [...Array(8).fill(401), 429, 429]);
  const { headers } = await ask({ port: proxy.port, target: '/slow', headers: login(`ada:${'p'.repeat(45_000)}`) });
  assert.equal(headers['www-authenticate'], 'Basic realm="Basic Realm"');
});

test('a login is asked for and checked', async (t) => {
  await using folder = await Folder.make({ htpasswd: 'bob:{SHA}87u9ZqY9S/F0eUBXjsPQEDUw4h0=\n' });
  const proxy = await startTestProxy(`* -> basicAuth("${folder.at('htpasswd')}") -> status(204) -> <shunt>`);
  t.after(() => proxy.close());
  const statusOf = async (headers: Record<string, string>): Promise<number> =>
    (await ask({ port: proxy.port, headers })).status;
  assert.equal(await statusOf({}), 401);
  assert.equal(await statusOf(login('bob:hunter2')), 204);
  assert.equal(await statusOf(login('bob:hunter2')), 204);
  assert.equal(await statusOf(login('bob:hunter')), 401);
  assert.equal(await statusOf(login('eve:hunter2')), 401);
});
