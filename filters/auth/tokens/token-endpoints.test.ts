import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ArgValue, authUser, type Filter, type FilterSpec } from '../../../src/plugin/index.ts';
import { type FakeContext, fakeContext } from '../../../test/kit/context.ts';
import { type JsonServer, startJsonServer } from '../../../test/kit/json-server.ts';
import { faultOf, makeFilter } from '../../../test/kit/specs.ts';
import { annotate } from '../../observe/annotation.ts';
import { tokenInfo, tokenIntrospection } from '../lib/auth-state.ts';
import * as info from './token-info.ts';
import { oauthTokeninfoValidate } from './token-info-validate.ts';
import * as introspection from './token-introspection.ts';

const FACTS: Record<string, Record<string, unknown>> = {
  good: { uid: 'ada', scope: ['uid', 'read'], realm: 'staff', expires_in: 60, n: 1 },
  text: { uid: 'bob', scope: 'uid read' },
  alive: { active: true, sub: 'ada', client_id: 'shop', email: 'a@b', claims: { phone: '1' } },
  dead: { active: false, sub: 'ada' },
  nobody: { active: true, client_id: 'shop' },
};

let server: JsonServer;
before(async () => {
  server = await startJsonServer();
  server.answers['/info'] = ({ headers }) => {
    const token = headers.authorization?.replace('Bearer ', '') ?? '';
    if (token === 'broken') return { status: 500 };
    return token in FACTS ? { json: FACTS[token] } : { status: 401 };
  };
  server.answers['/.well-known/openid-configuration'] = () => ({
    json: { introspection_endpoint: `${server.url}/introspect` },
  });
  server.answers['/introspect'] = ({ method, headers, body }) => {
    assert.equal(method, 'POST');
    if (headers.authorization === `Basic ${btoa('id:wrong')}`) return { status: 401 };
    return { json: FACTS[new URLSearchParams(body).get('token') ?? ''] ?? { active: false } };
  };
});
after(() => server.close());

type AnySpec = FilterSpec<never>;
const make = (spec: unknown, ...args: ArgValue[]): Filter => makeFilter(spec as AnySpec, ...args);

async function run(filter: Filter, token: string | null, ctx = fakeContext()): Promise<FakeContext> {
  if (token !== null) ctx.request.headers.set('Authorization', `Bearer ${token}`);
  await filter.request?.(ctx);
  return ctx;
}

const INFO: [spec: unknown, wanted: ArgValue[], token: string | null, status: number | null][] = [
  [info.oauthTokeninfoAnyScope, ['write', 'read'], 'good', null],
  [info.oauthTokeninfoAnyScope, ['write', 'read'], 'text', null],
  [info.oauthTokeninfoAnyScope, ['write'], 'good', 403],
  [info.oauthTokeninfoAllScope, ['uid', 'read'], 'good', null],
  [info.oauthTokeninfoAllScope, ['uid', 'write'], 'good', 403],
  [info.oauthTokeninfoAnyKv, ['realm', 'x', 'realm', 'staff'], 'good', null],
  [info.oauthTokeninfoAllKv, ['realm', 'x', 'realm', 'staff'], 'good', 403],
  [info.oauthTokeninfoAllKv, ['realm', 'staff', 'uid', 'ada'], 'good', null],
  [info.oauthTokeninfoAllKv, ['n', '1'], 'good', 403],
  [info.oauthTokeninfoAnyKv, ['toString', 'x'], 'good', 403],
  [info.oauthTokeninfoAnyScope, ['read'], 'unknown', 401],
  [info.oauthTokeninfoAnyScope, ['read'], 'broken', 401],
  [info.oauthTokeninfoAnyScope, ['read'], null, 401],
];

for (const [spec, wanted, token, status] of INFO) {
  test(`${(spec as AnySpec).name}(${wanted.join(', ')}) with ${token} is ${status ?? 'a pass'}`, async () => {
    const ctx = await run(make(spec, `url=${server.url}/info`, ...wanted), token);
    assert.equal(ctx.served?.status ?? null, status);
    if (status === null) assert.equal(ctx.state.get(tokenInfo), ctx.state.get(tokenInfo) ?? FACTS[token as string]);
    if (status === null) assert.equal(ctx.state.get(authUser), FACTS[token as string]?.['uid']);
    else assert.equal(ctx.state.get(tokenInfo), undefined);
    if (status === 403) assert.equal(ctx.served?.headers.get('WWW-Authenticate'), 'Bearer error="insufficient_scope"');
  });
}

const countOf = (path: string): number => server.asked.filter((asked) => asked.path === path).length;

test('several filters of a route ask once', async () => {
  const [one, two] = ['uid', 'read'].map((scope) => make(info.oauthTokeninfoAnyScope, `url=${server.url}/info`, scope));
  const before = countOf('/info');
  const ctx = await run(one as Filter, 'good');
  await run(two as Filter, 'good', ctx);
  assert.equal(countOf('/info'), before + 1);
  assert.equal((await run(two as Filter, 'unknown', ctx)).served?.status, 401, 'another token is asked about');
});

test('answers are used again with a cache, and only as long', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const cached = make(info.oauthTokeninfoAnyScope, `url=${server.url}/info`, 'cache=90s', 'uid');
  const plain = make(info.oauthTokeninfoAnyScope, `url=${server.url}/info`, 'uid');
  const before = countOf('/info');
  for (let turn = 0; turn < 3; turn++) await run(cached, 'good');
  assert.equal(countOf('/info'), before + 1);
  t.mock.timers.tick(60_000);
  await run(cached, 'good');
  assert.equal(countOf('/info'), before + 2, 'the token itself lives 60 s only');
  for (let turn = 0; turn < 3; turn++) await run(plain, 'good');
  assert.equal(countOf('/info'), before + 5);
});

test('the environment names the endpoint', async () => {
  process.env['SLUICE_OAUTH2_TOKENINFO_URL'] = `${server.url}/info`;
  assert.equal((await run(make(info.oauthTokeninfoAnyScope, 'read'), 'good')).served, null);
  delete process.env['SLUICE_OAUTH2_TOKENINFO_URL'];
  assert.match(faultOf(info.oauthTokeninfoAnyScope, ['read'])?.message ?? '', /SLUICE_OAUTH2_TOKENINFO_URL/);
});

test('oauthTokeninfoValidate wants a valid token, unless the route opts out', async () => {
  const rules = "{optOutAnnotations: [public], optOutHosts: ['^open[.]'], unauthorizedResponse: 'No.'}";
  const filter = make(oauthTokeninfoValidate, `url=${server.url}/info`, rules);
  assert.equal((await run(filter, 'good')).served, null);
  const refused = await run(filter, 'unknown');
  assert.equal(refused.served?.status, 401);
  assert.equal(await refused.served?.body?.text(100), 'No.');
  assert.equal((await run(filter, null)).served?.status, 401);
  assert.equal((await run(filter, null, fakeContext({ host: 'open.example' }))).served, null);
  const annotated = fakeContext();
  await make(annotate, 'public', '1').request?.(annotated);
  assert.equal((await run(filter, null, annotated)).served, null);
});

const { oauthTokenintrospectionAnyClaims: anyClaims, oauthTokenintrospectionAllClaims: allClaims } = introspection;
const { oauthTokenintrospectionAnyKv: anyKv, oauthTokenintrospectionAllKv: allKv } = introspection;

const INTROSPECTED: [spec: unknown, wanted: ArgValue[], token: string | null, status: number | null][] = [
  [anyClaims, ['phone', 'none'], 'alive', null],
  [anyClaims, ['none'], 'alive', 403],
  [allClaims, ['phone', 'email'], 'alive', null],
  [allClaims, ['phone', 'none'], 'alive', 403],
  [anyKv, ['client_id', 'x', 'client_id', 'shop'], 'alive', null],
  [allKv, ['client_id', 'shop', 'email', 'c@d'], 'alive', 403],
  [allKv, ['client_id', 'shop'], 'dead', 401],
  [allKv, ['client_id', 'shop'], 'nobody', 401],
  [allKv, ['client_id', 'shop'], 'unknown', 401],
  [allKv, ['client_id', 'shop'], null, 401],
];

for (const [spec, wanted, token, status] of INTROSPECTED) {
  test(`${(spec as AnySpec).name}(${wanted.join(', ')}) with ${token} is ${status ?? 'a pass'}`, async () => {
    const filter = make(spec, server.url, ...wanted);
    const ctx = await run(filter, token);
    assert.equal(ctx.served?.status ?? null, status);
    assert.equal(ctx.state.get(tokenIntrospection) !== undefined, status === null);
    filter.close?.();
  });
}

test('credentials go to the introspection endpoint', async () => {
  const cases: [filter: Filter, authorization: string | undefined][] = [
    [make(anyKv, server.url, 'client_id', 'shop'), undefined],
    [make(anyKv, server.url.replace('//', '//u:p%40@'), 'client_id', 'shop'), `Basic ${btoa('u:p%40')}`],
    [
      make(introspection.secureOauthTokenintrospectionAnyKv, server.url, 'me', 'a b', 'client_id', 'shop'),
      `Basic ${btoa('me:a%20b')}`,
    ],
  ];
  for (const [filter, authorization] of cases) {
    assert.equal((await run(filter, 'alive')).served, null);
    assert.equal(server.asked.at(-1)?.headers.authorization, authorization);
    filter.close?.();
  }
  const wrong = make(introspection.secureOauthTokenintrospectionAnyKv, server.url, 'id', 'wrong', 'client_id', 'shop');
  assert.equal((await run(wrong, 'alive')).served?.status, 401);
  wrong.close?.();
});

test('an issuer that cannot be reached refuses', async () => {
  const filter = make(anyKv, 'http://127.0.0.1:1', 'client_id', 'shop');
  assert.equal((await run(filter, 'alive')).served?.status, 401);
  filter.close?.();
});

const URL_OPTION = 'url=http://127.0.0.1:1';
const REFUSED: [spec: unknown, args: ArgValue[], index: number][] = [
  [info.oauthTokeninfoAnyScope, [], -1],
  [info.oauthTokeninfoAnyScope, [URL_OPTION], 0],
  [info.oauthTokeninfoAnyScope, ['url=x', 'read'], 0],
  [info.oauthTokeninfoAnyKv, [URL_OPTION, 'key'], 1],
  [oauthTokeninfoValidate, [URL_OPTION, '{optOut: 1}'], 1],
  [oauthTokeninfoValidate, [URL_OPTION, '{optOutHosts: ["("]}'], 1],
  [oauthTokeninfoValidate, [URL_OPTION, '{', ''], 1],
  [anyKv, ['http://a', 'key'], 1],
  [anyKv, ['issuer', 'a', 'b'], 0],
  [introspection.secureOauthTokenintrospectionAnyKv, ['http://a', '', 's', 'a', 'b'], 1],
  [introspection.secureOauthTokenintrospectionAnyKv, ['http://a', 'i', '', 'a', 'b'], 2],
  [introspection.secureOauthTokenintrospectionAllClaims, ['http://a', 'i', 's'], -1],
];

for (const [spec, args, index] of REFUSED)
  test(`${(spec as AnySpec).name}(${args.join(', ')}) is refused`, () =>
    assert.equal(faultOf(spec as AnySpec, args)?.index, index));
