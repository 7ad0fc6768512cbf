import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAuthority } from './authority.ts';
import { HeaderList } from './headers.ts';
import { octetsOf, octetsToPassingText, octetsToText, textOf, textToOctets } from './octets.ts';
import { decodePath, decodeUnreserved, encodeButEscapes, encodePath } from './path.ts';
import { decodeQueryComponent, encodeQueryComponent, withoutQueryValue, withQueryValue } from './query.ts';

test('text goes to UTF-8 octets and back', () => {
  assert.equal(textToOctets('é'), '\xc3\xa9');
  assert.equal(octetsToText('\xc3\xa9'), 'é');
  assert.equal(octetsToText('\xe9'), '\xe9', 'latin1 where it is not UTF-8');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => assert.equal(octetsToText(textToOctets(text)), text)),
  );
});

test('octets that are no UTF-8 are what they were, on every way through text', () => {
  const octets = fc.uint8Array({ maxLength: 12 });
  const likely = fc
    .array(
      fc.constantFrom(
        'é',
        '€',
        '𝒳',
        '\xe9',
        '\xff',
        '\xed\xa0\x80',
        '\xc3',
        '\xf0\x9d',
        '\xf4\x8f\xbe\x80',
        '\u{10ffff}',
        '\xf4\x8f\xbd\xbf',
        'a',
        '/',
      ),
    )
    .map((parts) =>
      Buffer.concat(parts.map((part) => Buffer.from(part, part > '\xff' || part === 'é' ? 'utf8' : 'latin1'))),
    );
  const escaped = (bytes: Uint8Array): string =>
    [...bytes].map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`).join('');
  fc.assert(
    fc.property(fc.oneof(octets, likely), (bytes) => {
      const wire = Buffer.from(bytes).toString('latin1');
      assert.deepEqual(octetsOf(textOf(bytes)), Buffer.from(bytes));
      assert.equal(textToOctets(octetsToPassingText(wire)), wire);
      const decoded = decodePath(escaped(bytes));
      assert.deepEqual(octetsOf(decoded), Buffer.from(bytes));
      assert.equal(decodePath(encodePath(decoded)), decoded);
      assert.equal(decodeQueryComponent(encodeQueryComponent(decoded)), decoded);
      if (!/[\r\n\0]/.test(wire))
        assert.equal(HeaderList.of([['X', `\u20ac${decoded}`]]).get('X'), `\xe2\x82\xac${wire}`);
    }),
  );
  assert.equal(encodePath(decodePath('/%E9/%C3%A9')), '/%E9/%C3%A9');
  assert.equal(encodeButEscapes(decodeUnreserved('/%E9%2F')), '/%E9%2F');
  assert.equal(encodeQueryComponent(decodeQueryComponent('%E9+%ff')), '%E9+%FF');
});

test('mapValues changes fields in their place', () => {
  const headers = HeaderList.of([
    ['A', '1'],
    ['B', 'b'],
    ['a', '2'],
    ['A', '3'],
  ]);
  headers.mapValues('a', (value) => (value === '2' ? null : `${value}!`));
  assert.deepEqual(
    [...headers],
    [
      ['A', '1!'],
      ['B', 'b'],
      ['A', '3!'],
    ],
  );
  assert.throws(() => headers.mapValues('B', () => 'a\nb'), TypeError);
});

test('a query keeps byte for byte what is not named', () => {
  const pair = fc.constantFrom('', 'b', 'b=', 'b=%7e', '%62=+', 'c=d=e', '%zz');
  fc.assert(
    fc.property(fc.array(pair, { minLength: 1 }), (pairs) => {
      const query = pairs.join('&');
      assert.equal(withoutQueryValue(query, 'a'), query);
      assert.equal(withQueryValue(query, 'a', '1'), query === '' ? 'a=1' : `${query}&a=1`);
    }),
  );
});

test('an authority is a host that everyone reads alike', () => {
  for (const good of ['a', 'a.example', 'a_b.example:80', '1.2.3.4:', '[::1]:8080']) assert.ok(isAuthority(good), good);
  for (const bad of ['', 'a b', 'u@a', 'a/b', 'a:b', ':80', '[::1', 'a%20b', 'é']) assert.ok(!isAuthority(bad), bad);
});
