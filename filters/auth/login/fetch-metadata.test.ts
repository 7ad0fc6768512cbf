import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext } from '../../../test/kit/context.ts';
import { isOwnWish, opensPage } from './fetch-metadata.ts';

type Fields = Readonly<Record<string, string>>;
const navigate = { 'Sec-Fetch-Mode': 'navigate' };

const WISHES: [method: string, headers: Fields, isOwn: boolean][] = [
  ['GET', { ...navigate, 'Sec-Fetch-Site': 'none' }, true],
  ['GET', { ...navigate, 'Sec-Fetch-Site': 'same-origin' }, true],
  ['GET', { ...navigate, 'Sec-Fetch-Site': 'same-site' }, true],
  ['GET', { ...navigate, 'Sec-Fetch-Site': 'cross-site' }, false],
  ['GET', { ...navigate, 'Sec-Fetch-Site': 'cross-site', Origin: 'https://shop.example' }, false],
  ['GET', { ...navigate, 'Sec-Fetch-Site': 'same-origin', 'Sec-Purpose': 'prefetch' }, false],
  ['GET', { 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Site': 'same-site' }, false],
  ['POST', { 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Site': 'same-origin' }, true],
  ['POST', { ...navigate, 'Sec-Fetch-Site': 'cross-site' }, false],
  ['POST', { Origin: 'https://shop.example' }, true],
  ['POST', { Origin: 'https://SHOP.example:443' }, true],
  ['POST', { Origin: 'https://shop.example:8443' }, false],
  ['POST', { Origin: 'https://shop.example.evil.example' }, false],
  ['POST', { Origin: 'null' }, false],
  ['GET', { Referer: 'https://shop.example/account?x=1' }, true],
  ['GET', { Referer: 'https://evil.example/https://shop.example/' }, false],
  ['POST', {}, true],
  ['GET', {}, false],
  ['HEAD', {}, false],
];

for (const [method, headers, isOwn] of WISHES) {
  test(`${method} with ${JSON.stringify(headers)} is ${isOwn ? '' : 'not '}meant`, () => {
    for (const host of ['shop.example', 'Shop.Example:443'])
      assert.equal(isOwnWish(fakeContext({ method, headers, host }).request), isOwn);
  });
}

test('a page is opened by GET, and by whoever does not say otherwise', () => {
  const opens = (method: string, headers: Fields): boolean => opensPage(fakeContext({ method, headers }).request);
  assert.equal(opens('GET', navigate), true);
  assert.equal(opens('HEAD', {}), true);
  assert.equal(opens('POST', navigate), false);
  assert.equal(opens('GET', { 'Sec-Fetch-Mode': 'websocket' }), false);
  assert.equal(opens('GET', { 'X-Requested-With': 'XMLHttpRequest' }), false);
});
