/** The table against a naive scan that shares no code with it, on random tables and random requests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeaderList, Request } from '../../plugin/index.ts';
import type { CallRecord, RouteRecord } from '../../routes/index.ts';
import { provisionRoute } from '../index.ts';
import { Accounts, tableOf, testEnv } from './table.fixture.ts';

const segment = fc.constantFrom('a', 'b', 'ab');
const patternSegment = fc.oneof(
  { weight: 3, arbitrary: segment },
  { weight: 2, arbitrary: fc.constantFrom(':x', ':y') },
);
const pattern = fc
  .tuple(fc.array(patternSegment, { maxLength: 3 }), fc.constantFrom('', '', '', '/', '/*r', '/**'))
  .map(([segments, end]) => `${segments.map((each) => `/${each}`).join('')}${end}` || '/');
const host = fc.constantFrom('a.org', 'b.org', 'x.a.org', 'a.org:80', 'org');
const path: fc.Arbitrary<CallRecord> = fc.tuple(fc.constantFrom('Path', 'PathSubtree'), pattern);
const condition: fc.Arbitrary<CallRecord> = fc.oneof(
  fc.array(host, { minLength: 1, maxLength: 3 }).map((hosts): CallRecord => ['HostIs', ...hosts]),
  fc.tuple(fc.constant('HostEnd'), fc.constantFrom('.org', '.a.org', 'g', 'a.org', 'org:80', '.org:80')),
  fc.tuple(fc.constant('PathBegin'), fc.constantFrom('/', '/a', '/a/', '/a/b', '/b')),
  fc.tuple(fc.constant('Header'), fc.constantFrom('X-A', 'x-a', 'X-B'), fc.constantFrom('1', '2')),
  fc.tuple(fc.constant('Method'), fc.constantFrom('GET', 'PUT')),
  fc.tuple(fc.constant('Weight'), fc.integer({ min: -2, max: 2 })),
  fc.constant(['True'] as const),
  { weight: 1, arbitrary: fc.constant(['First'] as const) },
);

/** Routes with random conditions; many of them, so that places outgrow the plain lists. */
const records: fc.Arbitrary<RouteRecord[]> = fc
  .array(
    fc.record({
      path: fc.option(path, { nil: null, freq: 3 }),
      conditions: fc.array(condition, { maxLength: 3 }),
      order: fc.integer({ min: 0, max: 20 }),
    }),
    { maxLength: 80 },
  )
  .map((routes) =>
    routes.map(({ path, conditions, order }, n) => ({
      id: `r${n}`,
      order,
      predicates: path === null ? conditions : [...conditions, path],
      filters: [],
      backend: { kind: 'shunt' as const },
    })),
  );

const request = fc
  .record({
    method: fc.constantFrom('GET', 'PUT'),
    host,
    segments: fc.array(fc.oneof(segment, fc.constant('c')), { maxLength: 4 }),
    slash: fc.constantFrom('', '/'),
    headers: fc.array(fc.tuple(fc.constantFrom('X-A', 'X-B', 'x-b'), fc.constantFrom('1', '2', '3')), { maxLength: 2 }),
  })
  .map(({ method, host, segments, slash, headers }) => {
    const target = `${segments.map((each) => `/${each}`).join('')}${slash}` || '/';
    return new Request({ method, host, target, headers: HeaderList.of(headers) });
  });

const ignoreTrailingSlash = fc.boolean();

/**
 * How a pattern takes a path: one letter per segment, "0" literal, "1" wildcard, "2" the remainder; null: not at all.
 * The lesser text is the better match.
 */
function taken(patternText: string, subtree: boolean, path: string): string | null {
  const wanted = patternText.split('/').slice(1);
  const given = path.split('/').slice(1);
  let rest = false;
  if (wanted.at(-1)?.startsWith('*')) {
    wanted.pop();
    rest = true;
  }
  if (subtree && wanted.at(-1) === '') wanted.pop();
  let way = '';
  for (const [at, segment] of wanted.entries()) {
    const one = given[at];
    if (one === undefined) return null;
    if (segment.startsWith(':')) {
      if (one === '') return null;
      way += '1';
    } else if (segment === one) way += '0';
    else return null;
  }
  const left = given.slice(wanted.length);
  if (left.length === 0) return subtree || !rest ? way : null;
  if (subtree && left.length === 1 && left[0] === '') return `${way}0`;
  return (subtree || rest) && left.join('/') !== '' ? `${way}2` : null;
}

function holds([name, ...args]: CallRecord, request: Request): boolean {
  const texts = args.map(String);
  const [first = '', second = ''] = texts;
  switch (name) {
    case 'HostIs':
      return texts.includes(request.host);
    case 'HostEnd':
      return request.host.endsWith(first);
    case 'PathBegin':
      return request.matchPath.startsWith(first);
    case 'Header':
      return [...request.headers].some(([n, v]) => n.toLowerCase() === first.toLowerCase() && v === second);
    case 'Method':
      return request.method === first;
    default:
      return true;
  }
}

function rank(record: RouteRecord): number {
  let sum = 0;
  for (const [name, arg] of record.predicates) {
    if (name === 'Weight') sum += Number(arg);
    else if (name !== 'Path' && name !== 'PathSubtree' && name !== 'First') sum++;
  }
  return sum;
}

/** The id of the route that a scan of all routes finds. */
export function scan(records: readonly RouteRecord[], request: Request, ignoreSlash: boolean): string | null {
  const trim = (text: string) => (ignoreSlash && text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text);
  const found: { way: string; record: RouteRecord }[] = [];
  for (const record of records) {
    const call = record.predicates.find(([name]) => name.startsWith('Path') && name !== 'PathBegin');
    const way =
      call === undefined ? '9' : taken(trim(String(call[1])), call[0] === 'PathSubtree', trim(request.matchPath));
    const turn = record.predicates.some(([name]) => name === 'First') ? 'a' : 'b';
    if (way !== null && record.predicates.every((each) => holds(each, request)))
      found.push({ way: turn + way, record });
  }
  const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  found.sort(
    (a, b) =>
      text(a.way, b.way) ||
      rank(b.record) - rank(a.record) ||
      a.record.order - b.record.order ||
      text(a.record.id, b.record.id),
  );
  return found[0]?.record.id ?? null;
}

test('finds what a naive scan finds', () => {
  const env = testEnv(new Accounts());
  fc.assert(
    fc.property(
      records,
      fc.array(request, { minLength: 1, maxLength: 20 }),
      ignoreTrailingSlash,
      (table, requests, ignore) => {
        const routes = table.map((record) => provisionRoute(record, env));
        const built = tableOf(routes, { ignoreTrailingSlash: ignore });
        for (const each of requests) {
          const expected = scan(table, each, ignore);
          assert.equal(built.lookup(each)?.route.id ?? null, expected, `${each.method} ${each.host}${each.path}`);
          assert.equal(built.explain(each).match?.route.id ?? null, expected);
        }
      },
    ),
    { numRuns: 400 },
  );
});
