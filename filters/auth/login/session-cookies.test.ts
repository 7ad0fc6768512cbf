import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { HeaderList } from '../../../src/plugin/index.ts';
import { basicLogin, bearerToken } from '../lib/credentials.ts';
import { type CookieScope, joinChunks, takeCookies, writeChunks, writeCookie } from './browser-cookies.ts';
import { Keyring } from './keyring.ts';

const OLD = 'the old secret of the house';
const NEW = 'the new secret of the house';

test('what is sealed opens with the same secret and purpose only', () => {
  const value = { user: 'ädá', list: [1, 2] };
  const sealed = new Keyring(OLD).seal('session', value);
  assert.match(sealed, /^[\w-]+$/);
  assert.deepEqual(new Keyring(OLD).open('session', sealed), value);
  assert.deepEqual(new Keyring(`${NEW}\n${OLD}\n`).open('session', sealed), value, 'after rotation');
  assert.equal(new Keyring(NEW).open('session', sealed), null);
  assert.equal(new Keyring(OLD).open('journey', sealed), null);
  for (let at = 0; at < sealed.length; at += 7) {
    const forged = `${sealed.slice(0, at)}${sealed[at] === 'x' ? 'y' : 'x'}${sealed.slice(at + 1)}`;
    assert.equal(new Keyring(OLD).open('session', forged), null);
  }
  assert.notEqual(new Keyring(OLD).seal('session', value), sealed, 'never the same twice');
});

test('a weak secret is refused', () => {
  for (const content of ['', '\n', 'short', `${OLD},short`]) assert.throws(() => new Keyring(content), /at least 16/);
});

const scope: CookieScope = { prefix: 'login', subdomainsToRemove: 1, secure: true };

test('a text that one cookie cannot hold is cut into several and joined again', () => {
  for (const bytes of [1, 2000, 9000]) {
    const value = randomBytes(bytes).toString('base64url');
    const lines = writeChunks(scope, 'www.example.org', { name: 'login', value, lifeS: 60 });
    assert.ok(lines.every((line) => line.length < 4096));
    const pairs = lines.map((line) => line.split(';', 1)[0] as string);
    const headers = HeaderList.of([
      ['Cookie', ['other=1', ...pairs.toReversed()].join('; ')],
      ['Cookie', 'loginz=left over'],
    ]);
    assert.equal(joinChunks(takeCookies(headers, 'login'), 'login'), value);
    assert.deepEqual([...headers], [['Cookie', 'other=1']]);
    const [, ...missingFirst] = pairs;
    const rest = HeaderList.of({ Cookie: missingFirst.join('; ') });
    assert.equal(joinChunks(takeCookies(rest, 'login'), 'login'), null);
  }
  assert.throws(() => writeChunks(scope, 'a', { name: 'login', value: 'x'.repeat(100_000), lifeS: 1 }), /cookies/);
});

const DOMAINS: [host: string, remove: number, domain: string | null][] = [
  ['www.example.org', 1, 'example.org'],
  ['a.b.example.org:8443', 2, 'example.org'],
  ['example.org', 1, null],
  ['www.example.org', 0, null],
  ['localhost:8080', 1, null],
  ['192.0.2.1', 1, null],
  ['[2001:db8::1]:80', 1, null],
];

for (const [host, subdomainsToRemove, domain] of DOMAINS) {
  test(`cookies of ${host}, ${subdomainsToRemove} labels less, are for ${domain ?? 'the host alone'}`, () => {
    const line = writeCookie({ ...scope, subdomainsToRemove }, host, { name: 'a', value: 'b', lifeS: 9.7 });
    const shown = domain === null ? '' : `Domain=${domain}; `;
    assert.equal(line, `a=b; Path=/; ${shown}Max-Age=9; HttpOnly; Secure; SameSite=Lax`);
  });
}

test('two million blanks are read as fast as two million letters: nothing looks at them again and again', () => {
  const blanks = ' '.repeat(2_000_000);
  const cookies = new HeaderList(['Cookie', `login=; x=${blanks}y;${blanks}logina=${blanks}1${blanks};z`]);
  assert.deepEqual(
    [...takeCookies(cookies, 'login')],
    [
      ['login', ''],
      ['logina', '1'],
    ],
  );
  for (const credentials of [`Bearer${blanks}x!`, `Bearer x${blanks}!`, `Basic${blanks}x!`, `Basic eA=${blanks}!`]) {
    const headers = new HeaderList(['Authorization', credentials]);
    assert.deepEqual([bearerToken(headers), basicLogin(headers)], [null, null]);
  }
});
