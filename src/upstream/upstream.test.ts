import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EndpointRegistry } from '../balance/index.ts';
import { BackendError, Upstream } from './index.ts';
import { parseEndpoint, parseOrigin } from './origin.ts';

const ORIGINS: readonly { text: string; url: string; authority: string }[] = [
  { text: 'http://a', url: 'http://a', authority: 'a' },
  { text: 'HTTP://A:80/x?y', url: 'http://a', authority: 'a' },
  { text: 'https://a:443', url: 'https://a', authority: 'a' },
  { text: 'https://a:80', url: 'https://a:80', authority: 'a:80' },
  { text: 'http://[::1]:9', url: 'http://[::1]:9', authority: '[::1]:9' },
];

for (const { text, url, authority } of ORIGINS) {
  test(`origin ${text}`, () => {
    const origin = parseOrigin(text);
    assert.deepEqual([origin.url, origin.authority], [url, authority]);
  });
}

test('what is no address is no endpoint, and says why', () => {
  assert.throws(() => parseEndpoint('h2c://a:80'), { name: 'BackendError', message: /HTTP\/2 to backends/ });
});

test('attributes of an endpoint', () => {
  assert.equal(parseEndpoint('http://a:8080?zone=x&weight=2.5').weight, 2.5);
  assert.equal(parseEndpoint('http://a:8080?zone=x').weight, 1);
});

test('a backend that cannot be made says which endpoint, and holds nothing', () => {
  const endpoints = new EndpointRegistry();
  const upstream = new Upstream({}, endpoints);
  const make = (algorithm: string | null, ...urls: string[]) =>
    upstream.makeBackend({ kind: 'balanced', algorithm, endpoints: urls }, 'r');
  assert.throws(
    () => make(null, 'http://a', 'ftp://b'),
    (error) => error instanceof BackendError && error.endpointIndex === 1,
  );
  assert.throws(() => make('roundRobbin', 'http://a'), /unknown balancing algorithm "roundRobbin"/);
  assert.throws(() => make(null), /needs an endpoint/);
  assert.equal(endpoints.size, 0);
  assert.equal(upstream.makeBackend({ kind: 'shunt' }, 'r'), null);
  assert.equal(upstream.makeBackend({ kind: 'network', url: '' }, 'r'), null);
});

test('backends of <dynamic> routes are kept, up to a bound', async () => {
  const endpoints = new EndpointRegistry();
  const upstream = new Upstream({ maxDynamicOrigins: 3 }, endpoints);
  const first = upstream.dynamicBackend('http://a');
  assert.equal(upstream.dynamicBackend('http://a'), first);
  for (const name of ['b', 'c', 'd', 'e']) upstream.dynamicBackend(`http://${name}`);
  assert.deepEqual(
    [...endpoints.endpoints()].map(({ origin }) => origin),
    ['http://c', 'http://d', 'http://e'],
  );
  assert.notEqual(upstream.dynamicBackend('http://a'), first);
  assert.throws(() => upstream.dynamicBackend('gopher://a'), {
    name: 'ProxyError',
    code: 'bad-dynamic-url',
    status: 502,
  });
  assert.throws(() => upstream.dynamicBackend('/etc/passwd'), { code: 'bad-dynamic-url' });
  await upstream.close();
});
