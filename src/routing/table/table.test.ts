import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestTo, tableOf } from './table.fixture.ts';

interface Case {
  title: string;
  routes: string;
  options?: { ignoreTrailingSlash?: boolean };
  headers?: Record<string, string>;
  /** Request → id of the route and parameters, or null. */
  requests: Record<string, string | null | [string, Record<string, string>]>;
}

const shunt = (routes: Record<string, string>): string =>
  Object.entries(routes)
    .map(([id, predicates]) => `${id}: ${predicates} -> <shunt>;`)
    .join('\n');

const CASES: Case[] = [
  { title: 'an empty table', routes: '', requests: { 'h/': null } },
  {
    title: 'literal paths: a trailing slash counts',
    routes: shunt({ a: 'Path("/a")', ab: 'Path("/a/b")', slash: 'Path("/s/")', root: 'Path("/")' }),
    requests: {
      'h/a': 'a',
      'h/a/': null,
      'h/a/b': 'ab',
      'h/s/': 'slash',
      'h/s': null,
      'h/': 'root',
      'h/x': null,
      'h//a': 'a',
    },
  },
  {
    title: 'literal paths with trailing slashes ignored',
    routes: shunt({
      a: 'Path("/a")',
      s: 'Path("/s/")',
      w: 'Path("/w/:x/")',
      t: 'PathSubtree("/t")',
      root: 'Path("/")',
    }),
    options: { ignoreTrailingSlash: true },
    requests: {
      'h/a': 'a',
      'h/a/': 'a',
      'h/s': 's',
      'h/s/': 's',
      'h/w/1/': ['w', { x: '1' }],
      'h/t/': ['t', { '*': '/' }],
      'h/t/u/': ['t', { '*': '/u' }],
      'h/': 'root',
    },
  },
  {
    title: 'one segment',
    routes: shunt({ x: 'Path("/a/:x")', deep: 'Path("/a/:y/c/:z")', unnamed: 'Path("/u/:")' }),
    requests: {
      'h/a/1': ['x', { x: '1' }],
      'h/a/': null,
      'h/a/1/': null,
      'h/a/1/c/2': ['deep', { y: '1', z: '2' }],
      'h/u/1': ['unnamed', {}],
    },
  },
  {
    title: 'the remainder keeps its leading slash',
    routes: shunt({ rest: 'Path("/a/*rest")', stars: 'Path("/b/**")', star: 'Path("/c/*")' }),
    requests: {
      'h/a/1/2/': ['rest', { rest: '/1/2/' }],
      'h/a/': null,
      'h/a': null,
      'h/b/1': ['stars', { '*': '/1' }],
      'h/c/1': ['star', { '*': '/1' }],
    },
  },
  {
    title: 'a catch-all at the top does not take "/"',
    routes: shunt({ all: 'Path("/*all")' }),
    requests: { 'h/': null, 'h/a/b': ['all', { all: '/a/b' }] },
  },
  {
    title: 'subtrees',
    routes: shunt({ t: 'PathSubtree("/t")', n: 'PathSubtree("/n/*rest")', w: 'PathSubtree("/w/:x/")' }),
    requests: {
      'h/t': ['t', { '*': '/' }],
      'h/t/': ['t', { '*': '/' }],
      'h/t/a/b': ['t', { '*': '/a/b' }],
      'h/tt': null,
      'h/n': ['n', { rest: '/' }],
      'h/n/a': ['n', { rest: '/a' }],
      'h/w/1': ['w', { x: '1', '*': '/' }],
      'h/w/1/': ['w', { x: '1', '*': '/' }],
      'h/w/1/2': ['w', { x: '1', '*': '/2' }],
      'h/w/': null,
    },
  },
  {
    title: 'the subtree of everything',
    routes: shunt({ all: 'PathSubtree("/")' }),
    requests: { 'h/': ['all', { '*': '/' }], 'h/a/': ['all', { '*': '/a/' }] },
  },
  {
    title: 'an empty pattern is no path',
    routes: shunt({ none: 'Path("")', p: 'Path("/p")' }),
    requests: { 'h/p': 'p', 'h/x': ['none', {}] },
  },
  {
    title: 'the literal segment, then the wildcard, then the catch-all',
    routes: shunt({ lit: 'Path("/a/b/c")', one: 'Path("/a/:x/c")', all: 'Path("/a/*r")', top: 'Path("/*r")' }),
    requests: { 'h/a/b/c': 'lit', 'h/a/x/c': 'one', 'h/a/x/d': 'all', 'h/b': 'top' },
  },
  {
    title: 'goes back when predicates or the rest of the path do not match',
    routes: shunt({
      lit: 'Path("/a/b/c") && Method("PUT")',
      mid: 'Path("/a/b/:x") && Method("POST")',
      one: 'Path("/a/:x/c") && Method("GET")',
      all: 'Path("/*all")',
    }),
    requests: {
      'PUT h/a/b/c': 'lit',
      'POST h/a/b/c': ['mid', { x: 'c' }],
      'GET h/a/b/c': ['one', { x: 'b' }],
      'HEAD h/a/b/c': ['all', { all: '/a/b/c' }],
    },
  },
  {
    title: 'the trie decides before the rank',
    routes: shunt({ wild: 'Path("/:y")', tree: 'PathSubtree("/") && True() && True()', any: 'Weight(100)' }),
    requests: { 'h/a': 'wild', 'h/a/b': 'tree' },
  },
  {
    title: 'at one place the higher rank wins, a subtree too',
    routes: shunt({ path: 'Path("/a/")', tree: 'PathSubtree("/a") && True()' }),
    requests: { 'h/a/': 'tree' },
  },
  {
    title: 'rank is the number of predicates and their weights; paths count nothing',
    routes: shunt({
      plain: 'Path("/a")',
      two: 'Path("/a") && Method("GET") && True()',
      heavy: 'Path("/a") && HostIs("heavy") && Weight(3)',
      light: 'Path("/a") && HostIs("light") && Method("GET") && True() && Weight(-5)',
    }),
    requests: { 'h/a': 'two', 'heavy/a': 'heavy', 'light/a': 'two', 'POST h/a': 'plain' },
  },
  {
    title: 'of equal rank the first definition wins',
    routes: shunt({ z: 'Path("/a") && True()', a: 'Path("/a") && True()' }),
    requests: { 'h/a': 'z' },
  },
  {
    title: 'parameters carry the names of their own route',
    routes: shunt({ x: 'Path("/a/:x") && Method("GET")', y: 'Path("/a/:y")' }),
    requests: { 'h/a/1': ['x', { x: '1' }], 'POST h/a/1': ['y', { y: '1' }] },
  },
  {
    title: 'of equal names the first segment counts, the remainder above all',
    routes: shunt({ xx: 'Path("/a/:x/:x")', rest: 'Path("/b/:x/*x")' }),
    requests: { 'h/a/1/2': ['xx', { x: '1' }], 'h/b/1/2': ['rest', { x: '/2' }] },
  },
  {
    title: 'paths are decoded once and cleaned, patterns cleaned only',
    routes: shunt({
      x: 'Path("/p/:x")',
      enc: 'Path("/a%2Fb")',
      space: 'Path("/a%20b")',
      sub: 'PathSubtree("/s")',
      up: 'Path("/u/..//v/./w")',
      bare: 'Path("bare")',
    }),
    requests: {
      'h/p/a%2Bb': ['x', { x: 'a+b' }],
      'h/p/a+b': ['x', { x: 'a+b' }],
      'h/p/%252F': ['x', { x: '%2F' }],
      'h/a%252Fb': 'enc',
      'h/a%20b': null,
      'h/s%2F': 'sub',
      'h/%2E%2E/v/w': 'up',
      'h/bare': 'bare',
    },
  },
  {
    title: 'routes without a path are asked last',
    routes: shunt({ host: 'HostIs("h")', all: '*', p: 'Path("/p") && Method("GET")' }),
    requests: { 'h/p': 'p', 'POST h/p': 'host', 'x/p': 'p', 'x/q': 'all' },
  },
  {
    title: 'headers',
    routes: shunt({ a: 'Header("x-a", "1")', b: 'Header("X-B", "1")' }),
    headers: { 'X-A': '1' },
    requests: { 'h/': 'a' },
  },
];

for (const { title, routes, options, headers, requests } of CASES) {
  test(title, () => {
    const table = tableOf(routes, options);
    for (const [text, expected] of Object.entries(requests)) {
      const match = table.lookup(requestTo(text, headers));
      const [id, params] = Array.isArray(expected) ? expected : [expected, null];
      assert.equal(match?.route.id ?? null, id, text);
      if (params !== null) assert.deepEqual({ ...match?.params }, params, text);
      assert.equal(table.explain(requestTo(text, headers)).match?.route.id ?? null, id, `explain ${text}`);
    }
  });
}

test('many candidates at one place are found by host, suffix, header and prefix alike', () => {
  const kinds = (n: number): Record<string, string> => ({
    [`host${n}`]: `HostIs("${n}.org", "${n}.com:80")`,
    [`suffix${n}`]: `HostEnd(".${n}.net")`,
    [`header${n}`]: `Header("X-N", "${n}")`,
    [`prefix${n}`]: `PathBegin("/p${n}/")`,
    [`both${n}`]: `HostIs("both") && Header("X-Both", "${n}")`,
  });
  const definitions = Array.from({ length: 30 }, (_, n) => kinds(n));
  const table = tableOf(shunt(Object.assign({ rest: 'Method("PUT")' }, ...definitions, { short: 'HostEnd("t")' })));
  const idOf = (text: string, headers = {}) => table.lookup(requestTo(text, headers))?.route.id ?? null;
  assert.equal(idOf('17.org/'), 'host17');
  assert.equal(idOf('17.org:80/'), null);
  assert.equal(idOf('17.com:80/'), 'host17');
  assert.equal(idOf('a.b.17.net/'), 'suffix17');
  assert.equal(idOf('17.net/'), 'short');
  assert.equal(idOf('17.net/', { 'x-n': '17' }), 'header17');
  assert.equal(idOf('x/p17/q'), 'prefix17');
  assert.equal(idOf('x/p17'), null);
  assert.equal(idOf('PUT x/'), 'rest');
  assert.equal(idOf('both/', { 'X-Both': '17' }), 'both17');
  // Equal ranks: the definition order decides across the kinds of hints.
  assert.equal(idOf('5.org/p4/', { 'X-N': '3' }), 'header3');
});

test('routes with First come before all others, and explain says so', () => {
  const table = tableOf(
    shunt({
      path: 'Path("/a") && Weight(99)',
      front: 'First() && Method("PUT")',
      below: 'First() && PathSubtree("/a/b")',
      rest: 'True()',
    }),
  );
  const found = (text: string) => table.lookup(requestTo(text))?.route.id;
  assert.deepEqual(['h/a', 'PUT h/a', 'PUT h/a/b', 'h/a/b', 'h/x'].map(found), [
    'path',
    'front',
    'below',
    'below',
    'rest',
  ]);
  const { candidates } = table.explain(requestTo('h/a'));
  assert.deepEqual(
    candidates.map(({ routeId }) => routeId),
    ['front', 'path'],
  );
});

test('tells the routes that lots may lead to', () => {
  const table = tableOf(
    shunt({
      lot: 'Path("/a") && Lot() && Weight(2)',
      other: 'Path("/a") && Lot() && Method("PUT")',
      sure: 'Path("/a")',
      all: 'True()',
    }),
  );
  const possible = (text: string) => table.possible(requestTo(text)).map(({ id }) => id);
  assert.deepEqual(possible('h/a'), ['lot', 'sure']);
  assert.deepEqual(possible('PUT h/a'), ['lot', 'other', 'sure']);
  assert.deepEqual(possible('h/x'), ['all']);
  assert.equal(table.lookup(requestTo('h/a'))?.route.id, 'sure');
});

test('explains each candidate in order, with the predicate that refused it', () => {
  const table = tableOf(
    shunt({
      a: 'Path("/a/b") && Method("PUT") && True()',
      b: 'Path("/a/:x") && HostIs("other", "more")',
      c: 'PathSubtree("/a")',
      d: '*',
    }),
  );
  const { candidates, match } = table.explain(requestTo('h/a/b'));
  assert.deepEqual(candidates, [
    { routeId: 'a', rank: 2, refusedBy: ['Method', 'PUT'] },
    { routeId: 'b', rank: 1, refusedBy: ['HostIs', 'other', 'more'] },
    { routeId: 'c', rank: 0, refusedBy: null },
  ]);
  assert.deepEqual({ ...match?.params }, { '*': '/b' });
});

test('a hostile path in a hostile table visits each place at most once', () => {
  const depth = 10;
  const patterns = Array.from({ length: 2 ** depth }, (_, bits) =>
    Array.from({ length: depth }, (_, at) => (bits & (1 << at) ? 'a' : `:s${at}`)).join('/'),
  );
  const routes = Object.fromEntries(
    patterns.map((pattern, n) => [`r${n}`, `Path("/${pattern}/end") && Method("PUT")`]),
  );
  const table = tableOf(shunt({ ...routes, last: 'Path("/**")' }));
  const ids = table.explain(requestTo(`h/${'a/'.repeat(depth)}end`)).candidates.map(({ routeId }) => routeId);
  assert.equal(ids.length, 2 ** depth + 1);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(ids[0], `r${2 ** depth - 1}`);
  assert.equal(table.lookup(requestTo(`h/${'a/'.repeat(20_000)}`))?.route.id, 'last');
});
