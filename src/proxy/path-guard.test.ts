import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { definitions } from '../../test/kit/proxy.ts';
import { HeaderList, Request } from '../http/index.ts';
import { NO_METRICS } from '../plugin/index.ts';
import { recordOf } from '../routes/index.ts';
import { provisionRoute, RoutingTable } from '../routing/index.ts';
import { builtinRegistry } from '../vocabulary/index.ts';
import { PathGuard, type PathNormalization } from './path-guard.ts';
import type { RouteBackend } from './route-backend.ts';

const registry = builtinRegistry();
const silent = { debug() {}, info() {}, warn() {}, error() {} };

function tableOf(text: string): RoutingTable<RouteBackend> {
  const table = new RoutingTable<RouteBackend>();
  const env = {
    registry,
    predicateEnv: { draining: () => false },
    filterEnv: (routeId: string) => ({ routeId, log: silent, metrics: NO_METRICS }),
    makeBackend: () => ({ kind: 'shunt' }) as RouteBackend,
  };
  table.prepare(1, { put: definitions(text).map((def, order) => provisionRoute(recordOf(def, order), env)) });
  table.commit(1);
  return table;
}

const requestFor = (target: string, host = 'h', headers = {}): Request =>
  new Request({ method: 'GET', target, host, headers: HeaderList.of(headers) });

/** The route that takes the request and the path that goes on: null where nothing does. */
function taken(table: RoutingTable<RouteBackend>, how: PathNormalization, request: Request) {
  const generation = table.pin();
  try {
    if (!request.isPlainPath) new PathGuard(table, how).admit(request, generation);
    const match = table.lookup(request, generation);
    return match === null ? null : { route: match.route.id, path: request.path };
  } catch (error) {
    assert.equal((error as { status?: number }).status, 400);
    return null;
  } finally {
    table.unpin(generation);
  }
}

const ADMIN = `
  admin: PathSubtree("/admin") -> status(401) -> <shunt>;
  files: PathSubtree("/files") -> "http://files.example";
  one: Path("/projects/:id") -> "http://projects.example";
  regexp: PathRegexp("^/legacy/secret") -> status(403) -> <shunt>;
  a: PathSubtree("/ab") && Traffic(0.5) -> "http://a.example";
  b: PathSubtree("/ab") -> "http://b.example";
  host: PathSubtree("/tenant") && Host("^t$") -> "http://tenant.example";
  all: * -> <shunt>;
`;

test('what would lead to another route is refused', () => {
  const table = tableOf(ADMIN);
  const refused = [
    ...['/admin/..%2fx', '/admin/../x', '/admin/%2e%2e/x', '/admin/x/../../y', '/admin/..', '/x/..%2Fadmin/y'],
    ...['/admin;x/y', '/x/..;/admin', '/x;/../admin', '/%2e%2e;/admin', '/admin%3bx/y', '/admin/..;a=b/x'],
    ...['/admin%5c..%5cx', '/x\\..\\admin', '/\\admin', '//admin/x', '//x/admin/y', '/files/%2e%2e/admin'],
    ...['/admin%2fx/../../y', '/x/%252e%252e/admin', '/admin%252fx', '/files%2f..%2fadmin', '/projects/a%2Fb'],
    ...['/legacy%2fsecret/../../x', '/legacy/secret/../x', '/admin/.%2e/x', '/admin/..\\x'],
    ...['/admin%3Fx', '/admin%23/x', '/admin%253Fx', '/ad%0Amin/x', '/admin%20'],
    ...['/ab/../x', '/ab/x/../../z'],
  ];
  for (const target of refused) assert.equal(taken(table, 'refuse', requestFor(target)), null, target);
  for (const target of refused) assert.equal(taken(table, 'raw', requestFor(target))?.path, target);
});

test('what leads to the same route in all readings is forwarded as it came', () => {
  const table = tableOf(ADMIN);
  const kept: [target: string, route: string][] = [
    ['/files/a%2Fb', 'files'],
    ['/files/a%2Fb/..%2Fc;v=1//d', 'files'],
    ['/files/https%3A%2F%2Fa.example%2Fb.png', 'files'],
    ['/admin/a%2Fb', 'admin'],
    ['/admin/x/../y', 'admin'],
    ['/projects/group%20x', 'one'],
    ['/other/a%2Fb%5Cc', 'all'],
    ['/x;jsessionid=1', 'all'],
    ['/files/what%3F', 'files'],
    ['/files/a%20', 'files'],
    ['/files/c%23', 'files'],
    ['/caf%C3%A9/%E9', 'all'],
    ['/tenant/..%2Fx', 'all'],
    ['/.well-known/acme', 'all'],
  ];
  for (const [target, route] of kept)
    assert.deepEqual(taken(table, 'refuse', requestFor(target)), { route, path: target });
  for (const target of ['/ab/x%2Fy', '/ab/x//y', '/ab/./x'])
    for (let times = 0; times < 20; times++)
      assert.match(taken(table, 'refuse', requestFor(target))?.route ?? '', /^[ab]$/);
  assert.equal(taken(table, 'refuse', requestFor('/tenant/..%2Fx', 't')), null);
});

test('an encoded slash and its like in a name need no route of their own', () => {
  const table = tableOf(
    'two: Path("/files/:a/:b") -> <shunt>; sub: PathSubtree("/sub") -> <shunt>; tag: Path("/tags/:tag") -> <shunt>;',
  );
  for (const target of ['/tags/%23room:x', '/tags/%3Fx', '/tags/CORP%5Cada', '/tags/a\\b', '/tags/c%23', '/tags/a%20'])
    assert.equal(taken(table, 'refuse', requestFor(target))?.route, 'tag', target);
  for (const target of [
    '/sub/..',
    '/sub/..%20',
    '/sub/.%0a./x',
    '/sub/..%5cx',
    '/sub/..%23',
    '/sub/x%5c..%3f/../../y',
    '/tags/;x',
  ])
    assert.equal(taken(table, 'refuse', requestFor(target)), null, target);
  assert.equal(taken(table, 'refuse', requestFor('/files/a%2Fb'))?.route, 'two');
  assert.equal(taken(table, 'refuse', requestFor('/sub/x%2Fy'))?.route, 'sub');
  assert.equal(taken(table, 'refuse', requestFor('/x/..%2Fsub/y')), null);
});

test('routes with the same filters and the same backend are as good as one', () => {
  const table = tableOf(`
    admin: PathSubtree("/admin") -> basicAuth("test/fixtures/htpasswd") -> "http://a.example";
    item: Path("/items/:id") -> flowId() -> "http://a.example";
    home: Path("/") -> flowId() -> "http://a.example";
    other: Path("/other") -> flowId() -> "http://b.example";
    said: Path("/said") -> flowId("reuse") -> "http://a.example";
    all: * -> flowId() -> "http://a.example";
  `);
  for (const target of ['/items/a%2Fb', '/items/..%2Fx', '/x/..', '/%2e', '/;jsessionid=1', '/items//a', '/items/a%2F'])
    assert.equal(taken(table, 'refuse', requestFor(target))?.path, target);
  for (const target of ['/items/..%2fadmin', '/admin/..', '/x/..%2fother', '/other;x', '/x/..;/said'])
    assert.equal(taken(table, 'refuse', requestFor(target)), null, target);
});

test('clean forwards what was matched, and refuses what is ambiguous still', () => {
  const table = tableOf(ADMIN);
  const cases: [target: string, path: string | null][] = [
    ['/admin/..%2fx', '/x'],
    ['/x/../admin/y', '/admin/y'],
    ['/files/a%2Fb/%E9', '/files/a/b/%E9'],
    ['/admin;x/y', null],
    ['/x/%252e%252e/admin', null],
    ['//admin/x', '/admin/x'],
  ];
  for (const [target, path] of cases)
    assert.equal(taken(table, 'clean', requestFor(target))?.path ?? null, path, target);
});

/** How backends read what they get; written without a look at ours. */
const BACKENDS: Readonly<Record<string, (path: string) => string>> = {
  asItCame: (path) => path,
  decoding: decodeURIComponent,
  decodingThenResolving: (path) => posix.normalize(decodeURIComponent(path)),
  resolvingThenDecoding: (path) => decodeURIComponent(posix.normalize(path)),
  url: (path) => urlPath(path),
  urlThenDecoding: (path) => decodeURIComponent(urlPath(path)),
  urlOfHost: (path) => new URL(`http://h${path}`).pathname,
  backslashes: (path) => posix.normalize(decodeURIComponent(path).replaceAll('\\', '/')),
  servlet: (path) => posix.normalize(decodeURIComponent(path.replace(/;[^/]*/g, ''))),
  parsingTwice: (path) => urlPath(decodeURIComponent(path)),
  merging: (path) => decodeURIComponent(path).replace(/\/\/+/g, '/'),
};

/** What many Node programs do; it throws where an authority is missing. */
const urlPath = (path: string): string => (URL.canParse(path, 'http://h') ? new URL(path, 'http://h').pathname : '/');

const GUARDS = ['/a', '/a/b', '/b', '/c/a'];
const isUnder = (path: string, guard: string): boolean => path === guard || path.startsWith(`${guard}/`);
/** The guard that a path lies under: the longest. */
const guardOf = (path: string, guards: readonly string[]): string | null =>
  guards.filter((guard) => isUnder(path, guard)).sort((x, y) => y.length - x.length)[0] ?? null;

const piece = fc.constantFrom(
  ...[
    '/',
    '/',
    '/',
    'a',
    'b',
    'c',
    '..',
    '.',
    ';x',
    ';',
    '\\',
    '%2e',
    '%2E.',
    '%2f',
    '%2F',
    '%5c',
    '%3b',
    '%3f',
    '%23',
    '%09',
    'x',
    '%20',
  ],
);
const target = fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => `/${pieces.join('')}`);
const guards = fc.uniqueArray(fc.constantFrom(...GUARDS), { minLength: 1 });

test('no reading of what is forwarded lies under a guard that was not applied', () => {
  const tables = new Map<string, RoutingTable<RouteBackend>>();
  const tableFor = (names: readonly string[]): RoutingTable<RouteBackend> => {
    const text = `${names.map((name, at) => `g${at}: PathSubtree("${name}") -> status(${400 + at}) -> <shunt>;`).join('\n')}\nall: * -> <shunt>;`;
    const table = tables.get(text) ?? tableOf(text);
    tables.set(text, table);
    return table;
  };
  fc.assert(
    fc.property(guards, target, fc.constantFrom('refuse', 'clean'), (names, sent, how) => {
      const found = taken(tableFor(names), how as PathNormalization, requestFor(sent));
      if (found === null) return;
      const applied = found.route === 'all' ? null : (names[Number(found.route.slice(1))] ?? null);
      for (const [backend, read] of Object.entries(BACKENDS)) {
        const reading = read(found.path);
        const guard = guardOf(reading, names);
        assert.ok(
          guard === null || guard === applied,
          `${backend} reads ${found.path} as ${reading}: ${guard}, not ${applied}`,
        );
      }
    }),
    { numRuns: 5000 },
  );
});
