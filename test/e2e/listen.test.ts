// Where a gateway cannot listen, it says where, why, and what to do.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Authority } from '../kit/authority.ts';
import { Folder } from '../kit/folder.ts';
import { missing } from '../kit/installed.ts';
import { SluiceProcess, sluice } from '../kit/sluice-process.ts';

const ROUTES = ['--inline-routes', '* -> status(204) -> <shunt>'];
const start = (...args: string[]) => sluice(['run', '--workers', '1', '--support-listener', '', ...args, ...ROUTES]);

describe('an address that is taken', { timeout: 240_000 }, () => {
  let running: SluiceProcess;
  before(async () => {
    running = await SluiceProcess.run(ROUTES);
  });
  after(() => running[Symbol.asyncDispose]());

  it('by another gateway is refused', async () => {
    const address = `127.0.0.1:${running.port}`;
    const { code, err } = await start('--address', address);
    assert.equal(code, 1);
    const expected = `option --address: cannot listen on ${address}: somebody listens there already; .*--reuse-port`;
    assert.match(err, new RegExp(expected));
    assert.doesNotMatch(err, /\n\s+at /, 'no stack');
    await running.untilAll('/', ({ status }) => status === 204);
  });

  it('holds for insecure-address too', { skip: missing('openssl') }, async () => {
    await using folder = await Folder.make();
    const { certPath, keyPath } = Authority.make(folder.path, '/CN=CA').issue({ subject: '/CN=localhost' });
    const tls = ['--tls-cert', certPath, '--tls-key', keyPath];
    const insecure = ['--insecure-address', `127.0.0.1:${running.port}`];
    const { code, err } = await start('--address', '127.0.0.1:0', ...tls, ...insecure);
    assert.equal(code, 1);
    assert.match(err, /option --insecure-address: cannot listen on .*--reuse-port/);
  });

  it('is shared where that is meant', async () => {
    const address = `127.0.0.1:${running.port}`;
    await using sharing = await SluiceProcess.run(['--address', address, '--reuse-port', ...ROUTES]);
    assert.equal(sharing.port, running.port);
  });

  it('by a program that does not share is refused even so', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { code, err } = await start('--address', `127.0.0.1:${port}`, '--reuse-port');
    await new Promise((resolve) => server.close(resolve));
    assert.equal(code, 1);
    assert.match(err, /sluice: cannot listen on 127\.0\.0\.1:\d+: somebody listens there already/);
  });

  it('by nobody, as this machine does not have it, is told so', async () => {
    const { code, err } = await start('--address', '192.0.2.1:0');
    assert.equal(code, 1);
    assert.match(err, /option --address: cannot listen on 192\.0\.2\.1:0: this machine has no such address/);
  });
});
