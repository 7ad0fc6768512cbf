// What a client names in Connection is gone before anybody looks at its request; what the gateway says itself stays.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { Authority, type Issued } from '../kit/authority.ts';
import { Folder } from '../kit/folder.ts';
import { missing } from '../kit/installed.ts';
import { type JsonServer, startJsonServer } from '../kit/json-server.ts';
import { Origin } from '../kit/origin.ts';
import { startTestProxy, type TestProxy } from '../kit/proxy.ts';
import { Client } from '../wire/kit.ts';

let origin: Origin;
let provider: JsonServer;
let proxy: TestProxy;

/** Answers every head with itself as content, and every handshake with a 101 that has it behind it. */
before(async () => {
  origin = await Origin.start(async (connection) => {
    for (;;) {
      const head = await connection.head();
      const length = /^content-length: (\d+)/im.exec(head)?.[1] ?? '0';
      const got = head + (await connection.read(Number(length)));
      const upgrade = /^upgrade: (.*)\r$/im.exec(head)?.[1];
      if (upgrade === undefined) connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${got.length}\r\n\r\n${got}`);
      else
        connection.end(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n\r\n${got}`);
    }
  });
  provider = await startJsonServer({
    '/token': () => ({ json: { uid: 'ada', scope: ['uid'], realm: '/people' } }),
    '/hook': () => ({ headers: { 'X-User': 'ada', 'X-Roles': 'limited' } }),
  });
  proxy = await startTestProxy('');
});

after(async () => {
  await proxy.close();
  await provider.close();
  await origin[Symbol.asyncDispose]();
});

/** What the origin gets, as text, of a request with these field lines. */
async function passedOn(filters: string, ...fields: string[]): Promise<string> {
  proxy.route(`* ${filters} -> "${origin.url}"`);
  const client = await Client.open(proxy.port);
  try {
    const isLast = fields.some((field) => /\bclose\b|upgrade/i.test(field));
    const lines = isLast ? fields : [...fields, 'Connection: close'];
    client.write(`GET /who HTTP/1.1\r\nHost: h\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`);
    await client.closed;
    assert.match(client.received, /^HTTP\/1\.1 (?:200|101) /);
    return client.received.slice(client.received.indexOf('\r\n\r\n') + 4);
  } finally {
    client.destroy();
  }
}

const TOKEN = 'Authorization: Bearer t';
const cases: [what: string, filters: () => string, names: string, stays: RegExp[], also?: string][] = [
  ['setRequestHeader', () => '-> setRequestHeader("X-User", "alice")', 'X-User', [/X-User: alice/]],
  ['appendRequestHeader', () => '-> appendRequestHeader("X-User", "alice")', 'x-user', [/X-User: alice/]],
  [
    'xforward',
    () => '-> xforward()',
    'X-Forwarded-For, X-Forwarded-Host',
    [/X-Forwarded-For: 127\.0\.0\.1/, /X-Forwarded-Host: h/],
  ],
  ['Via', () => '', 'Via', [/Via: 1\.1 sluice/]],
  [
    'bearerinjector',
    () => '-> bearerinjector("test/fixtures/secret")',
    'Authorization',
    [/Authorization: Bearer [^t]/],
  ],
  [
    'webhook',
    () => `-> webhook("${provider.url}/hook", "X-User,X-Roles")`,
    'X-User, X-Roles',
    [/X-User: ada/, /X-Roles: limited/],
  ],
  [
    'forwardToken',
    () => `-> oauthTokeninfoAnyScope("url=${provider.url}/token", "uid") -> forwardToken("X-Token")`,
    'X-Token',
    [/X-Token: \{.*"ada"/],
    TOKEN,
  ],
  [
    'forwardTokenField',
    () => `-> oauthTokeninfoAnyScope("url=${provider.url}/token", "uid") -> forwardTokenField("X-Uid", "uid")`,
    'X-UID',
    [/X-Uid: ada/],
    TOKEN,
  ],
  [
    'a field of a script',
    () => '-> script("function request(c) { c.request.headers.set(`X-S`, `1`) }")',
    'X-S',
    [/X-S: 1/],
  ],
];

describe('named by Connection, and set by a filter', () => {
  for (const [what, filters, names, stays, also = 'X-Other: 1'] of cases) {
    for (const [how, lines] of [
      ['in one line', [`Connection: close, ${names}`]],
      ['in several lines, in capitals', ['Connection: close', `CONNECTION: ${names.toUpperCase()}`]],
      ['on an upgrade', [`Connection: Upgrade, ${names}`, 'Upgrade: websocket']],
    ] as const) {
      test(`${what}, ${how} (9110 §7.6.1)`, async () => {
        const spoofed = names
          .split(', ')
          .map((name) => `${name}: ${name === 'Authorization' ? 'Bearer t' : 'mallory'}`);
        const got = await passedOn(filters(), ...lines, also, ...(also === TOKEN ? spoofed.slice(1) : spoofed));
        for (const pattern of stays) assert.match(got, pattern);
        assert.doesNotMatch(got, /mallory/);
      });
    }
  }

  test('the certificate of a client', { skip: missing('openssl') }, async () => {
    await using folder = await Folder.make();
    const authority = Authority.make(folder.path, '/CN=Test CA');
    const server = authority.issue({ subject: '/CN=server', names: ['DNS:server.example'] });
    const ada: Issued = authority.issue({ subject: '/CN=ada' });
    const clients = { required: true, verified: true, authorities: [authority.cert] };
    const secured = await startTestProxy(`* -> tlsPassClientCertificates() -> "${origin.url}"`, {
      listener: { tls: { pairs: [server], clients } },
    });
    const client = connect({
      port: secured.port,
      host: '127.0.0.1',
      ca: authority.cert,
      servername: 'server.example',
      cert: ada.cert,
      key: ada.key,
    });
    client.write('GET / HTTP/1.1\r\nHost: h\r\nConnection: close, X-Forwarded-Tls-Client-Cert\r\n\r\n');
    let got = '';
    for await (const chunk of client.setEncoding('latin1')) got += chunk;
    assert.match(got, /\r\nX-Forwarded-Tls-Client-Cert: \S{100}/);
    await secured.close();
  });
});

test('what the client sent goes, in both directions, and routes see the message without it (9110 §7.6.1)', async () => {
  const got = await passedOn('', 'Connection: close, X-Gone', 'X-Gone: 1', 'X-Stays: 1', 'Keep-Alive: 5');
  assert.match(got, /X-Stays: 1/);
  assert.doesNotMatch(got, /X-Gone|Keep-Alive:/);
  proxy.route(`gone: Header("X-Gone", "1") -> status(418) -> <shunt>; there: * -> status(204) -> <shunt>`);
  const client = await Client.open(proxy.port);
  client.write('GET / HTTP/1.1\r\nHost: h\r\nConnection: close, X-Gone\r\nX-Gone: 1\r\n\r\n');
  await client.closed;
  assert.match(client.received, /^HTTP\/1\.1 204 /);
  client.destroy();
});

test('what an origin names goes, and what a filter sets on its answer stays (9110 §7.6.1)', async () => {
  await using naming = await Origin.start(async (connection) => {
    await connection.head();
    connection.write(
      'HTTP/1.1 200 OK\r\nConnection: X-Set, X-Gone, Via\r\nX-Set: 1\r\nX-Gone: 1\r\nX-Stays: 1\r\nContent-Length: 0\r\n\r\n',
    );
  });
  proxy.route(`* -> setResponseHeader("X-Set", "ours") -> "${naming.url}"`);
  const client = await Client.open(proxy.port);
  client.write('GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
  await client.closed;
  assert.match(client.received, /X-Set: ours\r\n/);
  assert.match(client.received, /X-Stays: 1\r\n(?:.*\r\n)*Via: 1\.1 sluice\r\n/);
  assert.doesNotMatch(client.received, /X-Gone|X-Set: 1/);
  client.destroy();
});

test('what an origin names goes from its interim responses and trailers too (9110 §6.5.1)', async () => {
  await using naming = await Origin.start(async (connection) => {
    await connection.head();
    connection.write('HTTP/1.1 103 Early Hints\r\nConnection: X-Gone\r\nX-Gone: 1\r\nLink: </a>\r\n\r\n');
    connection.write(
      'HTTP/1.1 200 OK\r\nConnection: X-Gone\r\nTrailer: X-Gone, X-Stays\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    connection.write('0\r\nX-Gone: 1\r\nX-Stays: 1\r\n\r\n');
  });
  proxy.route(`* -> "${naming.url}"`);
  const client = await Client.open(proxy.port);
  client.write('GET / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nConnection: TE\r\n\r\n');
  await client.until(/0\r\n(?:.*\r\n)*\r\n$/);
  assert.match(client.received, /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a>\r\n\r\n/);
  assert.match(client.received, /0\r\nX-Stays: 1\r\n\r\n$/);
  client.destroy();
});

test('a route for WebSockets may still be chosen by the fields of the connection', async () => {
  proxy.route(
    `ws: Header("Upgrade", "websocket") && HeaderRegexp("Connection", "(?i)upgrade") -> status(418) -> <shunt>; all: * -> status(204) -> <shunt>`,
  );
  const client = await Client.open(proxy.port);
  client.write('GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await client.until(/^HTTP\/1\.1 418 /);
  client.destroy();
});

test('what a filter says of the connection goes nowhere and removes nothing', async () => {
  const filters =
    '-> script("function request(c) { for (const n of [`Connection`, `Keep-Alive`, `Proxy-Connection`]) c.request.headers.append(n, `X-Other`) }")';
  const got = await passedOn(filters, 'X-Other: 1');
  assert.match(got, /X-Other: 1/);
  assert.doesNotMatch(got, /Keep-Alive:|Proxy-Connection:|Connection: X-Other/i);
});

test('names that frame or route a message are named in vain', async () => {
  proxy.route(`* -> "${origin.url}"`);
  const client = await Client.open(proxy.port);
  client.write(
    'POST / HTTP/1.1\r\nHost: h\r\nConnection: close, Host, Content-Length, Transfer-Encoding\r\nContent-Length: 5\r\n\r\nhello',
  );
  await client.closed;
  assert.match(client.received, /\r\nContent-Length: 5\r\n/i);
  assert.match(client.received, /\r\n\r\nhello$/);
  client.destroy();
});

test('an upgrade with content passes, as docker exec makes it (9110 §7.8)', async () => {
  proxy.route(`* -> "${origin.url}"`);
  for (const content of ['Content-Length: 2\r\n\r\n{}', 'Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n']) {
    const client = await Client.open(proxy.port);
    client.write(`POST /exec/1/start HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n${content}`);
    await client.closed;
    assert.match(client.received, /^HTTP\/1\.1 101 Switching Protocols\r\n(?:.*\r\n)*Upgrade: tcp\r\n/i);
    assert.match(client.received, /POST \/exec\/1\/start HTTP\/1\.1\r\n/);
    if (content.startsWith('Content')) assert.match(client.received, /\r\n\r\n\{\}$/);
    client.destroy();
  }
});
