import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { authRejectReason, authUser } from '../src/plugin/index.ts';
import { fakeContext } from '../test/kit/context.ts';
import { faultOf, makeFilter } from '../test/kit/specs.ts';
import { Htpasswd } from './auth/htpasswd.ts';
import { md5Crypt } from './auth/md5-crypt.ts';
import { WatchedFile } from './auth/watched-file.ts';
import { basicAuth } from './basic-auth.ts';

const FILE = 'test/fixtures/htpasswd';
const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;

const CASES: [authorization: string | null, user: string | null][] = [
  [basic('ada:secret'), 'ada'],
  [basic('ada:secret').replace('Basic', 'bASIC '), 'ada'],
  [basic('bob:hunter2'), 'bob'],
  [basic('cyd:pässwörd, a long one, beyond sixteen'), 'cyd'],
  [basic('ada:Secret'), null],
  [basic('bob:hunter'), null],
  [basic('cyd:'), null],
  [basic('nobody:secret'), null],
  [basic(':'), null],
  [basic('ada'), null],
  ['Basic', null],
  ['Basic %%%', null],
  ['Bearer YWRhOnNlY3JldA==', null],
  [null, null],
];

for (const [authorization, user] of CASES) {
  test(`a login ${authorization}`, async () => {
    const filter = makeFilter(basicAuth, FILE, 'a "realm"');
    for (const _ of ['first', 'again']) {
      const ctx = fakeContext({ headers: authorization === null ? {} : { Authorization: authorization } });
      await filter.request?.(ctx);
      assert.equal(ctx.state.get(authUser) ?? null, user);
      assert.equal(ctx.served?.status ?? null, user === null ? 401 : null);
      if (user !== null) continue;
      assert.equal(ctx.served?.headers.get('WWW-Authenticate'), 'Basic realm="a \\"realm\\""');
      assert.equal(ctx.state.get(authRejectReason), 'invalid-login');
    }
    filter.close?.();
  });
}

test('a login found right is not hashed again', async () => {
  const users = new Htpasswd('ada:$2y$05$fFZ0j5GUrkVmK3TUA72gUOFg11D2myqfmF7YhQiu8tTSJthqplO9q');
  const login = { user: 'ada', password: 'secret' };
  assert.equal(await users.verify(login), true);
  assert.equal(users.verify(login), true);
  assert.equal(await users.verify({ ...login, password: 'secret2' }), false);
});

const APR1: [password: string, salt: string, digest: string][] = [
  ['secret', 'abcdefgh', 'h9FWgUz3n9YxylKLlR5SQ/'],
  ['', 'abcdefgh', 'L.PT565ESX4Tp2bqNs7Ie.'],
];

for (const [password, salt, digest] of APR1)
  test(`apr1 of ${JSON.stringify(password)}`, () => assert.equal(md5Crypt(password, salt, '$apr1$'), digest));

for (const line of ['ada', 'ada:plain', ':{SHA}87u9ZqY9S/F0eUBXjsPQEDUw4h0=', 'ada:$5$salt$x'])
  test(`the line ${line} is refused`, () => assert.throws(() => new Htpasswd(`# ok\n${line}\n`), /^Error: line 2/));

test('a file that is not there is refused', () => {
  assert.equal(faultOf(basicAuth, ['test/fixtures/none'])?.index, 0);
  assert.equal(faultOf(basicAuth, [])?.index, -1);
});

test('the file is followed; what cannot be read leaves the last content', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  const path = join(folder, 'htpasswd');
  copyFileSync(FILE, path);
  const warnings: string[] = [];
  const log = { debug() {}, info() {}, error() {}, warn: (message: string) => void warnings.push(message) };
  const file = new WatchedFile(path, (content) => new Htpasswd(content.toString()), log);
  const isUser = (user: string, password: string) => file.content.verify({ user, password });

  writeFileSync(path, 'dan:{SHA}87u9ZqY9S/F0eUBXjsPQEDUw4h0=\n');
  await file.look();
  assert.equal(await isUser('dan', 'hunter2'), true);
  assert.equal(await isUser('ada', 'secret'), false);

  writeFileSync(path, 'nonsense\n');
  await file.look();
  await file.look();
  rmSync(path);
  await file.look();
  assert.equal(await isUser('dan', 'hunter2'), true);
  assert.equal(warnings.length, 2, 'one complaint for each fault');

  copyFileSync(FILE, path);
  await file.look();
  assert.equal(await isUser('ada', 'secret'), true);
  file.close();
  rmSync(folder, { recursive: true });
});
