// Filters that pass on or judge what others found out about a client.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type ArgValue,
  type Filter,
  type FilterSpec,
  HeaderList,
  type PeerCertificate,
  Request,
} from '../../src/plugin/index.ts';
import { type FakeContext, fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { bearerinjector, setRequestHeaderFromSecret } from '../headers/secret-headers.ts';
import { type Claims, tokenInfo, tokenIntrospection, verifiedClaims } from './lib/auth-state.ts';
import * as mtls from './mtls.ts';
import { oidcClaimsQuery } from './oidc/claims-query.ts';
import { forwardToken, forwardTokenField } from './tokens/forward-token.ts';

type AnySpec = FilterSpec<never>;
const make = (spec: unknown, ...args: ArgValue[]): Filter => makeFilter(spec as AnySpec, ...args);

const TOKEN: Claims = { uid: 'ada', scope: ['a'], name: 'Ädá 𝒳', address: { zip: '1' } };

const FORWARDED: [spec: unknown, args: ArgValue[], value: string | null][] = [
  [forwardToken, [], '{"uid":"ada","scope":["a"],"name":"\\u00c4d\\u00e1 \\ud835\\udcb3","address":{"zip":"1"}}'],
  [forwardToken, ['scope', 'none', 'uid'], '{"scope":["a"],"uid":"ada"}'],
  [forwardTokenField, ['uid'], 'ada'],
  [forwardTokenField, ['scope'], '["a"]'],
  [forwardTokenField, ['address.zip'], '1'],
  [forwardTokenField, ['none'], null],
];

for (const [spec, args, value] of FORWARDED) {
  test(`${(spec as AnySpec).name}(${args.join(', ')}) forwards ${value}`, () => {
    for (const key of [tokenInfo, tokenIntrospection]) {
      const ctx = fakeContext({ headers: { 'X-Facts': 'forged' } });
      ctx.state.set(key, TOKEN);
      make(spec, 'X-Facts', ...args).request?.(ctx);
      assert.equal(ctx.request.headers.get('X-Facts'), value);
      if (value?.startsWith('{') && args.length === 0) assert.deepEqual(JSON.parse(value), TOKEN);
    }
  });
}

test('forwardTokenField knows verified claims', () => {
  const ctx = fakeContext();
  ctx.state.set(verifiedClaims, { sub: 'ada', email: 'a@b' });
  for (const [field, value] of [
    ['subject', 'ada'],
    ['claims.email', 'a@b'],
    ['email', 'a@b'],
  ] as const) {
    make(forwardTokenField, 'X-Fact', field).request?.(ctx);
    assert.equal(ctx.request.headers.get('X-Fact'), value);
  }
});

const CLAIMS: Claims = {
  sub: 'somesub',
  email: 'someone@example.org',
  groups: ['CD-Administrators', 'appX-Test-Users', 'white space'],
};

const QUERIES: [path: string, rules: string[], status: number | null][] = [
  ['/', ['/:email'], null],
  ['/', ['/:nope'], 403],
  ['/', ['/:nope email'], null],
  ['/login/x', ['/login:groups.#[=="appX-Tester"]', '/:@_:email%"*@example.org"'], 403],
  ['/other', ['/login:groups.#[=="appX-Tester"]', '/:@_:email%"*@example.org"'], null],
  ['/a/../login', ['/login:nope', '/:email'], 403],
  ['/%6cogin', ['/login:nope', '/:email'], 403],
  ['/login/..%2fx', ['/login:nope', '/:email'], 403],
  ['/login;a', ['/login/:nope', '/:email'], null],
  ['/x/..;/login', ['/login:nope', '/:email'], 403],
  ['/x%2Fy', ['/login:nope', '/:email'], null],
  ['/elsewhere', ['/login:email'], 403],
  ['/', ['/:groups.#(%"x*") \'groups.#(%"*-Test-Users")\''], null],
  ['/', ['/:groups.#(=="white space")'], null],
  ['/', ['/:[@this].#(sub=="somesub")'], null],
];

for (const [target, rules, status] of QUERIES) {
  test(`oidcClaimsQuery(${rules.join(', ')}) at ${target} is ${status ?? 'a pass'}`, () => {
    const ctx = fakeContext({ target });
    ctx.state.set(verifiedClaims, CLAIMS);
    make(oidcClaimsQuery, ...rules).request?.(ctx);
    assert.equal(ctx.served?.status ?? null, status);
    const stranger = fakeContext({ target });
    make(oidcClaimsQuery, ...rules).request?.(stranger);
    assert.equal(stranger.served?.status, 401);
  });
}

test('secrets are followed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  const file = join(folder, 'secret');
  writeFileSync(file, 'one\n');
  t.mock.timers.enable({ apis: ['setInterval'] });
  const [header, bearer] = [make(setRequestHeaderFromSecret, 'X-Key', file, '<', '>'), make(bearerinjector, file)];
  const seen = async (): Promise<(string | null)[]> => {
    const ctx = fakeContext({ headers: { Authorization: 'Basic x' } });
    await header.request?.(ctx);
    await bearer.request?.(ctx);
    return ['X-Key', 'Authorization'].map((name) => ctx.request.headers.get(name));
  };
  assert.deepEqual(await seen(), ['<one>', 'Bearer one']);
  writeFileSync(file, 'two, ü');
  t.mock.timers.tick(1000);
  while ((await seen()).some((value) => value?.includes('one'))) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await seen(), ['<two, \xc3\xbc>', 'Bearer two, \xc3\xbc']);
  header.close?.();
  bearer.close?.();
  rmSync(folder, { recursive: true });
});

const CERTIFICATE: PeerCertificate = {
  chain: [Buffer.from('leaf'), Buffer.from('ca')],
  authorized: true,
  subject: 'CN=billing,O=Example',
  issuer: 'CN=My CA,O=My Org,C=DE',
  commonName: 'billing',
  names: {
    dns: ['Api.Shop.example.org', 'billing.example.org'],
    ips: ['10.1.2.3', '2001:db8::7'],
    uris: ['spiffe://example.org/ns/shop/sa/billing'],
  },
};

function withCertificate(clientCertificate: PeerCertificate | null): FakeContext {
  const ctx = fakeContext();
  const request = new Request({
    method: 'GET',
    target: '/',
    host: 'example.org',
    headers: HeaderList.of({ 'X-Forwarded-Tls-Client-Cert': 'forged' }),
    clientCertificate,
  });
  return Object.assign(ctx, { request });
}

const MTLS: [spec: unknown, args: ArgValue[], passes: boolean][] = [
  [mtls.mtlsAuthn, [], true],
  [mtls.mtlsIssuerDn, ['CN=Other', 'CN=My CA,O=My Org,C=DE'], true],
  [mtls.mtlsIssuerDn, ['CN=My CA'], false],
  [mtls.mtlsCn, ['shop', 'billing'], true],
  [mtls.mtlsCn, ['Billing'], false],
  [mtls.mtlsSanCidr, ['192.168.0.0/16', '10.0.0.0/8'], true],
  [mtls.mtlsSanCidr, ['2001:db8::/32'], true],
  [mtls.mtlsSanCidr, ['192.168.0.0/16'], false],
  [mtls.mtlsSanIp, ['10.1.2.3'], true],
  [mtls.mtlsSanIp, ['2001:DB8:0::7'], true],
  [mtls.mtlsSanIp, ['10.1.2.4'], false],
  [mtls.mtlsSanDns, ['api.shop.example.org'], true],
  [mtls.mtlsSanDns, ['*.shop.EXAMPLE.org'], true],
  [mtls.mtlsSanDns, ['*.org'], false],
  [mtls.mtlsSanUri, ['spiffe://example.org/ns/shop/sa/*'], true],
  [mtls.mtlsSanUri, ['spiffe://example.org/*'], false],
  [mtls.mtlsSanUri, ['spiffe://example.org/ns/shop/sa/billing'], true],
];

for (const [spec, args, passes] of MTLS) {
  test(`${(spec as AnySpec).name}(${args.join(', ')}) ${passes ? 'passes' : 'refuses'}`, () => {
    const statusOf = (certificate: PeerCertificate | null): number | null => {
      const ctx = withCertificate(certificate);
      make(spec, ...args).request?.(ctx);
      return ctx.served?.status ?? null;
    };
    assert.equal(statusOf(CERTIFICATE), passes ? null : 403);
    assert.equal(statusOf({ ...CERTIFICATE, authorized: false }), 401, 'not trusted');
    assert.equal(statusOf(null), 401, 'without TLS');
  });
}

test('certificates go to the backend', () => {
  for (const [certificate, value] of [
    [CERTIFICATE, 'bGVhZg==,Y2E='],
    [null, null],
  ] as const) {
    const ctx = withCertificate(certificate);
    make(mtls.tlsPassClientCertificates).request?.(ctx);
    assert.equal(ctx.request.headers.get('X-Forwarded-Tls-Client-Cert'), value);
  }
});

const REFUSED: [spec: unknown, args: ArgValue[], index: number][] = [
  [forwardToken, [], -1],
  [forwardToken, ['X A'], 0],
  [forwardTokenField, ['X-A', 'a.#('], 1],
  [oidcClaimsQuery, [], -1],
  [oidcClaimsQuery, ['/:a', 'email'], 1],
  [oidcClaimsQuery, [':email'], 0],
  [oidcClaimsQuery, ['/:'], 0],
  [setRequestHeaderFromSecret, ['X-A', 'test/fixtures/none'], 1],
  [bearerinjector, ['test/fixtures/htpasswd'], 0],
  [mtls.mtlsIssuerDn, [''], 0],
  [mtls.mtlsSanCidr, ['10.0.0.0/8', '10.0.0.1'], 1],
  [mtls.mtlsSanCidr, ['10.0.0.0/33'], 0],
  [mtls.mtlsSanIp, ['10.0.0.0/8'], 0],
  [mtls.mtlsSanDns, ['a..b'], 0],
  [mtls.mtlsSanDns, ['10.0.0.1'], 0],
  [mtls.mtlsSanUri, ['/ns/*'], 0],
  [mtls.mtlsSanUri, ['spiffe://a/[a-z]'], 0],
  [mtls.mtlsAuthn, ['x'], -1],
];

for (const [spec, args, index] of REFUSED)
  test(`${(spec as AnySpec).name}(${args.join(', ')}) is refused`, () =>
    assert.equal(faultOf(spec as AnySpec, args)?.index, index));
