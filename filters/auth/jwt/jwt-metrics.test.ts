import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArgValue, Filter, FilterSpec } from '../../../src/plugin/index.ts';
import { type FakeContext, type FakeContextInit, fakeContext } from '../../../test/kit/context.ts';
import { faultOf, makeFilterIn } from '../../../test/kit/specs.ts';
import { annotations } from '../../lib/annotations.ts';
import { tokenInfo } from '../lib/auth-state.ts';
import { jwtMetrics } from './jwt-metrics.ts';

const spec = jwtMetrics as unknown as FilterSpec;

/** A filter, and what it counts. */
function counting(...args: ArgValue[]): { filter: Filter; counts: Record<string, number> } {
  const counts: Record<string, number> = {};
  const count = (key: string, by = 1): void => void (counts[key] = (counts[key] ?? 0) + by);
  return { filter: makeFilterIn({ metrics: { count } }, spec, ...args), counts };
}

const jwt = (payload: unknown): string => `Bearer e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.s`;

function responded(authorization: string | null, status = 200, init: FakeContextInit = {}): FakeContext {
  const headers = {
    Host: 'shop.example.org:8080',
    ...(authorization === null ? {} : { Authorization: authorization }),
  };
  return fakeContext({ headers, response: { status }, ...init });
}

const ISSUERS = '{issuers: [a, b]}';
const CLAIMS = '{claims: [{iss: a, level: 2}, {iss: b}, {aud: [x, y]}]}';
const BOTH = '{issuers: [a], claims: [{realm: staff}]}';

const CASES: [rules: string | null, authorization: string | null, counted: string[]][] = [
  [null, null, ['missing-token']],
  [null, '', ['missing-token']],
  [null, 'Basic abc', ['invalid-token-type']],
  [null, 'Bearerabc', ['invalid-token-type']],
  [null, 'Bearer opaque', []],
  ['', 'Bearer opaque', []],
  ['{}', 'bearer opaque', []],
  [ISSUERS, null, ['missing-token']],
  [ISSUERS, 'Bearer opaque', ['invalid-token']],
  [ISSUERS, 'Bearer a.b', ['invalid-token']],
  [ISSUERS, jwt([1]), ['invalid-token']],
  [ISSUERS, jwt({ sub: 'x' }), ['missing-issuer']],
  [ISSUERS, jwt({ iss: 7 }), ['missing-issuer']],
  [ISSUERS, jwt({ iss: 'c' }), ['invalid-issuer']],
  [ISSUERS, jwt({ iss: 'b' }), []],
  [CLAIMS, 'Bearer opaque', ['invalid-token']],
  [CLAIMS, jwt({ iss: 'a', level: 2, more: true }), []],
  [CLAIMS, jwt({ iss: 'a', level: '2' }), ['invalid-claims']],
  [CLAIMS, jwt({ iss: 'a' }), ['invalid-claims']],
  [CLAIMS, jwt({ iss: 'b' }), []],
  [CLAIMS, jwt({ aud: ['x', 'y'] }), []],
  [CLAIMS, jwt({ aud: ['x'] }), ['invalid-claims']],
  ['{claims: [{toString: null}]}', jwt({}), ['invalid-claims']],
  [BOTH, jwt({ iss: 'c' }), ['invalid-issuer', 'invalid-claims']],
  [BOTH, jwt({ iss: 'a', realm: 'staff' }), []],
];

for (const [rules, authorization, problems] of CASES) {
  test(`jwtMetrics(${rules ?? ''}) on ${authorization} counts ${problems.join(', ') || 'nothing'}`, () => {
    const { filter, counts } = counting(...(rules === null ? [] : [rules]));
    const ctx = responded(authorization);
    filter.response?.(ctx);
    const keys = problems.map((problem) => `jwtMetrics.custom.GET.shop_example_org_8080.200.${problem}`);
    assert.deepEqual(counts, Object.fromEntries(keys.map((key) => [key, 1])));
    assert.equal(ctx.trace.get('jwt'), problems.at(-1));
  });
}

test('the key has method and status; refusals are not counted', () => {
  const { filter, counts } = counting();
  for (const status of [200, 302, 400, 401, 404, 499, 502]) {
    filter.response?.(responded(null, status, { method: 'POST', headers: { Host: 'bücher.example' } }));
  }
  const keys = [200, 302, 502].map((status) => `jwtMetrics.custom.POST.b_cher_example.${status}.missing-token`);
  assert.deepEqual(Object.keys(counts), keys);
});

test('a route, a host or what another filter found out opts out', () => {
  const rules = "{optOutAnnotations: [open], optOutHosts: ['^open[.]'], optOutStateBag: [tokeninfo, verified-claims]}";
  const { filter, counts } = counting(rules);
  const annotated = responded(null);
  annotated.state.set(annotations, new Map([['open', '']]));
  const informed = responded(null);
  informed.state.set(tokenInfo, {});
  for (const ctx of [annotated, informed, responded(null, 200, { host: 'open.example' })]) filter.response?.(ctx);
  assert.deepEqual(counts, {});
  const other = responded(null, 200, { host: 'shut.example' });
  other.state.set(annotations, new Map([['shut', '']]));
  filter.response?.(other);
  assert.deepEqual(counts, { 'jwtMetrics.custom.GET.shut_example.200.missing-token': 1 });
});

const REFUSED: [rules: ArgValue, message: RegExp][] = [
  [1, /expected a string/],
  ['issuers', /expected rules such as/],
  ['[a]', /expected rules such as/],
  ['{issuer: [a]}', /unknown rule "issuer"/],
  ['{issuers: a}', /expected a list, found "a"/],
  ['{claims: [a]}', /expected claims/],
  ['{claims: {iss: a}}', /expected a list/],
  ['{optOutHosts: ["("]}', /./],
  ['{issuers: [a', /./],
];

for (const [rules, message] of REFUSED) {
  test(`jwtMetrics refuses ${rules}`, () => {
    const fault = faultOf(spec, [rules]);
    assert.equal(fault?.index, 0);
    assert.match(fault.message, message);
  });
}
