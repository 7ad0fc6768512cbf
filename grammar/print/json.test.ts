import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonical, checkForm, equalRoutes, toJson } from '../../src/routes/index.ts';
import { fromJson, parseRoute, parseRoutes, type RouteDef } from '../index.ts';

function route(text: string): RouteDef {
  const { value, errors } = parseRoute(text);
  assert.deepEqual(errors, []);
  return value!;
}

test('keys come in Skipper’s order, empty parts are absent', () => {
  const json = toJson(route('r: Path("/x") -> status(418) -> <roundRobin, "http://a:1">'));
  assert.equal(
    JSON.stringify(json),
    '{"id":"r","backend":{"type":"lb","algorithm":"roundRobin","endpoints":["http://a:1"]},' +
      '"predicates":[{"name":"Path","args":["/x"]}],"filters":[{"name":"status","args":[418]}]}',
  );
  assert.equal(JSON.stringify(toJson(route('* -> ""'))), '{}');
  assert.equal(JSON.stringify(toJson(route('Path("") && Method("") -> f() -> ""'))), '{"filters":[{"name":"f"}]}');
});

test('every backend goes both ways', () => {
  for (const backend of ['"http://x"', '""', '<shunt>', '<loopback>', '<dynamic>', '<forward>', '<"http://a">']) {
    const original = route(`a: * -> ${backend}`);
    const { value, errors } = fromJson(JSON.parse(JSON.stringify(toJson(original))));
    assert.deepEqual(errors, []);
    assert.ok(equalRoutes(value, original));
  }
});

test('a type that is missing or empty is network; stars vanish', () => {
  const json = { backend: { address: 'x' }, predicates: [{ name: '*' }, { name: 'Any', args: [1] }], filters: null };
  const { value, errors } = fromJson(json);
  assert.deepEqual(errors, []);
  assert.ok(equalRoutes(value, route('* -> "x"')));
  assert.equal(fromJson({ backend: { type: '' } }).errors.length, 0);
});

const wrong: [title: string, json: unknown, message: RegExp][] = [
  ['no object', [], /expected an object, found a list/],
  ['nothing', undefined, /expected an object, found nothing/],
  ['an id that is no text', { id: 1 }, /id: expected a string, found a number/],
  ['an id that is no name', { id: 'a-b' }, /id: "a-b" is not a name/],
  ['an unknown backend', { backend: { type: 'shnt' } }, /backend.type: unknown type "shnt"/],
  ['no endpoints', { backend: { type: 'lb' } }, /expected at least one endpoint/],
  ['a bad endpoint', { backend: { type: 'lb', endpoints: ['x'] } }, /"x" is no usable address: it has no scheme/],
  ['an algorithm that is no name', { backend: { type: 'lb', algorithm: 'a b', endpoints: ['http://a'] } }, /algorithm/],
  ['a call without a name', { filters: [{}] }, /filters\[0\].name/],
  ['a star among filters', { filters: [{ name: '*' }] }, /filters\[0\].name/],
  ['a boolean', { filters: [{ name: 'f', args: [1, true] }] }, /filters\[0\].args\[1\]: .* found a boolean/],
  ['an object', { predicates: [{ name: 'P', args: [{}] }] }, /predicates\[0\].args\[0\]: .* found an object/],
  [
    'two paths',
    {
      predicates: [
        { name: 'Path', args: ['/a'] },
        { name: 'Path', args: ['/b'] },
      ],
    },
    /only one Path/,
  ],
];

for (const [title, json, message] of wrong) {
  test(`JSON with ${title}`, () => {
    const { value, errors: syntax } = fromJson(json);
    const errors = syntax.length > 0 ? syntax : checkForm(value);
    assert.equal(errors.length, 1);
    assert.match(errors[0]!.message, message);
  });
}

test('an unknown key is a warning', () => {
  const { value, errors } = fromJson({ id: 'a', filter: [] });
  assert.equal(value.id, 'a');
  assert.deepEqual(
    errors.map(({ severity, help }) => [severity, help]),
    [['warning', 'filters']],
  );
});

const equality: [a: string, b: string, equal: boolean][] = [
  ['A() && B() -> <shunt>', 'B() && A() -> <shunt>', true],
  ['A(1) && A(2) -> <shunt>', 'A(2) && A(1) -> <shunt>', true],
  ['A("x") -> <shunt>', 'A(/x/) -> <shunt>', true],
  ['A(1) -> <shunt>', 'A("1") -> <shunt>', false],
  ['* -> a() -> b() -> <shunt>', '* -> b() -> a() -> <shunt>', false],
  ['* -> <"http://a", "http://b">', '* -> <"http://b", "http://a">', true],
  ['* -> <random, "http://a">', '* -> <"http://a">', false],
  ['Path("") && Any() -> <shunt>', '* -> <shunt>', true],
  ['a: * -> <shunt>', 'b: * -> <shunt>', false],
  ['* -> ""', '* -> <shunt>', false],
];

for (const [a, b, equal] of equality) {
  test(`${a} ${equal ? 'is' : 'is not'} ${b}`, () => {
    assert.equal(equalRoutes(route(a), route(b)), equal);
  });
}

test('the canonical form is sorted, has no places and leaves its argument alone', () => {
  const [original] = parseRoutes('B(/x/) && A(2) && A(1) -> f(/y/) -> <random, "http://b", "http://a">').value;
  const before = JSON.stringify(original);
  const form = canonical(original!);
  assert.equal(JSON.stringify(original), before);
  assert.deepEqual(
    form.predicates.map(({ name, args }) => [name, args[0]?.kind, args[0]?.value]),
    [
      ['A', 'number', 2],
      ['A', 'number', 1],
      ['B', 'string', 'x'],
    ],
  );
  assert.ok(form.backend.kind === 'balanced');
  assert.deepEqual(
    form.backend.endpoints.map(({ url }) => url),
    ['http://a', 'http://b'],
  );
  assert.doesNotMatch(JSON.stringify(form), /"(start|end)":[1-9]/);
  assert.deepEqual(canonical(form), form);
});
