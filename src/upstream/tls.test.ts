import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { TestUpstream } from '../../test/kit/calls.ts';
import { answering, Origin } from '../../test/kit/origin.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Of localhost, signed by itself, for tests only; openssl req -x509 -newkey ec -days 36500. */
const CERT = `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUAzyQdYk4Lvd+AFq8dKbNyG10UmIwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTE4MDczN1oYDzIxMjYxMDI4
MTgwNzM3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARJNHtrwNYr2WgOEOKFNjzhjlUYOsB6gwtad2eSEnwvDDOWxezvgPvU
Z0nHxgJq5ar1SalMEACskh7V7ElPvKJAo2kwZzAdBgNVHQ4EFgQUm6hFxyZFJj2R
uTQbt06w8LucqIEwHwYDVR0jBBgwFoAUm6hFxyZFJj2RuTQbt06w8LucqIEwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SAAwRQIhAKrasVeeinNMY1+kDsZIvnKBwdKBm9ykMpNHv0yd8JjOAiARzRoqSQ7I
ITGVQH4XonKd2HGo8U+KAunQWmclN58wJw==
-----END CERTIFICATE-----
`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgLSzD655947v+W2Jn
3vCDgJx4kW6lJ/UfsWOASjeMMQOhRANCAARJNHtrwNYr2WgOEOKFNjzhjlUYOsB6
gwtad2eSEnwvDDOWxezvgPvUZ0nHxgJq5ar1SalMEACskh7V7ElPvKJA
-----END PRIVATE KEY-----
`;

function start(): Promise<Origin> {
  return Origin.start(answering(OK), { cert: CERT, key: KEY, ALPNProtocols: ['h2', 'http/1.1'] });
}

test('https: the certificate is verified for the name in the URL, whatever the Host', async () => {
  await using origin = await start();
  await using client = new TestUpstream(`https://localhost:${origin.port}`, { ca: CERT });
  for (const call of [{}, { preserveHost: true }, { host: 'other.example' }]) {
    assert.equal((await client.send(call).outcome.text()).text, 'ok');
  }
  assert.equal(origin.connections.length, 1);
  const socket = origin.connections[0]?.socket as TLSSocket & { servername: string };
  assert.deepEqual([socket.servername, socket.alpnProtocol], ['localhost', 'http/1.1']);
});

test('https: a certificate that nobody vouches for is a 502, and nothing is sent', async () => {
  await using origin = await start();
  await using client = new TestUpstream(`https://localhost:${origin.port}`);
  const error = await client.send({ method: 'POST', body: 'secret' }).outcome.failure();
  assert.deepEqual([error.status, error.code], [502, 'upstream-tls']);
  assert.equal(origin.connections.map((c) => c.pending).join(''), '');
  assert.equal(client.upstream.connections, 0);
});

test('https: a certificate of another name is a 502', async () => {
  await using origin = await start();
  await using client = new TestUpstream(origin.url, { ca: CERT });
  const error = await client.send().outcome.failure();
  assert.deepEqual([error.status, error.code], [502, 'upstream-tls']);
});

test('https: insecureTls takes any certificate', async () => {
  await using origin = await start();
  await using client = new TestUpstream(origin.url, { insecureTls: true });
  assert.equal((await client.send({ preserveHost: true }).outcome.text()).text, 'ok');
});
