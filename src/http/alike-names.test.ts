import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areAlike } from './alike-names.ts';
import { NetworkSet } from './cidr.ts';
import { ForwardedHeaders } from './forwarded-headers.ts';
import { HeaderList } from './headers.ts';
import { Request } from './request.ts';

const NAMES: [name: string, other: string, alike: boolean][] = [
  ['X-User', 'x-user', true],
  ['X-User', 'X_User', true],
  ['X-User', 'x.uSER', true],
  ['X-User', 'X~User', true],
  ['X-User', 'X--User', false],
  ['X-User', 'XUser', false],
  ['X-User', 'X-Users', false],
  ['X-User', 'X0User', false],
  ['X-User1', 'X_User1', true],
  ['X-User1', 'X_User2', false],
  ['X-UserA', 'X_User_', false],
  ['a`', 'a_', true],
  ['k', '[', false],
  ['\x00-', '\x20_', true],
];

for (const [name, other, alike] of NAMES) {
  test(`${JSON.stringify(name)} and ${JSON.stringify(other)} are ${alike ? '' : 'not '}alike`, () => {
    assert.equal(areAlike(name, other), alike);
    assert.equal(areAlike(other, name), alike);
  });
}

test('what is asserted stands alone, at the place of the first of its kind', () => {
  const headers = new HeaderList(['A', '1', 'x_user', 'root', 'B', '2', 'X-User', 'root', 'X.User', 'root']);
  headers.assert('X-User', 'ada');
  assert.deepEqual(headers.raw, ['A', '1', 'X-User', 'ada', 'B', '2']);
  headers.raw.push('X_user', 'root');
  headers.assert('X-User', null);
  assert.deepEqual(headers.raw, ['A', '1', 'B', '2']);
  headers.assert('C', '3');
  assert.deepEqual(headers.raw, ['A', '1', 'B', '2', 'C', '3']);
  assert.throws(() => headers.assert('C', 'a\nb'), TypeError);
});

test('what every request is given before it is routed stands alone too', () => {
  const names = ['X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Method', 'X-Forwarded-Uri', 'X-Forwarded-Proto'];
  const forged = names.flatMap((name) => [name.replaceAll('-', '_'), 'forged']);
  const headers = new HeaderList([...forged, 'X-Forwarded-For', '192.0.2.7']);
  const init = { method: 'GET', target: '/a', host: 'shop.example', remoteAddress: '192.0.2.8', headers };
  new ForwardedHeaders(names, new NetworkSet([])).write(new Request(init));
  assert.deepEqual(Object.fromEntries(headers), {
    'X-Forwarded-For': '192.0.2.7, 192.0.2.8',
    'X-Forwarded-Host': 'shop.example',
    'X-Forwarded-Method': 'GET',
    'X-Forwarded-Uri': '/a',
    'X-Forwarded-Proto': 'http',
  });
});
