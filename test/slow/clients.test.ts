// Who clients are, and what requests bear when they are routed: the options of whole processes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Authority } from '../kit/authority.ts';
import { ask } from '../kit/client.ts';
import { Folder } from '../kit/folder.ts';
import { missing } from '../kit/installed.ts';
import { type RecordingOrigin, startRecordingOrigin } from '../kit/recording-origin.ts';
import { SluiceProcess, sluice } from '../kit/sluice-process.ts';

/** What the origin got of a header, all lines. */
function got(origin: RecordingOrigin, name: string): string | undefined {
  const value = origin.received.at(-1)?.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

const TELLING = `
  source: Path("/source") && Source("203.0.113.0/24") -> inlineContent("\${x}") -> status(200) -> <shunt>;
  last: Path("/last") && SourceFromLast("203.0.113.0/24") -> status(200) -> <shunt>;
  client: Path("/client") && ClientIP("203.0.113.0/24") -> status(200) -> <shunt>;
  host: Path("/host") && ForwardedHost("^shop[.]example$") -> status(200) -> <shunt>;
  secure: Path("/secure") && Scheme("https") -> status(200) -> <shunt>;
  filled: Path("/filled") -> setResponseHeader("X-Who", "\${request.source} \${request.clientIP} \${request.scheme}")
    -> status(200) -> <shunt>;`;

describe('who the client is', { timeout: 120_000 }, () => {
  const claims = {
    'X-Forwarded-For': '198.51.100.1, 203.0.113.7',
    'X-Forwarded-Proto': 'https',
    Forwarded: 'for=203.0.113.7;host=shop.example',
  };
  const statuses = async (running: SluiceProcess): Promise<number[]> => {
    const paths = ['/source', '/last', '/client', '/host', '/secure'];
    return Promise.all(paths.map(async (path) => (await running.get(path, claims)).status));
  };

  it('is the peer by default, whatever headers say', async () => {
    await using running = await SluiceProcess.run(['--inline-routes', TELLING]);
    assert.deepEqual(await statuses(running), [404, 404, 404, 404, 404]);
    const { headers } = await running.get('/filled', claims);
    assert.equal(headers['x-who'], '127.0.0.1 127.0.0.1 http');
    await running.logged(/^127\.0\.0\.1 - - .*"GET \/filled HTTP/m);
  });

  it('is who trusted proxies say it is, and what clients wrote before them does not count', async () => {
    await using running = await SluiceProcess.run(['--inline-routes', TELLING, '--trusted-proxies', '127.0.0.0/8']);
    assert.deepEqual(await statuses(running), [200, 200, 200, 200, 200]);
    const { headers } = await running.get('/filled', claims);
    assert.equal(headers['x-who'], '203.0.113.7 203.0.113.7 https');
    await running.logged(/^203\.0\.113\.7 - - .*"GET \/filled HTTP/m);
  });

  it('decides with which endpoint a hash begins', async () => {
    await using origin = await disposable();
    const endpoints = ['127.0.0.1', 'localhost'].map((host) => `"http://${host}:${origin.it.port}"`);
    const routes = `all: * -> <consistentHash, ${endpoints.join(', ')}>;`;
    await using running = await SluiceProcess.run(['--inline-routes', routes, '--trusted-proxies', '127.0.0.1']);
    const endpointFor = async (client: string): Promise<string | undefined> => {
      await running.get('/', { 'X-Forwarded-For': client });
      return got(origin.it, 'host');
    };
    const clients = Array.from({ length: 32 }, (_, at) => `203.0.113.${at}`);
    const chosen = new Set<string | undefined>();
    for (const client of clients) {
      const endpoint = await endpointFor(client);
      assert.equal(await endpointFor(client), endpoint);
      chosen.add(endpoint);
    }
    assert.equal(chosen.size, 2);
  });
});

async function disposable(): Promise<{ it: RecordingOrigin } & AsyncDisposable> {
  const it = await startRecordingOrigin();
  return { it, [Symbol.asyncDispose]: () => it.close() };
}

describe('what requests bear before they are routed', { timeout: 120_000 }, () => {
  it('is what --forwarded-headers names, for predicates and backends, and nothing of it for excluded peers', async () => {
    await using origin = await disposable();
    const url = `http://127.0.0.1:${origin.it.port}`;
    const routes = `asked: Header("X-Forwarded-Proto", "https") -> "${url}"; other: * -> setRequestHeader("X-Other", "1") -> "${url}";`;
    const headers =
      'X-Forwarded-For,X-Forwarded-Host,X-Forwarded-Method,X-Forwarded-Uri,X-Forwarded-Port=443,X-Forwarded-Proto=https';
    const names = ['for', 'host', 'method', 'uri', 'port', 'proto'].map((name) => `x-forwarded-${name}`);
    const sent = { Host: 'shop.example', 'X-Forwarded-For': '192.0.2.1', 'X-Forwarded-Port': '1' };
    {
      await using running = await SluiceProcess.run(['--inline-routes', routes, '--forwarded-headers', headers]);
      await running.get('/a%2Fb?c', sent);
      assert.deepEqual(
        names.map((name) => got(origin.it, name)),
        ['192.0.2.1, 127.0.0.1', 'shop.example', 'GET', '/a%2Fb?c', '443', 'https'],
      );
      assert.equal(got(origin.it, 'x-other'), undefined);
    }
    const excluding = ['--forwarded-headers', headers, '--forwarded-headers-exclude-cidrs', '127.0.0.0/8'];
    await using running = await SluiceProcess.run(['--inline-routes', routes, ...excluding]);
    await running.get('/', sent);
    assert.deepEqual(
      names.map((name) => got(origin.it, name)),
      ['192.0.2.1', undefined, undefined, undefined, '1', undefined],
    );
    assert.equal(got(origin.it, 'x-other'), '1');
  });

  it('tells backends the scheme and the port that were asked for', async () => {
    await using origin = await disposable();
    const routes = `all: * -> "http://127.0.0.1:${origin.it.port}";`;
    const options = ['--forwarded-headers', 'X-Forwarded-Proto,X-Forwarded-Port', '--trusted-proxies', '127.0.0.1'];
    await using running = await SluiceProcess.run(['--inline-routes', routes, ...options]);
    await running.get('/');
    assert.deepEqual(
      [got(origin.it, 'x-forwarded-proto'), got(origin.it, 'x-forwarded-port')],
      ['http', String(running.port)],
    );
    await running.get('/', { 'X-Forwarded-Proto': 'https' });
    assert.equal(got(origin.it, 'x-forwarded-proto'), 'https');
  });

  it('is a normalized host, if that is wanted', async () => {
    await using origin = await disposable();
    const routes = `
      shop: Host("^shop[.]example$") -> preserveHost("true") -> "http://127.0.0.1:${origin.it.port}";
      six: Host("^\\\\[::1\\\\]$") -> status(204) -> <shunt>;`;
    await using running = await SluiceProcess.run(['--inline-routes', routes, '--normalize-host']);
    for (const Host of ['shop.example', 'SHOP.example:8080', 'Shop.Example.', 'shop.example.:80']) {
      assert.equal((await running.get('/', { Host })).status, 200, Host);
      assert.equal(got(origin.it, 'host'), 'shop.example');
    }
    assert.equal((await running.get('/', { Host: '[::1]:80' })).status, 204);
    assert.equal((await running.get('/', { Host: 'xshop.example' })).status, 404);
  });
});

describe('the scheme and the listener', { skip: missing('openssl'), timeout: 120_000 }, () => {
  it('make one route of http to https, whatever the paths, with a way out', async () => {
    await using folder = await Folder.make();
    const { cert, certPath, keyPath } = await issued(folder.path);
    const routes = `
      plain: First() && Scheme("http") -> redirectTo(308) -> <shunt>;
      acme: First() && Scheme("http") && PathSubtree("/.well-known/acme-challenge") -> inlineContent("token") -> <shunt>;
      inside: Path("/inside") && Listener("insecure-address") -> inlineContent("in") -> <shunt>;
      api: PathSubtree("/api") && Method("GET") && Header("X-A", "1") && Weight(1000) -> inlineContent("api") -> <shunt>;
      page: Path("/api/page") -> inlineContent("page") -> <shunt>;
      all: Path("/**") -> inlineContent("all") -> <shunt>;`;
    const tls = ['--tls-cert', certPath, '--tls-key', keyPath, '--insecure-address', '127.0.0.1:0'];
    await using running = await SluiceProcess.run([...tls, '--inline-routes', routes]);
    const [, insecure] = await running.logged(/insecure=(\d+)/);
    const Host = 'one.example';
    const secured = async (target: string): Promise<string> =>
      (await ask({ port: running.port, target, headers: { Host }, tls: { ca: cert, servername: Host } })).body;
    for (const target of ['/', '/api', '/api/page?q=1', '/deep/er', '/inside']) {
      const { status, headers } = await ask({ port: Number(insecure), target, headers: { Host, 'X-A': '1' } });
      assert.deepEqual([status, headers.location], [308, `https://one.example${target}`]);
    }
    const challenge = await ask({ port: Number(insecure), target: '/.well-known/acme-challenge/x', headers: { Host } });
    assert.equal(challenge.body, 'token');
    assert.deepEqual(
      [await secured('/api/page'), await secured('/x'), await secured('/inside')],
      ['page', 'all', 'all'],
    );
  });
});

async function issued(folder: string) {
  const authority = Authority.make(folder, '/CN=Test CA');
  const { certPath, keyPath } = authority.issue({ subject: '/CN=one', names: ['DNS:one.example'] });
  return { cert: authority.cert, certPath, keyPath };
}

describe('options that are wrong', { timeout: 120_000 }, () => {
  it('are told by name, before anything is served', async () => {
    const cases: [args: string[], said: RegExp][] = [
      [['--trusted-proxies', '10.0.0.0/33'], /option --trusted-proxies: expected 0 to 32 bits after the slash/],
      [
        ['--trusted-proxies', 'lb.example'],
        /option --trusted-proxies: expected a network such as "10\.0\.0\.0\/8", found "lb\.example"/,
      ],
      [
        ['--forwarded-headers', 'X-Forwarded-Proto=ftp'],
        /option --forwarded-headers: expected X-Forwarded-For, .* found "X-Forwarded-Proto=ftp"/,
      ],
      [['--forwarded-headers', 'X-Real-IP'], /option --forwarded-headers: expected .* found "X-Real-IP"/],
      [['--path-normalization', 'none'], /option --path-normalization: expected one of refuse, clean, raw/],
    ];
    for (const [args, said] of cases) {
      const { code, err } = await sluice(['run', ...args]);
      assert.equal(code, 2);
      assert.match(err, said);
    }
  });
});
