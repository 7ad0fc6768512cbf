import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makePredicate } from '../../test/kit/specs.ts';
import type { ArgValue, IndexHint, PredicateSpec, Request } from '../plugin/index.ts';
import { builtinPredicates } from './index.ts';

type Init = Parameters<typeof fakeContext>[0];

const spec = (name: string): PredicateSpec => builtinPredicates.find((each) => each.name === name) as PredicateSpec;
const requestOf = (init: Init): Request => fakeContext(init).request;

/** The request's number, as `TrafficSegment` sees it. */
function withRandom(random: number): Request {
  const request = requestOf({});
  Object.defineProperty(request, 'random', { value: random });
  return request;
}

/** Everybody. */
const trustedProxies = ['0.0.0.0/0', '::/0'];

test('predicates match what they say', () => {
  const host = (Host: string): Init => ({ headers: { Host } });
  const cases: [name: string, args: ArgValue[], matching: Init[], others: Init[]][] = [
    ['Host', ['^a[.]example$'], [host('a.example')], [host('A.example'), host('a.example:80'), host('aa.example')]],
    ['Host', ['example'], [host('a.example.org')], [host('b.org')]],
    ['HostAny', ['a', 'b:80'], [host('a'), host('b:80')], [host('A'), host('b'), host('a:80'), host('')]],
    ['PathRegexp', ['^/a/'], [{ target: '/a/b' }, { target: '/x/..//a/%62' }], [{ target: '/a' }, { target: '/?/a/' }]],
    ['PathRegexp', ['a.b'], [{ target: '/a%20b' }, { target: '/a%C3%A9b' }], [{ target: '/a%0Ab' }]],
    ['Method', ['GET'], [{ method: 'GET' }], [{ method: 'get' }, { method: 'HEAD' }]],
    ['Method', ['get'], [{ method: 'get' }], [{ method: 'GET' }]],
    ['Methods', ['get', 'Post'], [{ method: 'GET' }, { method: 'POST' }], [{ method: 'HEAD' }]],
    [
      'Header',
      ['x-a', 'é'],
      [{ headers: { 'X-A': '\xc3\xa9' } }, { headers: { 'X-A': ['1', '\xc3\xa9'] } }],
      [{}, { headers: { 'X-A': '\xe9' } }, { headers: { 'X-A': '1, \xc3\xa9' } }],
    ],
    ['Header', ['X-A', ''], [{ headers: { 'X-A': '' } }], [{}]],
    ['Header', ['Content-Length', '0'], [{ headers: { 'Content-Length': '0' } }], [{}]],
    ['Header', ['Host', 'a'], [], [host('a')]],
    ['HeaderRegexp', ['host', 'a'], [], [host('a')]],
    [
      'HeaderRegexp',
      ['X-A', '^é?$'],
      [{ headers: { 'x-a': '' } }, { headers: { 'x-a': ['b', '\xc3\xa9'] } }, { headers: { 'x-a': '\xe9' } }],
      [{}, { headers: { 'x-a': 'e' } }],
    ],
    [
      'Cookie',
      ['a', '^1?$'],
      [{ headers: { Cookie: 'b=2; a=1' } }, { headers: { Cookie: 'a="1"; a=2' } }, { headers: { Cookie: 'a' } }],
      [{}, { headers: { Cookie: 'A=1' } }, { headers: { Cookie: 'a=2; a=1' } }],
    ],
    [
      'QueryParam',
      ['a b'],
      [{ target: '/?a+b' }, { target: '/?c&a%20b=1' }],
      [{}, { target: '/?' }, { target: '/?c=a+b' }, { target: '/a+b' }],
    ],
    ['QueryParam', ['a', '^é$'], [{ target: '/?a=1&a=%C3%A9' }], [{ target: '/?a' }, { target: '/?b=%C3%A9' }]],
    [
      'Source',
      ['10.0.0.0/8'],
      [
        { remoteAddress: '10.1.1.1' },
        { remoteAddress: '::ffff:10.1.1.1' },
        { trustedProxies, headers: { 'X-Forwarded-For': '10.0.0.1, 192.0.2.1' } },
        { trustedProxies, headers: { 'X-Forwarded-For': ['10.0.0.1:4711', '192.0.2.1'] } },
        { trustedProxies, remoteAddress: '10.1.1.1', headers: { 'X-Forwarded-For': 'unknown' } },
        { trustedProxies, headers: { Forwarded: 'for=10.0.0.1, for=192.0.2.1' } },
        { remoteAddress: '10.1.1.1', headers: { 'X-Forwarded-For': '192.0.2.7' } },
      ],
      [
        {},
        { trustedProxies, remoteAddress: '10.1.1.1', headers: { 'X-Forwarded-For': '192.0.2.1, 10.0.0.1' } },
        { headers: { 'X-Forwarded-For': '10.0.0.1' } },
        { trustedProxies: ['192.0.2.1'], headers: { 'X-Forwarded-For': '10.0.0.1, 192.0.2.7' } },
      ],
    ],
    [
      'SourceFromLast',
      ['2001:db8::/32', '10.0.0.1'],
      [
        { trustedProxies, headers: { 'X-Forwarded-For': '192.0.2.1, 10.0.0.1' } },
        { trustedProxies, headers: { 'X-Forwarded-For': ['192.0.2.1', '[2001:db8::7]:80'] } },
        { trustedProxies, remoteAddress: '2001:db8::1', headers: { 'X-Forwarded-For': '10.0.0.1, ' } },
      ],
      [
        { trustedProxies, headers: { 'X-Forwarded-For': ['10.0.0.1', '192.0.2.1'] } },
        { headers: { 'X-Forwarded-For': '10.0.0.1' } },
      ],
    ],
    [
      'ClientIP',
      ['192.0.2.1'],
      [
        {},
        { headers: { 'X-Forwarded-For': '10.0.0.1' } },
        { trustedProxies, remoteAddress: '10.0.0.1', headers: { 'X-Forwarded-For': '192.0.2.1' } },
      ],
      [
        { remoteAddress: '', headers: { 'X-Forwarded-For': '192.0.2.1' } },
        { trustedProxies, headers: { 'X-Forwarded-For': '10.0.0.1' } },
      ],
    ],
    ['Scheme', ['https'], [{ scheme: 'https' }], [{}, { headers: { 'X-Forwarded-Proto': 'https' } }]],
    ['Scheme', ['https'], [{ trustedProxies, headers: { 'X-Forwarded-Proto': 'HTTPS' } }], []],
    ['Scheme', ['https'], [{ trustedProxies, headers: { Forwarded: 'for=192.0.2.2;proto=https' } }], []],
    ['Scheme', ['http'], [{ trustedProxies, scheme: 'https', headers: { 'X-Forwarded-Proto': 'http' } }], []],
    ['Listener', ['address'], [], [{}]],
    ['First', [], [{}], []],
    ['Traffic', [1], [{}], []],
    ['Traffic', [0], [], [{}]],
    ['Traffic', [0, 'g', 'A'], [{ headers: { Cookie: 'g=A' } }], [{}, { headers: { Cookie: 'g=B' } }]],
    ['Traffic', [1, 'g', 'A'], [{}, { headers: { Cookie: 'h=B' } }], [{ headers: { Cookie: 'g=B' } }]],
    ['Traffic', [1, 'g', ''], [{ headers: { Cookie: 'g=B' } }], []],
    ['Weight', [3], [{}], []],
    ['True', [], [{}], []],
    ['False', [], [], [{}]],
    ['Path', ['/a'], [{}], []],
    ['Path', [''], [{}], []],
  ];
  for (const [name, args, matching, others] of cases) {
    const predicate = makePredicate(spec(name), args);
    for (const init of matching) assert.ok(predicate.match(requestOf(init)), `${name} ${args} ${JSON.stringify(init)}`);
    for (const init of others) assert.ok(!predicate.match(requestOf(init)), `${name} ${args} ${JSON.stringify(init)}`);
  }
});

test('TrafficSegment goes by the one number of the request', () => {
  for (const [min, max, random, matches] of [
    [0, 1, 0, true],
    [0, 0.5, 0.5, false],
    [0.5, 1, 0.5, true],
    [0.5, 1, 0.999, true],
    [0.3, 0.3, 0.3, false],
  ] as const)
    assert.equal(makePredicate(spec('TrafficSegment'), [min, max]).match(withRandom(random)), matches);
});

test('Shutdown follows the process', () => {
  let draining = false;
  const predicate = makePredicate(spec('Shutdown'), [], { draining: () => draining });
  assert.equal(predicate.match(requestOf({})), false);
  draining = true;
  assert.equal(predicate.match(requestOf({})), true);
});

test('hints say what the table may look up', () => {
  const cases: [name: string, args: ArgValue[], hint: IndexHint | undefined][] = [
    ['Path', ['b//c/../:x'], { kind: 'path', pattern: '/b/:x', subtree: false }],
    ['Path', [''], undefined],
    ['PathSubtree', ['/a/**'], { kind: 'path', pattern: '/a/**', subtree: true }],
    ['PathRegexp', ['^/api/(a|b)'], { kind: 'path-prefix', prefix: '/api/' }],
    ['PathRegexp', ['^/api$'], { kind: 'path-prefix', prefix: '/api' }],
    ['PathRegexp', ['/api'], undefined],
    ['PathRegexp', ['(?i)^/api'], undefined],
    ['Host', ['^a[.]example$'], { kind: 'host', hosts: ['a.example'] }],
    ['Host', ['^(a[.]example(:[0-9]+)?)$'], { kind: 'host', hosts: ['a.example'] }],
    ['Host', ['[.]a[.]example$'], { kind: 'host-suffix', suffix: '.a.example' }],
    ['Host', ['^(.*[.]a|b)[.]example$'], { kind: 'host-suffix', suffix: '.example' }],
    ['Host', ['example'], undefined],
    ['Host', ['(?i)^a[.]example$'], undefined],
    ['HostAny', ['a', 'b:80'], { kind: 'host', hosts: ['a', 'b:80'] }],
    ['Method', ['GET'], { kind: 'method', methods: ['GET'] }],
    ['Methods', ['get', 'Put'], { kind: 'method', methods: ['GET', 'PUT'] }],
    ['Header', ['X-A', 'é'], { kind: 'header', name: 'X-A', value: '\xc3\xa9' }],
    ['Header', ['Host', 'a'], undefined],
    ['True', [], undefined],
  ];
  for (const [name, args, hint] of cases)
    assert.deepEqual(makePredicate(spec(name), args).index, hint, `${name} ${JSON.stringify(args)}`);
});

test('a predicate adds one to the rank, but for a few', () => {
  const weights: Record<string, [ArgValue[], number]> = {
    Path: [['/a'], 0],
    PathSubtree: [['/a'], 0],
    TrafficSegment: [[0, 1], 0],
    Weight: [[-2.9], -2],
    Method: [['GET'], 1],
    True: [[], 1],
  };
  for (const [name, [args, weight]] of Object.entries(weights))
    assert.equal(makePredicate(spec(name), args).weight ?? 1, weight, name);
});

test('arguments at fault are named, with their place', () => {
  const faults: [name: string, args: ArgValue[], index: number, message: RegExp][] = [
    ['Path', [], -1, /expects 1 argument \(pattern\), found 0/],
    ['Path', [1], 0, /expected a path/],
    ['Path', ['/a/*x/b'], 0, /expected "\*x" to be the last segment/],
    ['Path', ['/a/**/'], 0, /last segment/],
    ['PathSubtree', ['/a:b'], 0, /fill its segment, found "a:b"/],
    ['Path', ['/a*'], 0, /fill its segment/],
    ['PathRegexp', ['['], 0, /argument 1/],
    ['Host', ['(?!a)'], 0, /argument 1/],
    ['Host', ['a', 'b'], -1, /found 2/],
    ['HostAny', [], -1, /at least 1/],
    ['HostAny', ['a', 7], 1, /argument 2 \(host\): expected a string/],
    ['Method', [], -1, /expects 1/],
    ['Methods', [], -1, /at least 1/],
    ['Methods', ['GET', 'PURGE'], 1, /expected one of GET, .*found "PURGE"/],
    ['Header', ['X-A'], -1, /expects 2/],
    ['Header', ['X A', '1'], 0, /header name/],
    ['HeaderRegexp', ['X-A', '*'], 1, /argument 2/],
    ['Cookie', ['a'], -1, /expects 2/],
    ['QueryParam', [], -1, /expects 1 to 2/],
    ['Source', [], -1, /at least 1/],
    ['Scheme', ['ftp'], 0, /"http", "https"/],
    ['Listener', ['inside'], 0, /"insecure-address" or a port/],
    ['Listener', [70000], 0, /or a port/],
    ['Source', ['10.0.0.0/8', '10.0.0.0/33'], 1, /0 to 32 bits/],
    ['ClientIP', ['0.0.0.0'], 0, /write "0.0.0.0\/0"/],
    ['Traffic', [2], 0, /from 0 to 1/],
    ['Traffic', [0.5, 'a'], -1, /1 or 3 arguments/],
    ['TrafficSegment', [0.5, 0.4], 1, /at most max/],
    ['TrafficSegment', [0, 1.1], 1, /from 0 to 1/],
    ['Weight', ['1'], 0, /expected a number/],
    ['True', [1], -1, /expects 0/],
    ['Shutdown', [1], -1, /expects 0/],
  ];
  for (const [name, args, index, message] of faults) {
    const fault = faultOf(spec(name), args);
    assert.ok(fault !== null, `${name} takes ${JSON.stringify(args)}`);
    assert.equal(fault.index, index, `${name} ${JSON.stringify(args)}: ${fault.message}`);
    assert.match(fault.message, message);
  }
});

test('every built-in predicate is complete', () => {
  for (const { name, summary, examples, source } of builtinPredicates) {
    assert.match(summary, /^[A-Z].*\.$/, name);
    assert.ok(examples.length > 0 && source !== undefined, name);
  }
});
