import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type ConnectionOptions, connect } from 'node:tls';
import { type PeerCertificate, type RequestHandler, Response } from '../../src/http/index.ts';
import {
  type ClientCertificates,
  cipherList,
  type KeyPair,
  type Listener,
  type TlsOptions,
} from '../../src/server/index.ts';
import { Authority, type Issued } from '../kit/authority.ts';
import { missing } from '../kit/installed.ts';
import { Client, get, ok, open, refused } from './kit.ts';

/** What came of some bytes over TLS until the server ended. */
interface Exchanged {
  /** Without the Date lines. */
  readonly received: string;
  /** The subject of the server's certificate. */
  readonly shown: string | undefined;
  readonly resumed: boolean;
  /** What the next connection may resume. */
  readonly session: Buffer | undefined;
}

async function exchange(port: number, bytes: string, options: ConnectionOptions = {}): Promise<Exchanged> {
  const whoever = { rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] };
  const client = connect({ port, host: '127.0.0.1', ...whoever, ...options });
  let session: Buffer | undefined;
  let shown: string | undefined;
  let resumed = false;
  client.on('session', (ticket) => (session = ticket));
  client.once('secureConnect', () => {
    shown = client.getPeerX509Certificate()?.subject;
    resumed = client.isSessionReused();
  });
  client.write(bytes);
  let received = '';
  for await (const chunk of client.setEncoding('latin1')) received += chunk;
  assert.equal(client.alpnProtocol, 'http/1.1');
  return { received: received.replaceAll(/Date: [^\r]*\r\n/g, ''), shown, resumed, session };
}

/** A certificate of an RSA key, which the suites without forward secrecy need. */
function rsaPair(folder: string): KeyPair {
  const [key, cert] = [join(folder, 'rsa.key'), join(folder, 'rsa.pem')];
  const made = ['-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=server', '-days', '2', '-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', ...made], { stdio: 'ignore' });
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

const LAST = get('/', 'Connection: close');
const NO_CONTENT = /^HTTP\/1\.1 204 /;
const answerNoContent: RequestHandler = (_asked, downstream) => downstream.respond(new Response({ status: 204 }));

/** A listener for one test, and what its clients were seen with, request by request. */
class TlsListener {
  static async open(tls: TlsOptions): Promise<TlsListener> {
    const opened = new TlsListener();
    opened.listener = await open(
      (asked, downstream) => {
        opened.seen.push(asked.clientCertificate);
        answerNoContent(asked, downstream);
      },
      {
        tls,
        observer: {
          refused: ({ status, code }) => opened.refused.push(`${status} ${code}`),
          handshakeFailed: ({ code = '' }) => opened.failed.push(code),
        },
      },
    );
    return opened;
  }

  readonly refused: string[] = [];
  readonly failed: string[] = [];

  listener!: Listener;
  readonly seen: (PeerCertificate | null)[] = [];

  get port(): number {
    return this.listener.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.listener.close();
    assert.equal(this.listener.connections, 0);
  }
}

describe('TLS', { skip: missing('openssl') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'));
  after(() => rmSync(folder, { recursive: true }));
  const authority = Authority.make(folder, '/C=DE/O=Example, Inc/CN=Test CA');
  const stranger = Authority.make(folder, '/CN=Stranger');
  const server = authority.issue({ subject: '/CN=server', names: ['DNS:server.example'] });
  const ada = authority.issue({
    subject: '/C=DE/O=Example/CN=ada',
    names: ['DNS:ada.example', 'IP:10.0.0.1', 'URI:spiffe://example/ada'],
  });
  const eve = stranger.issue({ subject: '/CN=ada' });
  const asking = (required: boolean, verified: boolean): ClientCertificates => ({
    required,
    verified,
    authorities: [authority.cert],
  });

  test('requests have the scheme https (9110 §4.2.2)', async () => {
    const listener = await open(
      (asked, downstream) => downstream.respond(new Response({ status: 200, body: asked.scheme })),
      { tls: { pairs: [server] } },
    );
    try {
      const closing = ok('https').replace('Content', 'Connection: close\r\nContent');
      const { received } = await exchange(listener.port, get() + get('https://a/', 'Connection: close'));
      assert.equal(received, ok('https') + closing);
      const misdirected = await exchange(listener.port, get('http://a/'));
      assert.match(misdirected.received, /^HTTP\/1\.1 421 Misdirected Request\r\n/);
    } finally {
      await listener.close();
    }
    assert.equal(listener.connections, 0);
  });

  test('a client that speaks no TLS is told so, and counted (9110 §15.5.1)', async () => {
    await using listener = await TlsListener.open({ pairs: [server] });
    const client = await Client.open(listener.port);
    client.write(get());
    await client.closed;
    assert.match(client.received, refused(400));
    assert.match(client.received, /over TLS/);
    assert.match((await exchange(listener.port, LAST)).received, NO_CONTENT);
    assert.deepEqual(listener.refused, ['400 plain-on-tls']);
    client.end();
  });

  test('a client that leaves in the handshake, or sends what is none, is the loss of nobody else', async () => {
    await using listener = await TlsListener.open({ pairs: [server] });
    await Client.open(listener.port);
    const stranger = await Client.open(listener.port);
    stranger.write('\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a');
    await stranger.closed;
    assert.match((await exchange(listener.port, LAST)).received, NO_CONTENT);
    assert.equal(listener.failed.length, 1);
  });

  test('suites without forward secrecy or authentication are not spoken (9325 §4.2)', async () => {
    const rsa = rsaPair(folder);
    await using listener = await TlsListener.open({ pairs: [rsa] });
    const only = (ciphers: string): ConnectionOptions => ({ maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` });
    for (const weak of ['AES128-SHA', 'AES128-GCM-SHA256', 'ECDHE-RSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA256'])
      await assert.rejects(exchange(listener.port, LAST, only(weak)), /handshake failure/, weak);
    for (const strong of ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'])
      assert.match((await exchange(listener.port, LAST, only(strong))).received, NO_CONTENT, strong);
    assert.match((await exchange(listener.port, LAST, { minVersion: 'TLSv1.3' })).received, NO_CONTENT);
    await using legacy = await TlsListener.open({ pairs: [rsa], ciphers: cipherList(['ECDHE-RSA-AES128-SHA']) });
    assert.match((await exchange(legacy.port, LAST, only('ECDHE-RSA-AES128-SHA'))).received, NO_CONTENT);
    assert.throws(() => cipherList(['ECDHE-RSA-AES128-GCM-SHA256', 'WEAK']), /expected cipher suites .* found "WEAK"/);
  });

  test('a client without the least version is refused', async () => {
    await using listener = await TlsListener.open({ pairs: [server], minVersion: 'TLSv1.3' });
    await assert.rejects(exchange(listener.port, LAST, { maxVersion: 'TLSv1.2' }), /protocol version/);
    assert.match((await exchange(listener.port, LAST)).received, NO_CONTENT);
  });

  test('the name that a client asks for chooses the certificate (6066 §3, 9525 §6.3)', async () => {
    const pairs: TlsOptions['pairs'] = [
      server,
      authority.issue({ subject: '/CN=wide', names: ['DNS:shop.example', 'DNS:*.Shop.example'] }),
      authority.issue({ subject: '/CN=exact', names: ['DNS:api.shop.example', 'DNS:shop.example'] }),
      authority.issue({ subject: '/CN=nameless.example' }),
    ];
    const cases: [asked: string, shown: string][] = [
      ['server.example', 'server'],
      ['shop.example', 'wide'],
      ['www.shop.example', 'wide'],
      ['WWW.SHOP.example', 'wide'],
      ['api.shop.example', 'exact'],
      ['a.b.shop.example', 'server'],
      ['nameless.example', 'server'],
      ['elsewhere.example', 'server'],
      ['localhost', 'server'],
      ['', 'server'],
    ];
    await using listener = await TlsListener.open({ pairs });
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      for (const [servername, expected] of cases) {
        const options = { servername, minVersion: version, maxVersion: version };
        const { received, shown } = await exchange(listener.port, LAST, options);
        assert.equal(shown, `CN=${expected}`, `${servername} over ${version}`);
        assert.match(received, NO_CONTENT);
      }
    }
  });

  const policies: [clients: ClientCertificates | undefined, nobody: boolean, unknown: boolean, known: boolean][] = [
    [undefined, true, true, true],
    [asking(false, false), true, true, true],
    [asking(true, false), false, true, true],
    [asking(false, true), true, false, true],
    [asking(true, true), false, false, true],
  ];
  for (const [clients, ...served] of policies) {
    const name =
      clients === undefined ? 'not asked for' : `required: ${clients.required}, verified: ${clients.verified}`;
    test(`certificates of clients, ${name}`, async () => {
      // The name chosen by SNI asks the same as the first one does.
      const other = authority.issue({ subject: '/CN=other', names: ['DNS:other.example'] });
      await using listener = await TlsListener.open({ pairs: [server, other], ...(clients && { clients }) });
      for (const servername of ['server.example', 'other.example']) {
        for (const [at, shown] of [null, eve, ada].entries()) {
          const received = await exchange(listener.port, LAST, { servername, ...shown }).then(
            (exchanged) => exchanged.received,
            () => '',
          );
          assert.equal(NO_CONTENT.test(received), served[at], `${servername}, client ${at}`);
          if (!served[at]) continue;
          const expected = clients === undefined || at === 0 ? undefined : at === 2;
          assert.equal(listener.seen.pop()?.authorized, expected);
        }
      }
      assert.deepEqual(listener.seen, [], 'nobody else was served');
    });
  }

  test('without authorities nobody is trusted', async () => {
    const clients = { ...asking(false, false), authorities: [] };
    await using listener = await TlsListener.open({ pairs: [server], clients });
    await exchange(listener.port, LAST, ada);
    assert.deepEqual([listener.seen[0]?.authorized, listener.seen[0]?.commonName], [false, 'ada']);
  });

  test('a certificate is read once for all requests of its connection', async () => {
    await using listener = await TlsListener.open({ pairs: [server], clients: asking(true, true) });
    await exchange(listener.port, get() + get() + LAST, ada);
    const [first, ...others] = listener.seen;
    assert.ok(first);
    assert.equal(others.length, 2);
    for (const other of others) assert.equal(other, first);
    assert.equal(first.subject, 'CN=ada,O=Example,C=DE');
    assert.equal(first.issuer, 'CN=Test CA,O=Example\\, Inc,C=DE');
    assert.equal(first.commonName, 'ada');
    assert.deepEqual(first.names, { dns: ['ada.example'], ips: ['10.0.0.1'], uris: ['spiffe://example/ada'] });
    assert.equal(first.names, first.names);
    assert.deepEqual(first.chain, [new X509Certificate(ada.cert).raw]);
  });

  test('an authority may vouch for another one, which is no root by itself (5280 §6.1)', async () => {
    const between = authority.subordinate('/CN=Between');
    const bob = between.issue({ subject: '/CN=bob' });
    const cases: [trusted: Authority, shown: Issued, authorized: boolean][] = [
      [authority, bob, true],
      [between, bob, false],
      [stranger, bob, false],
    ];
    for (const [{ cert }, shown, authorized] of cases) {
      const clients = { ...asking(true, false), authorities: [cert] };
      await using listener = await TlsListener.open({ pairs: [server], clients });
      await exchange(listener.port, LAST, shown);
      const { seen } = listener;
      assert.equal(seen[0]?.authorized, authorized);
      assert.equal(seen[0]?.issuer, 'CN=Between');
      assert.deepEqual(
        seen[0]?.chain.map((der) => new X509Certificate(der).subject),
        ['CN=bob', 'CN=Between'],
      );
    }
  });

  test('sessions are resumed by listeners with the same ticket keys, not where a certificate would be lost', async () => {
    for (const clients of [undefined, asking(true, true)]) {
      const tls = { pairs: [server] as const, ticketKeys: new Uint8Array(48).fill(7), ...(clients && { clients }) };
      await using one = await TlsListener.open(tls);
      await using two = await TlsListener.open(tls);
      for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
        const { session } = await exchange(one.port, LAST, { maxVersion, ...ada });
        const { resumed, received } = await exchange(two.port, LAST, {
          maxVersion,
          ...ada,
          ...(session && { session }),
        });
        assert.equal(resumed, clients === undefined, maxVersion);
        assert.match(received, NO_CONTENT);
      }
      assert.ok(two.seen.every((certificate) => (certificate === null) === (clients === undefined)));
    }
  });
});
