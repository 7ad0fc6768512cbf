import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  anonymousAmongOthers,
  type Call,
  parseFilters,
  parsePredicates,
  parseRoute,
  parseRoutes,
  splitRoutes,
} from '../index.ts';
import { Lexer } from '../tokens/lexer.ts';

function slices(text: string, calls: readonly Call[]): string[] {
  return calls.flatMap(({ span, nameSpan, args }) =>
    [span, nameSpan, ...args.map((arg) => arg.span)].map(({ start, end }) => text.slice(start, end)),
  );
}

test('every part of a route knows its place', () => {
  const text = '// c\nx: * -> <shunt>;\n r1 : Path("/a") && P(1, /b/) -> f(`x`) -> <random , "http://a", "http://b">; ';
  const route = parseRoutes(text).value[1]!;
  const at = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
  assert.equal(at(route.span), text.slice(text.indexOf('r1'), text.lastIndexOf(';')));
  assert.equal(at(route.idSpan!), 'r1');
  assert.deepEqual(slices(text, route.predicates), ['Path("/a")', 'Path', '"/a"', 'P(1, /b/)', 'P', '1', '/b/']);
  assert.deepEqual(slices(text, route.filters), ['f(`x`)', 'f', '`x`']);
  assert.ok(route.backend.kind === 'balanced');
  assert.equal(at(route.backend.span), '<random , "http://a", "http://b">');
  assert.equal(at(route.backend.algorithmSpan!), 'random');
  assert.deepEqual(
    route.backend.endpoints.map(({ span }) => at(span)),
    ['"http://a"', '"http://b"'],
  );
});

test('a single route is placed relative to its chunk', () => {
  const { value } = parseRoute('b: * -> <shunt>');
  assert.deepEqual(value, {
    id: 'b',
    idSpan: { start: 0, end: 1 },
    predicates: [],
    filters: [],
    backend: { kind: 'shunt', span: { start: 8, end: 15 } },
    span: { start: 0, end: 15 },
  });
});

test('a chunk with errors has no value', () => {
  for (const text of ['', 'a', 'a: * -> ', 'a: * -> <shunt>;']) {
    const { value, errors } = parseRoute(text);
    assert.equal(value, null, text);
    assert.equal(errors.length, 1, text);
  }
});

test('lists may be empty and hold no separators at their ends', () => {
  for (const text of ['', ' // c', '\ufeff']) {
    assert.deepEqual(parsePredicates(text), { value: [], errors: [] });
    assert.deepEqual(parseFilters(text), { value: [], errors: [] });
  }
  assert.deepEqual(
    parsePredicates('* && Any() && True()').value.map(({ name }) => name),
    ['True'],
  );
  assert.deepEqual(
    parseFilters('a() -> b(1)').value.map(({ name }) => name),
    ['a', 'b'],
  );
  for (const text of ['a() && b()', 'a();', '-> a()', 'a() ->', 'a', '*', '"x"'])
    assert.equal(parseFilters(text).errors.length, 1, text);
  for (const text of ['a() -> b()', 'a();', '&& a()', 'a() &&', 'a', '"x"'])
    assert.equal(parsePredicates(text).errors.length, 1, text);
});

test('a byte order mark is skipped at the beginning only', () => {
  assert.deepEqual(parseRoutes('\ufeffa: * -> <shunt>').errors, []);
  assert.deepEqual(parseRoutes('\ufeff* -> <shunt>').errors, []);
  assert.equal(parseRoutes('a: * -> <shunt>;\ufeffb: * -> <shunt>').errors.length, 1);
});

test('routes without an id that do not stand alone are found from ids alone', () => {
  const text = 'a: * -> <shunt>; * -> <shunt>; ?; a: * -> <shunt>';
  const found = anonymousAmongOthers(text, splitRoutes(text), ['a', '', null, 'a']);
  assert.deepEqual(
    [...found].map(([i, { code }]) => [i, code]),
    [[1, 'anonymous-route']],
  );
});

test('what ids say is not looked at', () => {
  const { value, errors } = parseRoutes('a: * -> "1"; a: * -> <"x">');
  assert.deepEqual(errors, []);
  assert.equal(value.length, 2);
});

test('a number that no double can hold is an error', () => {
  assert.match(parseFilters(`f(${'9'.repeat(400)})`).errors[0]!.message, /too large/);
  assert.equal(parseFilters(`f(${'9'.repeat(300)})`).errors.length, 0);
});

test('the error messages of thousands of wrong routes do not take long', () => {
  const began = performance.now();
  const { errors } = parseRoutes('a: Path("/a") -> f(10s) -> <shunt>;\n'.repeat(20_000));
  assert.equal(errors.length, 20_000);
  assert.ok(performance.now() - began < 5_000);
});

test('a reused lexer forgets the text before', () => {
  const lexer = new Lexer();
  lexer.lex('a // c\n "', 0);
  assert.ok(lexer.stray);
  assert.equal(lexer.comments.length, 1);
  const tokens = lexer.lex('b', 10);
  assert.equal(lexer.stray, null);
  assert.deepEqual(lexer.comments, []);
  assert.deepEqual(
    tokens.map(({ image, startOffset, endOffset }) => [image, startOffset, endOffset]),
    [['b', 10, 11]],
  );
});
