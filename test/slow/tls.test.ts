import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { Authority, type Issued } from '../kit/authority.ts';
import { ask } from '../kit/client.ts';
import { command } from '../kit/command.ts';
import { Folder } from '../kit/folder.ts';
import { missing } from '../kit/installed.ts';
import { answering, Origin } from '../kit/origin.ts';
import { SluiceProcess, sluice } from '../kit/sluice-process.ts';

const ROUTES = `
who: Path("/who") -> mtlsAuthn() -> inlineContent("somebody") -> <shunt>;
cn: Path("/cn") -> mtlsCN("ada") -> inlineContent("ada") -> <shunt>;
dn: Path("/dn") -> mtlsIssuerDN("CN=Test CA,O=Example\\\\, Inc,C=DE") -> inlineContent("ours") -> <shunt>;
dns: Path("/dns") -> mtlsSanDNS("*.staff.example") -> inlineContent("staff") -> <shunt>;
ip: Path("/ip") -> mtlsSanIP("2001:db8::1") -> inlineContent("six") -> <shunt>;
cidr: Path("/cidr") -> mtlsSanCIDR("10.0.0.0/8") -> inlineContent("ten") -> <shunt>;
uri: Path("/uri") -> mtlsSanURI("spiffe://example/*") -> inlineContent("spiffe") -> <shunt>;
all: * -> inlineContent("all") -> <shunt>;`;

describe('sluice run with TLS', { skip: missing('openssl'), timeout: 120_000 }, () => {
  let folder: Folder;
  let authority: Authority;
  let stranger: Authority;
  let one: Issued;
  let two: Issued;
  let ada: Issued;
  let bob: Issued;
  let eve: Issued;

  before(async () => {
    folder = await Folder.make();
    authority = Authority.make(folder.path, '/C=DE/O=Example\\, Inc/CN=Test CA');
    stranger = Authority.make(folder.path, '/CN=Stranger');
    one = authority.issue({ subject: '/CN=one', names: ['DNS:one.example', 'DNS:localhost', 'IP:127.0.0.1'] });
    two = authority.issue({ subject: '/CN=two', names: ['DNS:two.example'] });
    const names = ['DNS:ada.staff.example', 'IP:10.1.2.3', 'IP:2001:db8::1', 'URI:spiffe://example/ada'];
    ada = authority.issue({ subject: '/CN=ada', names });
    bob = authority.issue({ subject: '/CN=bob' });
    eve = stranger.issue({ subject: '/CN=ada', names });
  });
  after(() => folder[Symbol.asyncDispose]());

  /** Answers over TLS: status and content. */
  async function served(port: number, target: string, client?: Issued, servername = 'one.example'): Promise<string> {
    const shown = client === undefined ? {} : { cert: client.cert, key: client.key };
    const { status, body } = await ask({ port, target, tls: { ca: authority.cert, servername, ...shown } });
    return `${status} ${body.trimEnd()}`;
  }

  const serving = () => ['--tls-cert', `${one.certPath},${two.certPath}`, '--tls-key', `${one.keyPath},${two.keyPath}`];

  it('shows the certificate that has the name, and keeps connections', async () => {
    await using running = await SluiceProcess.run([...serving(), '--inline-routes', ROUTES]);
    assert.equal(await served(running.port, '/', undefined, 'one.example'), '200 all');
    assert.equal(await served(running.port, '/', undefined, 'two.example'), '200 all');
    await assert.rejects(served(running.port, '/', undefined, 'three.example'), {
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    assert.equal(await served(running.port, '/who', ada), '401 Unauthorized', 'nobody was asked');
    assert.equal((await running.get('/')).status, 400, 'nothing without TLS');

    const client = connect({ port: running.port, host: '127.0.0.1', servername: 'two.example', ca: authority.cert });
    client.setEncoding('latin1');
    for (let request = 0; request < 20; request++) {
      client.write('GET / HTTP/1.1\r\nHost: two.example\r\n\r\n');
      const [answer] = await once(client, 'data');
      assert.match(answer, /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nall$/s);
    }
    client.destroy();
  });

  it('resumes sessions whichever thread they began in', async () => {
    await using running = await SluiceProcess.run([...serving(), '--inline-routes', ROUTES]);
    const open = async (session?: Buffer): Promise<{ client: TLSSocket; session: Promise<Buffer[]> }> => {
      const known = session === undefined ? {} : { session };
      const client = connect({ port: running.port, host: '127.0.0.1', ca: authority.cert, ...known });
      const ticket = once(client, 'session') as Promise<Buffer[]>;
      await once(client, 'secureConnect');
      return { client, session: ticket };
    };
    const first = await open();
    const [session] = await first.session;
    first.client.destroy();
    for (let turn = 0; turn < 12; turn++) {
      const { client } = await open(session);
      assert.equal(client.isSessionReused(), true);
      client.destroy();
    }
  });

  it('lets filters decide by the certificates of clients', async () => {
    const clients = ['--tls-client-auth', 'RequestClientCert', '--mtls-authn-ca', authority.path];
    await using running = await SluiceProcess.run([...serving(), ...clients, '--inline-routes', ROUTES]);
    const [unasked, unknown, forbidden] = ['401 Unauthorized', '401 Unauthorized', '403 Forbidden'];
    const cases: [target: string, nobody: string, eve: string, bob: string, ada: string][] = [
      ['/', '200 all', '200 all', '200 all', '200 all'],
      ['/who', unasked, unknown, '200 somebody', '200 somebody'],
      ['/cn', unasked, unknown, forbidden, '200 ada'],
      ['/dn', unasked, unknown, '200 ours', '200 ours'],
      ['/dns', unasked, unknown, forbidden, '200 staff'],
      ['/ip', unasked, unknown, forbidden, '200 six'],
      ['/cidr', unasked, unknown, forbidden, '200 ten'],
      ['/uri', unasked, unknown, forbidden, '200 spiffe'],
    ];
    for (const [target, ...expected] of cases) {
      const got: string[] = [];
      for (const client of [undefined, eve, bob, ada]) got.push(await served(running.port, target, client));
      assert.deepEqual(got, expected, target);
    }
  });

  it('does not serve clients without a certificate that is asked for', async () => {
    const clients = ['--tls-client-auth', 'RequireAndVerifyClientCert', '--mtls-authn-ca', authority.path];
    await using running = await SluiceProcess.run([...serving(), ...clients, '--inline-routes', ROUTES]);
    for (const client of [undefined, eve]) await assert.rejects(served(running.port, '/', client));
    assert.equal(await served(running.port, '/cn', ada), '200 ada');
  });

  it('serves --insecure-address without TLS', async () => {
    const args = [...serving(), '--insecure-address', '127.0.0.1:0', '--inline-routes', ROUTES];
    await using running = await SluiceProcess.run(args);
    const [, insecure] = await running.logged(/\binsecure=(\d+)/);
    assert.equal(await served(running.port, '/'), '200 all');
    for (const [target, status] of [['/', 200] as const, ['/who', 401] as const])
      assert.equal((await ask({ port: Number(insecure), target })).status, status);
    assert.equal((await running.stop()).code, 0);
  });

  it('shows backends a certificate of its own', async () => {
    const ok = answering('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await using origin = await Origin.start(ok, { ...one, requestCert: true, ca: authority.cert });
    const args = ['--inline-routes', `* -> "${origin.url}"`];
    const env = { NODE_EXTRA_CA_CERTS: authority.path };
    const shown = ['--client-tls-cert', bob.certPath, '--client-tls-key', bob.keyPath];
    await using running = await SluiceProcess.run([...args, ...shown], { env });
    assert.equal((await running.get('/')).body, 'ok');
    await using nameless = await SluiceProcess.run(args, { env });
    assert.equal((await nameless.get('/')).status, 502);
  });

  it('says what is wrong with files, and with options that belong together', async () => {
    await folder.write('empty.pem', 'nothing\n');
    const [cert, key, empty] = [one.certPath, one.keyPath, folder.at('empty.pem')];
    const tls = ['--tls-cert', cert, '--tls-key', key];
    const cases: [args: string[], message: string][] = [
      [
        ['--tls-cert', '/no/cert', '--tls-key', key],
        'option --tls-cert: expected a certificate in PEM in /no/cert: ENOENT',
      ],
      [
        ['--tls-cert', cert, '--tls-key', '/no/key'],
        'option --tls-key: expected a private key in PEM in /no/key: ENOENT',
      ],
      [
        [...tls, '--mtls-authn-ca', '/no/ca'],
        'option --mtls-authn-ca: expected a certificate in PEM in /no/ca: ENOENT',
      ],
      [['--tls-cert', cert], 'option --tls-key: expected as many as --tls-cert (1), found 0'],
      [['--client-tls-key', key], 'option --client-tls-key: expected as many as --client-tls-cert (0), found 1'],
      [['--tls-cert', empty, '--tls-key', key], `option --tls-cert: expected a certificate in PEM in ${empty}: `],
      [['--tls-cert', cert, '--tls-key', empty], `option --tls-key: expected a private key in PEM in ${empty}: `],
      [['--tls-cert', cert, '--tls-key', ada.keyPath], `option --tls-key: ${ada.keyPath} is not the key of ${cert}`],
      [[...tls, '--mtls-authn-ca', empty], `option --mtls-authn-ca: expected a certificate in PEM in ${empty}: `],
      [
        [...tls, '--tls-min-version', '1.1'],
        'option --tls-min-version: TLS 1.0 and 1.1 are not offered any more (RFC 8996)',
      ],
      [[...tls, '--tls-client-auth', 'Request'], 'option --tls-client-auth: expected one of NoClientCert, '],
      [[...tls, '--tls-client-auth', 'VerifyClientCertIfGiven'], 'option --tls-client-auth: VerifyClientCertIfGiven'],
      [[...tls, '--mtls-authn-ca', authority.path], 'option --mtls-authn-ca: clients are not asked'],
      [['--insecure-address', ':1'], 'option --insecure-address: --address is without TLS too without --tls-cert'],
      [['--tls-client-auth', 'RequestClientCert'], 'option --tls-client-auth: there is no TLS without --tls-cert'],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await command(['run', '--inline-routes', '* -> <shunt>', ...args]);
      assert.equal(err.split('\n').length, 2, err);
      assert.ok(err.startsWith(`sluice: ${message}`), err);
      assert.equal(code, 2);
    }
  });

  it('offers origins no suites without forward secrecy or authentication, unless asked to', async () => {
    const [key, cert] = [join(folder.path, 'rsa.key'), join(folder.path, 'rsa.pem')];
    const made = ['-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=origin', '-days', '2', '-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', '-x509', ...made], { stdio: 'ignore' });
    const pair = { cert: readFileSync(cert), key: readFileSync(key) };
    const legacy = { ...pair, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-SHA:@SECLEVEL=0' } as const;
    await using origin = await Origin.start(answering('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), legacy);
    const backend = ['--insecure', '--workers', '1', '--inline-routes', `* -> "https://127.0.0.1:${origin.port}"`];
    await using strict = await SluiceProcess.run(backend);
    assert.equal((await strict.get('/')).status, 502);
    await strict.logged(/handshake failure/);
    await using lax = await SluiceProcess.run([...backend, '--client-tls-cipher-suites', 'ECDHE-RSA-AES128-SHA']);
    assert.equal((await lax.get('/')).status, 200);
  });

  it('refuses cipher suites that are none', async () => {
    const { code, err } = await sluice([
      'run',
      ...serving(),
      '--tls-cipher-suites',
      'ECDHE-RSA-AES128-GCM-SHA256,WEAK',
    ]);
    assert.equal(code, 2);
    assert.match(err, /option --tls-cipher-suites: expected cipher suites by OpenSSL's names, .*found "WEAK"/);
  });
});
