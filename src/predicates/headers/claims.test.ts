import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FakeContextInit, fakeContext } from '../../../test/kit/context.ts';
import { faultOf, makePredicate } from '../../../test/kit/specs.ts';
import type { ArgValue, PredicateSpec } from '../../plugin/index.ts';
import { contentLengthBetween } from '../request/content-length.ts';
import { tee } from '../traffic/tee.ts';
import { forwardedHost, forwardedProtocol } from './forwarded.ts';
import { headerSha256 } from './header-sha256.ts';
import * as jwt from './jwt-payload.ts';
import { otelBaggage } from './otel-baggage.ts';

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (payload: unknown): string => `${encoded({ alg: 'none' })}.${encoded(payload)}.c2ln`;
const bearer = (payload: unknown): FakeContextInit => ({ headers: { Authorization: `Bearer ${token(payload)}` } });
const fields = (...lines: [string, string][]): FakeContextInit => ({ headers: lines });
const forwarded = (...lines: string[]): FakeContextInit => ({
  ...fields(...lines.map((line): [string, string] => ['Forwarded', line])),
  trustedProxies: ['0.0.0.0/0', '::/0'],
});
const baggage = (line: string): FakeContextInit => fields(['baggage', line]);

const SECRET = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b';
const PASSWORD = '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8';
const ADA = bearer({ iss: 'i', sub: 'ada', aud: ['x'], n: 1 });

const CASES: [spec: unknown, args: ArgValue[], request: FakeContextInit, matches: boolean][] = [
  [jwt.jwtPayloadAnyKv, ['iss', 'x', 'sub', 'ada'], ADA, true],
  [jwt.jwtPayloadAnyKv, ['sub', 'bob', 'sub', 'ada'], ADA, true],
  [jwt.jwtPayloadAllKv, ['sub', 'bob', 'sub', 'ada'], ADA, false],
  [jwt.jwtPayloadAllKv, ['iss', 'i', 'sub', 'ada'], ADA, true],
  [jwt.jwtPayloadAllKv, ['iss', 'i', 'none', 'ada'], ADA, false],
  [jwt.jwtPayloadAnyKv, ['n', '1'], ADA, false],
  [jwt.jwtPayloadAnyKv, ['aud', 'x'], ADA, false],
  [jwt.jwtPayloadAnyKvRegexp, ['sub', '^a', 'iss', 'z'], ADA, true],
  [jwt.jwtPayloadAllKvRegexp, ['sub', '^a', 'iss', 'z'], ADA, false],
  [jwt.jwtPayloadAnyKvRegexp, ['toString', '.*'], ADA, false],
  [jwt.jwtPayloadAnyKv, ['sub', 'ada'], fields(['Authorization', `bearer  ${token({ sub: 'ada' })}`]), true],
  [jwt.jwtPayloadAnyKv, ['sub', 'ada'], fields(['Authorization', token({ sub: 'ada' })]), false],
  [jwt.jwtPayloadAnyKv, ['sub', 'ada'], fields(['Authorization', `Bearer ${token({ sub: 'ada' })}.x`]), false],
  [jwt.jwtPayloadAnyKv, ['sub', 'ada'], fields(['Authorization', 'Bearer a.!!.c']), false],
  [jwt.jwtPayloadAnyKv, ['sub', 'ada'], fields(['Authorization', 'Bearer a.bm90IGpzb24.c']), false],
  [jwt.jwtPayloadAnyKv, ['sub', 'ada'], bearer(null), false],
  [jwt.jwtPayloadAnyKv, ['0', 'a'], bearer('ada'), false],
  [forwardedHost, ['^a$'], forwarded('host=a'), true],
  [forwardedHost, ['^a$'], forwarded('host=a', 'host=b'), false],
  [forwardedHost, ['^b$'], forwarded('host=a', 'Host=b;proto=http'), true],
  [forwardedHost, ['^a$'], forwarded('for=192.0.2.1;host=a, for=192.0.2.2'), true],
  [forwardedHost, ['^a$'], forwarded('for=1;host=a, for=unknown'), false],
  [forwardedHost, ['^a,b;"c$'], forwarded('host="a,b;\\"c" ; proto=https'), true],
  [forwardedHost, ['^a$'], forwarded('host=a, for=192.0.2.1;x="x,host=evil"'), true],
  [forwardedHost, ['.*'], { headers: { Forwarded: 'host=a' } }, false],
  [forwardedProtocol, ['https'], { headers: { Forwarded: 'proto=https' } }, false],
  [forwardedHost, ['^a$'], forwarded('host=a, for=192.0.2.1;host="unclosed'), true],
  [forwardedHost, ['^a$'], forwarded('host=a;host='), true],
  [forwardedHost, ['.*'], forwarded('for=192.0.2.1'), false],
  [forwardedHost, ['.*'], {}, false],
  [forwardedProtocol, ['https'], forwarded('for="[::1]:80";proto=HTTPS'), true],
  [forwardedProtocol, ['http'], forwarded('proto=https'), false],
  [headerSha256, ['X-Secret', PASSWORD, SECRET.toUpperCase()], fields(['x-secret', 'secret']), true],
  [headerSha256, ['X-Secret', PASSWORD, SECRET], fields(['x-secret', 'password']), true],
  [headerSha256, ['X-Secret', SECRET], fields(['x-secret', 'SECRET']), false],
  [headerSha256, ['X-Secret', SECRET], fields(['x-secret', '']), false],
  [contentLengthBetween, [0, 5], {}, true],
  [contentLengthBetween, [1, 5], {}, false],
  [contentLengthBetween, [1, 5], { body: 'abcde' }, false],
  [contentLengthBetween, [5, 6], { body: 'abcde' }, true],
  [contentLengthBetween, [0, 9], { body: 'abc', headers: { 'Transfer-Encoding': 'chunked' } }, false],
  [otelBaggage, ['k'], baggage('a=1,k=2'), true],
  [otelBaggage, ['k'], baggage('a=k, kk=1'), false],
  [otelBaggage, ['k', '2'], baggage(' a=1 , k = 2 ; p=1'), true],
  [otelBaggage, ['k', '3'], baggage('k=2,k=3'), false],
  [otelBaggage, ['k', 'ä'], baggage('k=%C3%A4'), true],
  [otelBaggage, ['k', '%zz'], baggage('k=%zz'), true],
];

for (const [spec, args, init, matches] of CASES) {
  const { name } = spec as PredicateSpec;
  test(`${name}(${args.join(', ')}) on ${JSON.stringify(init)}`, () => {
    const predicate = makePredicate(spec as PredicateSpec, args);
    const { request } = fakeContext(init);
    assert.equal(predicate.match(request), matches);
    assert.equal(predicate.match(request), matches, 'from the cache');
  });
}

test('Tee matches by the mark, not by the message', () => {
  const predicate = makePredicate(tee, ['A']);
  const { request } = fakeContext({ headers: { 'X-Tee-Loopback-Key': 'A' } });
  assert.equal(predicate.match(request), false);
  request.shadowLabel = 'A';
  assert.equal(predicate.match(request), true);
  request.shadowLabel = 'B';
  assert.equal(predicate.match(request), false);
});

const REFUSED: [spec: unknown, args: ArgValue[], index: number][] = [
  [jwt.jwtPayloadAnyKv, [], -1],
  [jwt.jwtPayloadAnyKv, ['a', 'b', 'c'], 2],
  [jwt.jwtPayloadAnyKv, ['a', 1], 1],
  [jwt.jwtPayloadAllKvRegexp, ['a', 'b', 'c', '('], 3],
  [forwardedHost, ['('], 0],
  [forwardedProtocol, ['ftp'], 0],
  [headerSha256, ['X', '00'], 1],
  [headerSha256, ['X', SECRET, 'AA'], 2],
  [headerSha256, ['X Y', SECRET], 0],
  [contentLengthBetween, [5, 5], 1],
  [contentLengthBetween, [-1, 5], 0],
  [otelBaggage, ['a b'], 0],
];

for (const [spec, args, index] of REFUSED) {
  const { name } = spec as PredicateSpec;
  test(`${name}(${args.join(', ')}) is refused`, () =>
    assert.equal(faultOf(spec as PredicateSpec, args)?.index, index));
}
