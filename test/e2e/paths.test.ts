// Guards by path, and clients that walk around them by how a path is written: bytes in, bytes at the backend.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { ask } from '../kit/client.ts';
import { startTestProxy, type TestProxy } from '../kit/proxy.ts';
import { type RecordingOrigin, startRecordingOrigin } from '../kit/recording-origin.ts';
import { SluiceProcess } from '../kit/sluice-process.ts';
import { Client } from '../wire/kit.ts';

const TOLD = 'Bad Request: servers read this path in different ways, which lead to different routes\n';

suite('paths', () => {
  let origin: RecordingOrigin;
  let proxy: TestProxy;
  const routed = (normalization: 'refuse' | 'clean' | 'raw') =>
    startTestProxy(
      `admin: PathSubtree("/admin") -> status(401) -> <shunt>;
       again: PathSubtree("/again") -> modPath("^/again", "") -> <loopback>;
       set: Path("/set") -> setPath("/public/\${request.query.f}") -> "http://127.0.0.1:${origin.port}";
       strip: PathSubtree("/strip") -> modPath("^/strip/", "/public/") -> "http://127.0.0.1:${origin.port}";
       public: PathSubtree("/public") -> "http://127.0.0.1:${origin.port}";
       all: * -> "http://127.0.0.1:${origin.port}";`,
      { proxy: { pathNormalization: normalization } },
    );
  before(async () => {
    origin = await startRecordingOrigin();
    proxy = await routed('refuse');
  });
  after(async () => {
    await proxy.close();
    await origin.close();
  });

  /** The status and what the backend got, or what the client was told. */
  async function outcome(target: string, through = proxy): Promise<[number, string | undefined]> {
    origin.received.length = 0;
    const { status, body } = await ask({ port: through.port, target });
    return [status, origin.received[0]?.target ?? body];
  }

  test('a guard is not walked around', async () => {
    for (const target of ['/admin/..%2fx', '/admin/../x', '/admin;a/x', '/x\\..\\admin', '/x/%252e%252e/admin'])
      assert.deepEqual(await outcome(target), [400, TOLD], target);
  });

  test('what every server takes to the same route goes on as it came', async () => {
    for (const target of ['/files/a%2Fb?c=%2e', '/public/x;v=1/%E9', '/public/a/../b', '/x//y'])
      assert.deepEqual(await outcome(target), [200, target]);
  });

  test('a loopback is routed with the same care', async () => {
    assert.deepEqual(await outcome('/again/files/a%2Fb'), [200, '/files/a/b']);
    assert.deepEqual(await outcome('/again/x%2F..%2Fadmin'), [400, TOLD]);
  });

  test('so are paths that filters make of what clients send', async () => {
    assert.deepEqual(await outcome('/set?f=a/b'), [200, '/public/a/b?f=a/b']);
    assert.deepEqual(await outcome('/set?f=../admin/x'), [400, TOLD]);
    assert.deepEqual(await outcome('/set?f=a%5C..%5C..%5Cadmin'), [400, TOLD]);
    assert.deepEqual(await outcome('/strip/a%2Fb'), [200, '/public/a/b']);
    assert.deepEqual(await outcome('/strip//a'), [200, '/public//a']);
  });

  test('octets that are no UTF-8 stay as they came', async () => {
    const url = `http://127.0.0.1:${origin.port}`;
    const other = await startTestProxy(`
      set: Path("/set/:x/*rest") -> setPath("/\${x}\${rest}") -> setQuery("q", "\${request.query.q}\${x}") -> "${url}";
      mod: PathSubtree("/mod") -> modPath("^/mod", "") -> setRequestHeader("X-Path", "\${request.path}") -> "${url}";
      off: PathSubtree("/off/*rest") -> redirectTo(302, "https://n.example\${rest}?\${request.rawQuery}") -> <shunt>;`);
    assert.deepEqual(await outcome('/set/%E9/a%C3%A9/%ff?q=%e9', other), [200, '/%E9/a%C3%A9/%FF?q=%E9%E9']);
    assert.deepEqual(await outcome('/mod/%E9/x', other), [200, '/%E9/x']);
    assert.equal(origin.received[0]?.headers['x-path'], '/\xe9/x');
    const { headers } = await ask({ port: other.port, target: '/off/%E9/%2e%2e./x?a=%E9&&b' });
    assert.equal(headers.location, 'https://n.example/%E9/.../x?a=%E9&&b');
    await other.close();
  });

  test('absolute targets and upgrades are no way around', async () => {
    for (const [line, ...fields] of [
      ['GET http://h/admin/..%2fx HTTP/1.1'],
      ['GET /admin/..%2fx HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket'],
      ['GET /admin/..%2fx HTTP/1.0'],
    ] as [string, ...string[]][]) {
      origin.received.length = 0;
      const client = await Client.open(proxy.port);
      client.write(`${[line, 'Host: h', 'Connection: close', ...fields].join('\r\n')}\r\n\r\n`);
      await client.until(/different routes\n$/);
      assert.match(client.received, /^HTTP\/1\.1 400 Bad Request\r\n/);
      assert.deepEqual(origin.received, []);
      client.destroy();
    }
  });

  test('clean forwards what was matched, raw what came', async () => {
    const clean = await routed('clean');
    const raw = await routed('raw');
    assert.deepEqual(await outcome('/admin/..%2fx?q=..%2f', clean), [200, '/x?q=..%2f']);
    assert.equal((await outcome('/x/..%2fadmin/y', clean))[0], 401);
    assert.deepEqual(await outcome('/admin;a/x', clean), [400, TOLD]);
    assert.deepEqual(await outcome('/admin/..%2fx', raw), [200, '/admin/..%2fx']);
    await clean.close();
    await raw.close();
  });
});

test('a process refuses by default, counts it, and is told otherwise', async () => {
  const routes = 'admin: PathSubtree("/admin") -> status(401) -> <shunt>; all: * -> status(204) -> <shunt>;';
  await using refusing = await SluiceProcess.run(['--inline-routes', routes]);
  assert.equal((await refusing.get('/admin/..%2fx')).status, 400);
  assert.equal(await refusing.metric('sluice_client_fault_total{reason="ambiguous-path"}'), 1);
  await refusing.logged(/"GET \/admin\/\.\.%2fx HTTP\/1\.1" 400 /);
  await using raw = await SluiceProcess.run(['--inline-routes', routes, '--path-normalization', 'raw']);
  assert.equal((await raw.get('/admin/..%2fx')).status, 204);
});
