// What backends learn of a client comes from the filters that found it out, however the client spells it; and what a
// filter has looked at is what the backend gets.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { ask } from '../kit/client.ts';
import { type JsonServer, startJsonServer } from '../kit/json-server.ts';
import { startTestProxy, type TestProxy } from '../kit/proxy.ts';
import { type RecordingOrigin, startRecordingOrigin } from '../kit/recording-origin.ts';

suite('identity', () => {
  let origin: RecordingOrigin;
  let server: JsonServer;
  let proxy: TestProxy;
  before(async () => {
    origin = await startRecordingOrigin();
    server = await startJsonServer({
      '/check': () => ({ headers: { 'X-User': 'ada' }, json: {} }),
      '/info': () => ({ json: { uid: 'ada', scope: ['read'] } }),
      '/.well-known/openid-configuration': () => ({
        json: {
          issuer: server.url,
          jwks_uri: `${server.url}/keys`,
          introspection_endpoint: `${server.url}/introspect`,
        },
      }),
      '/introspect': () => ({ json: { active: true, sub: 'ada', client_id: 'shop' } }),
      '/keys': () => ({ json: { keys: [] } }),
    });
    proxy = await startTestProxy('');
  });
  after(async () => {
    await proxy.close();
    await server.close();
    await origin.close();
  });

  const backend = (): string => `"http://127.0.0.1:${origin.port}"`;

  /** The fields of those names, in any spelling, that the origin got. */
  function receivedLike(pattern: RegExp): string[] {
    const { rawHeaders } = origin.received.at(-1) ?? assert.fail('the request reached the origin');
    const fields: string[] = [];
    for (let at = 0; at < rawHeaders.length; at += 2)
      if (pattern.test(rawHeaders[at] as string)) fields.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
    return fields;
  }

  const SPELLINGS = ['X-User', 'X_User', 'x.user', 'X~User', 'x-USER'];
  const forged = Object.fromEntries(SPELLINGS.map((name) => [name, 'root']));
  const ASSERTING: [filters: () => string, user: string | null][] = [
    [() => `webhook("${server.url}/check", "X-User")`, 'ada'],
    [() => `webhook("${server.url}/info", "X-User")`, null],
    [() => `oauthTokeninfoAnyScope("url=${server.url}/info", "read") -> forwardTokenField("X-User", "uid")`, 'ada'],
    [() => 'forwardTokenField("X-User", "uid")', null],
    [() => 'forwardToken("X-User")', null],
    [() => 'setRequestHeader("X-User", "ada")', 'ada'],
    [() => 'annotate("user", "ada") -> setContextRequestHeader("X-User", "user")', 'ada'],
    [() => 'copyRequestHeader("X-Known", "X-User")', 'eve'],
    [() => 'setRequestHeaderFromSecret("X-User", "test/fixtures/secret")', 'open sesame'],
    [() => 'dropRequestHeader("X-User")', null],
    [() => 'dropRequestHeaderRegexp("X-User", "^root$")', null],
  ];
  for (const [filters, user] of ASSERTING) {
    test(`no spelling of a client's own header passes ${filters.toString()}`, async () => {
      proxy.route(`* -> ${filters()} -> ${backend()}`);
      const headers = { ...forged, 'X-Known': 'eve', Authorization: 'Bearer good', 'X-Userland': 'stays' };
      const answer = await ask({ port: proxy.port, headers });
      assert.equal(answer.status, 200, answer.body);
      assert.deepEqual(receivedLike(/^x.user$/i), user === null ? [] : [`X-User: ${user}`]);
      assert.deepEqual(receivedLike(/^x-userland$/i), ['X-Userland: stays']);
    });
  }

  test('modRequestHeader changes all spellings', async () => {
    proxy.route(`* -> modRequestHeader("X-User", "^(.)", "x-$1") -> ${backend()}`);
    assert.equal((await ask({ port: proxy.port, headers: forged })).status, 200);
    const names = Object.keys(forged).filter((name) => name !== 'X-User');
    assert.deepEqual(receivedLike(/^x.user$/i).sort(), names.map((name) => `${name}: x-root`).sort());
  });

  const FIXED: [filters: string, name: string, value: string | null][] = [
    ['xforward()', 'X-Forwarded-For', '192.0.2.7, 127.0.0.1'],
    ['xforwardFirst()', 'X-Forwarded-For', '127.0.0.1, 192.0.2.7'],
    ['xforward()', 'X-Forwarded-Host', 'shop.example'],
    ['tlsPassClientCertificates()', 'X-Forwarded-Tls-Client-Cert', null],
    ['unverifiedAuditLog()', 'X-Unverified-Audit', null],
  ];
  for (const [filter, name, value] of FIXED) {
    test(`${filter} leaves one ${name}, and no field that looks like it`, async () => {
      proxy.route(`* -> ${filter} -> ${backend()}`);
      const first = name === 'X-Forwarded-For' ? '192.0.2.7' : 'forged';
      const headers = { Host: 'shop.example', [name]: first, [name.replaceAll('-', '_')]: 'forged' };
      assert.equal((await ask({ port: proxy.port, headers })).status, 200);
      const pattern = new RegExp(`^${name.replaceAll('-', '.')}$`, 'i');
      assert.deepEqual(receivedLike(pattern), value === null ? [] : [`${name}: ${value}`]);
    });
  }

  const CREDENTIALS: (() => string)[] = [
    () => 'basicAuth("test/fixtures/htpasswd")',
    () => `webhook("${server.url}/check")`,
    () => `jwtValidation("${server.url}")`,
    () => `jwtValidationKeys("${server.url}/keys", "cookie=token")`,
    () => `oauthTokeninfoAnyScope("url=${server.url}/info", "read")`,
    () => `oauthTokeninfoValidate("url=${server.url}/info", "{}")`,
    () => `oauthTokenintrospectionAnyKV("${server.url}", "client_id", "shop")`,
    () => `secureOauthTokenintrospectionAnyKV("${server.url}", "id", "secret", "client_id", "shop")`,
  ];
  for (const filter of CREDENTIALS) {
    test(`Authorization on two lines is refused by ${filter.toString()}`, async () => {
      proxy.route(`* -> ${filter()} -> ${backend()}`);
      const before = origin.received.length;
      const Authorization = [`Basic ${btoa('ada:secret')}`, 'Bearer good'];
      for (const lines of [Authorization, Authorization.toReversed()])
        assert.equal((await ask({ port: proxy.port, headers: { Authorization: lines } })).status, 400);
      assert.equal(origin.received.length, before);
    });
  }

  test('two different tokens in cookies of one name are refused', async () => {
    proxy.route(`* -> jwtValidationKeys("${server.url}/keys", "cookie=token") -> ${backend()}`);
    const statusWith = async (Cookie: string | string[], Authorization = ''): Promise<number> =>
      (await ask({ port: proxy.port, headers: { Cookie, ...(Authorization === '' ? {} : { Authorization }) } })).status;
    assert.equal(await statusWith('token=a; token=b'), 400);
    assert.equal(await statusWith(['token=a', 'token=b']), 400);
    assert.equal(await statusWith('token=a; token=b', 'Bearer a'), 400);
    assert.equal(await statusWith('token=a; token=a'), 401);
    assert.equal(await statusWith('token=a; tokens=b'), 401);
  });

  test('a route predicate reads no token where there are two', async () => {
    const token = (sub: string): string => `Bearer e30.${Buffer.from(JSON.stringify({ sub })).toString('base64url')}.x`;
    proxy.route('JWTPayloadAnyKV("sub", "ada") -> status(204) -> <shunt>');
    const statusWith = async (...Authorization: string[]): Promise<number> =>
      (await ask({ port: proxy.port, headers: { Authorization } })).status;
    assert.equal(await statusWith(token('ada')), 204);
    assert.equal(await statusWith(token('ada'), token('root')), 404);
    assert.equal(await statusWith(token('root'), token('ada')), 404);
  });
});
