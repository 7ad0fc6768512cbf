import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ProxyError } from '../http/index.ts';
import { regexpAdvice, regexpArgument } from './regexp.ts';

/** What a listener takes of a head by default. */
const HEAD_LENGTH = 65_536;

suite('what a regexp of a route may cost', () => {
  const REFUSED = ['.{1,500}x$', '(a{1,100}){1,10}b', '(?s).{1000}', '([^\\s]+\\s+){1,200}z'];
  for (const pattern of REFUSED)
    test(`${pattern} is refused`, () => assert.throws(() => regexpArgument(pattern), /costs too much.*smaller counts/));

  const words = Array.from({ length: 300 }, (_, at) => `bot${(at * 7919).toString(36)}`).join('|');
  const WHOLE = [
    'googlebot|bingbot|yandex|baiduspider',
    '(a+)+$',
    '^/api/v[0-9]+/(users|orders)/[^/]+$',
    '[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\\.[a-zA-Z]{2,}',
    '(?i)^mozilla/5\\.0 \\(.*(windows|mac|linux).*\\)',
    '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  ];
  for (const pattern of WHOLE) {
    test(`${pattern} sees a whole head`, () => {
      const regexp = regexpArgument(pattern);
      assert.ok(regexp.longestSubject >= HEAD_LENGTH, String(regexp.longestSubject));
      assert.equal(regexpAdvice(regexp), null);
    });
  }

  const USUAL = [`(?i)(${words})`, `(${words})+$`, '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+$', '\\pL+[0-9]'];
  for (const pattern of USUAL) {
    test(`${pattern.slice(0, 40)} is taken without a word`, () =>
      assert.equal(regexpAdvice(regexpArgument(pattern)), null));
  }

  test('a text that is too long for an expensive pattern is refused, not matched', () => {
    const regexp = regexpArgument('.{1,150}x');
    assert.match(String(regexpAdvice(regexp)), /texts of more than \d+ characters are answered 400/);
    const long = 'y'.repeat(regexp.longestSubject + 1);
    for (const use of [() => regexp.test(long), () => regexp.exec(long), () => regexp.replacer('')(long)])
      assert.throws(use, (error) => error instanceof ProxyError && error.status === 400);
    assert.equal(regexp.test(long.slice(1)), false);
  });
});
