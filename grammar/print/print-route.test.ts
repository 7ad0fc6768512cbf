import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRoutes, printCall, printFilters, printPredicates, printRoute, printRoutes } from '../index.ts';
import { decodeRegexp, decodeString, encodeNumber, encodeRegexp, encodeString } from '../tokens/literals.ts';

test('the layout is Skipper’s', () => {
  const { value: routes } = parseRoutes('a: Path("/a") -> f() -> <shunt>; b: * -> "http://b"');
  assert.equal(printRoutes([]), '');
  assert.equal(printRoute(routes[0]!), 'Path("/a") -> f() -> <shunt>');
  assert.equal(printRoutes(routes), 'a: Path("/a") -> f() -> <shunt>;\nb: * -> "http://b";');
  assert.equal(
    printRoutes(routes, { pretty: true, indent: '\t' }),
    'a: Path("/a")\n\t-> f()\n\t-> <shunt>;\n\nb: *\n\t-> "http://b";',
  );
  assert.equal(printPredicates([]), '*');
  assert.equal(printFilters([]), '');
  assert.equal(printCall(routes[0]!.filters[0]!), 'f()');
});

test('an anonymous route cannot stand among others', () => {
  const [route] = parseRoutes('* -> <shunt>').value;
  assert.equal(printRoutes([route!]), '* -> <shunt>');
  assert.throws(() => printRoutes([route!, route!]), TypeError);
});

const numbers: [number, string][] = [
  [0, '0'],
  [-0, '-0'],
  [1.5, '1.5'],
  [-0.25, '-0.25'],
  [1e21, '1000000000000000000000'],
  [-1.5e22, '-15000000000000000000000'],
  [1e-7, '0.0000001'],
  [-1.25e-9, '-0.00000000125'],
  [5e-324, `0.${'0'.repeat(323)}5`],
  [Number.MAX_VALUE, `17976931348623157${'0'.repeat(292)}`],
];

for (const [value, text] of numbers) {
  test(`number ${value}`, () => {
    assert.equal(encodeNumber(value), text);
    assert.ok(Object.is(Number(text), value));
  });
}

test('what is not finite has no literal', () => {
  for (const value of [Number.NaN, Infinity, -Infinity]) assert.throws(() => encodeNumber(value), RangeError);
});

const patterns: [pattern: string, literal: string | null][] = [
  ['', null],
  ['a', '/a/'],
  ['/', '/\\//'],
  ['//', '/\\/\\//'],
  ['\\', '/\\\\/'],
  ['\\d', '/\\d/'],
  ['\\\\d', '/\\\\\\\\d/'],
  ['\\/', '/\\\\\\//'],
  ['[/]', '/[/]/'],
  ['[^/]+/', '/[^/]+\\//'],
  ['\\[/', '/\\[\\//'],
  ['[\\]/]', '/[\\]/]/'],
  ['[\\]', '/[\\\\]/'],
  ['[', null],
  ['a[b', null],
  ['\\[', '/\\[/'],
  [']', '/]/'],
  ['a\nb', '/a\nb/'],
  ['"', '/"/'],
];

for (const [pattern, literal] of patterns) {
  test(`regular expression ${JSON.stringify(pattern)}`, () => {
    assert.equal(encodeRegexp(pattern), literal);
    if (literal !== null) assert.equal(decodeRegexp(literal.slice(1, -1)), pattern);
  });
}

test('strings escape what the language knows, and nothing else', () => {
  assert.equal(encodeString('\x07\b\f\n\r\t\v\\"`\0ä'), '"\\a\\b\\f\\n\\r\\t\\v\\\\\\"`\0ä"');
  assert.equal(decodeString('\\a\\b\\f\\n\\r\\t\\v\\\\\\"\\`\\x41', '"'), '\x07\b\f\n\r\t\v\\"\\`\\x41');
  assert.equal(decodeString('\\"\\`', '`'), '\\"`');
});
