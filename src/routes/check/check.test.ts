import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRoutes } from '../../../grammar/index.ts';
import { arg, defineBalancer, defineFilter, type FilterSpec } from '../../plugin/index.ts';
import { builtinPredicates } from '../../predicates/index.ts';
import { ProvisionError, provisionRoute } from '../../routing/index.ts';
import { Accounts, testEnv, testRegistry } from '../../routing/table/table.fixture.ts';
import { checkRoute, hiddenRoutes, provisionFinding, recordOf } from '../index.ts';

const registry = testRegistry(new Accounts());
for (const spec of builtinPredicates) registry.predicates.add({ ...spec, overrides: true }, 'real');
registry.balancers.add(defineBalancer({ name: 'random', summary: '', create: () => ({ pick: () => null }) }));
registry.filters.refuse('lua', 'use script()');

/** What is found in a route: "code: message [text of the span]". */
function findings(eskip: string): string[] {
  const { value, errors } = parseRoutes(eskip);
  assert.deepEqual(errors, []);
  return value
    .flatMap((def) => checkRoute(def, registry))
    .map(({ code, message, place: span, help: suggestion }) => {
      const advice = suggestion === undefined ? '' : ` (${suggestion}?)`;
      return `${code}: ${message}${advice} [${eskip.slice(span.start, span.end)}]`;
    });
}

const CASES: [eskip: string, ...expected: (string | RegExp)[]][] = [
  ['Path("/a/:x") && Method("GET") -> closing() -> "http://a:80/"'],
  ['* -> ""'],
  ['* -> <random, "http://a", "http://b">'],
  ['Pth("/") -> <shunt>', 'unknown-predicate: unknown predicate "Pth" (Path?) [Pth]'],
  ['* -> closng(1) -> <shunt>', 'unknown-filter: unknown filter "closng" (closing?) [closng]'],
  ['* -> lua("x") -> <shunt>', 'refused-filter: filter "lua" is not supported: use script() [lua]'],
  ['Weight("x") -> <shunt>', /^bad-argument: Weight: argument 1 .* \["x"\]$/],
  ['Method() -> <shunt>', /^bad-argument: Method: expects 1 argument .* \[Method\]$/],
  ['PathRegexp(/(/) -> <shunt>', /^bad-argument: PathRegexp: .* \[\/\(\/\]$/],
  ['Path("/*rest/x") -> <shunt>', /^bad-argument: Path: .* \["\/\*rest\/x"\]$/],
  ['Path("/a:b") -> <shunt>', /^bad-argument: Path: .* \["\/a:b"\]$/],
  [
    'Path("/a") && PathSubtree("/b") -> <shunt>',
    'duplicate-predicate: a route takes only one Path or PathSubtree [PathSubtree("/b")]',
  ],
  ['* -> "ftp://a"', /^bad-backend: "ftp:\/\/a" is no usable address.* \["ftp:\/\/a"\]$/],
  ['* -> "http://a:b"', /^bad-backend/],
  ['* -> "http://u:p@a"', /^bad-backend: .*credentials/],
  ['* -> "http://unix:/x.sock"', /^bad-backend: .*Unix sockets/],
  ['* -> "http://a?weight=2"', /^advice: a weight means nothing/],
  ['* -> "http://a/base"', /^advice: the path "\/base" .* \["http:\/\/a\/base"\]$/],
  ['* -> <"http://a", "http://b/x?weight=2">', /^advice: the path "\/x" .* \["http:\/\/b\/x\?weight=2"\]$/],
  ['* -> <"http://a?zone=x", "http://b">', /^advice: "zone" .* \["http:\/\/a\?zone=x"\]$/],
  ['* -> <randm, "http://a">', 'unknown-algorithm: unknown algorithm "randm" (random?) [randm]'],
  ['Nope() && False() -> nope() -> "x"', /unknown-predicate/, /unknown-filter/, /bad-backend/],
];

test('finds what is wrong with a route, at its place', () => {
  for (const [eskip, ...expected] of CASES) {
    const found = findings(eskip);
    assert.equal(found.length, expected.length, `${eskip}\n${found.join('\n')}`);
    expected.forEach((each, at) => {
      if (typeof each === 'string') assert.equal(found[at], each);
      else assert.match(found[at] ?? '', each);
    });
  }
});

test('advice is a warning at the place of the argument meant, or of the name', () => {
  const registry = testRegistry(new Accounts());
  const spec = defineFilter({
    name: 'span',
    summary: '',
    args: [arg.int('from'), arg.rest(arg.advised(arg.int('to'), (to) => (to < 0 ? `${to} is long ago` : null)))],
    examples: [],
    advise([from, to]) {
      if (from === 9) throw new Error('boom');
      return [
        ...(from > (to[0] ?? from) ? [{ index: 0, message: 'it ends before it begins' }] : []),
        ...(to.length === 0 ? [{ index: -1, message: 'it has no end' }] : []),
      ];
    },
    create: () => ({}),
  });
  registry.filters.add(spec as FilterSpec);
  const advice = (args: string): string[] => {
    const text = `* -> span(${args}) -> <shunt>`;
    return parseRoutes(text).value.flatMap((def) =>
      checkRoute(def, registry).map(
        ({ code, severity, message, place: span }) =>
          `${severity} ${code}: ${message} [${text.slice(span.start, span.end)}@${span.start}]`,
      ),
    );
  };
  assert.deepEqual(advice('1, 2'), []);
  assert.deepEqual(advice('1, -2, -3'), [
    'warning advice: span: argument 2 (to): -2 is long ago [-2@13]',
    'warning advice: span: argument 3 (to): -3 is long ago [-3@17]',
    'warning advice: span: it ends before it begins [1@10]',
  ]);
  assert.deepEqual(advice('1'), ['warning advice: span: it has no end [span@5]']);
  assert.deepEqual(advice('9'), ['warning advice: span: its advice failed: boom [span@5]']);
  assert.deepEqual(
    advice('"x", -2').map((each) => each.split(':')[0]),
    ['error bad-argument'],
    'errors come alone',
  );
});

test('what only provisioning finds has its place too', () => {
  const text = 'TrafficSegment(0.6, 0.5) -> <shunt>';
  const [def] = parseRoutes(text).value;
  assert.ok(def !== undefined && checkRoute(def, registry).length === 0);
  try {
    provisionRoute(recordOf(def, 0), testEnv(new Accounts(), registry));
    assert.fail('provisioned');
  } catch (error) {
    assert.ok(error instanceof ProvisionError);
    const { place: span } = provisionFinding(error, def);
    assert.equal(text.slice(span.start, span.end), '0.5');
  }
});

/** The routes of a text that never match, each with the one that hides it. */
function never(text: string): string[] {
  const records = parseRoutes(text).value.map(recordOf);
  return hiddenRoutes(records).map(({ route, by }) => `${route.id} behind ${by.id}`);
}

test('finds the routes that never match', () => {
  assert.deepEqual(never('a: Path("/x") -> <shunt>; b: Path("/x") -> <shunt>;'), ['b behind a']);
  assert.deepEqual(never('a: Path("/:x") -> <shunt>; b: Path("/:y") -> <shunt>;').length, 1);
  assert.deepEqual(never('a: Path("/x") -> <shunt>; b: Path("/x") && Method("GET") -> <shunt>;'), []);
  assert.deepEqual(
    never('a: Path("/x") && Weight(2) -> <shunt>; b: Path("/x") && Method("GET") -> <shunt>;').length,
    1,
  );
  assert.deepEqual(never('a: Method("PUT") && Weight(2) -> <shunt>; b: Method("GET") && True() -> <shunt>;'), []);
  assert.deepEqual(never('a: Traffic(0.5) -> <shunt>; b: Traffic(0.5) -> <shunt>;'), []);
  assert.deepEqual(never('a: PathSubtree("/x") && True() -> <shunt>; b: Path("/x/") -> <shunt>;').length, 1);
  assert.deepEqual(never('a: Path("/x") && True() -> <shunt>; b: PathSubtree("/x") -> <shunt>;'), []);
  const first = 'a: First() && Method("GET") -> <shunt>;';
  assert.deepEqual(never(`${first} b: Path("/x") && Method("GET") && Weight(9) -> <shunt>;`), ['b behind a']);
  assert.deepEqual(never(`${first} b: Path("/x") -> <shunt>;`), []);
  assert.deepEqual(never(`${first} b: First() && Path("/x") && Method("GET") -> <shunt>;`), []);
  assert.deepEqual(never('b: PathSubtree("/x") -> <shunt>; a: PathSubtree("/x") && First() -> <shunt>;').length, 1);
  assert.deepEqual(never('a: Path("/x") && False() -> <shunt>; b: Path("/x") -> <shunt>;'), []);
});
