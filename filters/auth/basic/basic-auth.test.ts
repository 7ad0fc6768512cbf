import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { authRejectReason, authUser } from '../../../src/plugin/index.ts';
import { type FakeContext, fakeContext } from '../../../test/kit/context.ts';
import { faultOf, makeFilter, makeFilterIn } from '../../../test/kit/specs.ts';
import { WatchedFile } from '../../lib/watched-file.ts';
import { basicAuth } from './basic-auth.ts';
import { type Busy, HASHING_BOUNDS, HashingPool, type PasswordCheck } from './hashing-pool.ts';
import { Htpasswd } from './htpasswd.ts';
import { md5Crypt } from './md5-crypt.ts';
import { costOf } from './password-hash.ts';

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

const ADA = 'ada:$2y$05$fFZ0j5GUrkVmK3TUA72gUOFg11D2myqfmF7YhQiu8tTSJthqplO9q';
const BOB = 'bob:{SHA}87u9ZqY9S/F0eUBXjsPQEDUw4h0=';
const CYD = 'cyd:$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/';

test('a login found right is not hashed again for some time', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const users = new Htpasswd(ADA);
  const login = { user: 'ada', password: 'secret' };
  assert.equal(await users.verify(login, 'c'), true);
  t.mock.timers.tick(599_000);
  assert.equal(users.verify(login, 'c'), true);
  assert.equal(await users.verify({ ...login, password: 'secret2' }, 'c'), false);
  t.mock.timers.tick(2000);
  assert.ok(users.verify(login, 'c') instanceof Promise, 'what is remembered ends');
});

test('equal logins at once are hashed once, and a password of more than 4096 bytes never', async () => {
  const asked = new RecordingPool();
  const users = new Htpasswd(ADA, asked);
  const login = { user: 'ada', password: 'wrong' };
  const first = users.verify(login, 'c');
  assert.equal(users.verify(login, 'd'), first);
  assert.equal(await first, false);
  assert.equal(asked.checks.length, 1);
  await users.verify(login, 'c');
  assert.equal(asked.checks.length, 2, 'a wrong one is not remembered');
  assert.equal(users.verify({ user: 'ada', password: 'ö'.repeat(2049) }, 'c'), false);
  assert.equal(asked.checks.length, 2);
});

/** Remembers what was to be hashed. */
class RecordingPool extends HashingPool {
  readonly checks: Omit<PasswordCheck, 'id'>[] = [];
  override check(client: string, check: Omit<PasswordCheck, 'id'>): Promise<boolean> | Busy {
    this.checks.push(check);
    return super.check(client, check);
  }
}

test('whatever is refused costs one hash of each kind and cost in the file', async () => {
  const asked = new RecordingPool();
  const twelve = ADA.replace('ada', 'dan').replace('$05$', '$06$');
  const users = new Htpasswd([CYD, BOB, ADA, twelve, ADA.replace('ada', 'eve')].join('\n'), asked);
  for (const user of ['ada', 'bob', 'cyd', 'dan', 'eve', 'nobody', ''])
    assert.equal(await users.verify({ user, password: 'wrong' }, 'c'), false, user);
  const costs = asked.checks.map(({ own, others }) => [...(own === null ? [] : [own]), ...others].map(costOf).sort());
  assert.equal(costs.length, 7);
  for (const each of costs) assert.deepEqual(each, ['bcrypt 05', 'bcrypt 06', 'md5', 'sha']);
});

test('a file without users has somebody to compare with', async () => {
  const asked = new RecordingPool();
  assert.equal(await new Htpasswd('# nobody yet\n', asked).verify({ user: 'ada', password: 'x' }, 'c'), false);
  assert.deepEqual(asked.checks[0]?.others.map(costOf), ['bcrypt 10']);
});

test('beyond the bounds logins are refused unseen, with a word when to come back', async () => {
  const filter = makeFilterIn({ metrics: { count: (key) => void counted.push(key) } }, basicAuth, FILE);
  const counted: string[] = [];
  const ask = async (password: string, remoteAddress: string): Promise<FakeContext> => {
    const ctx = fakeContext({ headers: { Authorization: basic(`ada:${password}`) }, remoteAddress });
    await filter.request?.(ctx);
    return ctx;
  };
  const { perClient } = HASHING_BOUNDS;
  const addresses = ['192.0.2.1', '2001:db8:1:2::', '2001:db8:1:2:ffff::1'];
  const answers = await Promise.all(
    addresses.flatMap((address) => Array.from({ length: perClient }, (_, at) => ask(`${address} ${at}`, address))),
  );
  const statuses = answers.map(({ served }) => served?.status);
  assert.deepEqual(statuses, [...Array(2 * perClient).fill(401), ...Array(perClient).fill(429)]);
  assert.equal(answers.at(-1)?.served?.headers.get('Retry-After'), '1');
  assert.equal(answers.flatMap(({ logLines }) => logLines.filter(({ level }) => level === 'warn')).length, 1);
  assert.deepEqual(counted, Array(perClient).fill('basicAuth.busy'));

  const crowd = Array.from({ length: HASHING_BOUNDS.all + 1 }, (_, at) => ask('crowd', `198.51.100.${at}`));
  assert.ok(
    (await Promise.all(crowd)).every(({ served }) => served?.status === 401),
    'one login: one check',
  );
  const many = Array.from({ length: HASHING_BOUNDS.all + 1 }, (_, at) => ask(`crowd ${at}`, `198.51.100.${at}`));
  const last = (await Promise.all(many)).at(-1);
  assert.equal(last?.served?.status, 503);
  assert.equal(last?.served?.headers.get('Retry-After'), '5');
  await filter.close?.();
});

const APR1: [password: string, salt: string, digest: string][] = [
  ['secret', 'abcdefgh', 'h9FWgUz3n9YxylKLlR5SQ/'],
  ['', 'abcdefgh', 'L.PT565ESX4Tp2bqNs7Ie.'],
];

for (const [password, salt, digest] of APR1)
  test(`apr1 of ${JSON.stringify(password)}`, () => assert.equal(md5Crypt(password, salt, '$apr1$'), digest));

const COSTS = ['03', '18', '99'].map((cost) => ADA.replace('$05$', `$${cost}$`));
for (const line of ['ada', 'ada:plain', ':{SHA}87u9ZqY9S/F0eUBXjsPQEDUw4h0=', 'ada:$5$salt$x', ...COSTS])
  test(`the line ${line} is refused`, () => assert.throws(() => new Htpasswd(`# ok\n${line}\n`), /^Error: line 2/));

test('a file that is not there is refused', () => {
  const fault = faultOf(basicAuth, ['test/fixtures/none']);
  assert.equal(fault?.index, 0);
  assert.match(fault.message, /^expected the path of a file that can be read, found "test\/fixtures\/none": there is/);
  assert.match(faultOf(basicAuth, ['test/fixtures'])?.message ?? '', /it is a folder/);
  assert.match(
    faultOf(basicAuth, ['package.json'])?.message ?? '',
    /^the file "package.json" cannot be used: line 1: /,
  );
  assert.equal(faultOf(basicAuth, [])?.index, -1);
});

test('the file is followed; what cannot be read leaves the last content', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  const path = join(folder, 'htpasswd');
  copyFileSync(FILE, path);
  const warnings: string[] = [];
  const log = { debug() {}, info() {}, error() {}, warn: (message: string) => void warnings.push(message) };
  const file = new WatchedFile(path, (content) => new Htpasswd(content.toString()), log);
  const isUser = (user: string, password: string) => file.content.verify({ user, password }, 'c');

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
