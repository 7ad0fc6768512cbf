// Where a gateway cannot listen, it says where, why, and what to do.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { Authority } from '../kit/authority.ts';
import { Folder } from '../kit/folder.ts';
import { missing } from '../kit/installed.ts';
import { SluiceProcess, sluice } from '../kit/sluice-process.ts';

const ROUTES = ['--inline-routes', '* -> status(204) -> <shunt>'];
const start = (...args: string[]) => sluice(['run', '--workers', '1', '--support-listener', '', ...args, ...ROUTES]);

describe('an address that is taken', { timeout: 120_000 }, () => {
  it('by another gateway is refused, unless it is meant to be shared', async () => {
    await using running = await SluiceProcess.run(ROUTES);
    const address = `127.0.0.1:${running.port}`;
    const { code, err } = await start('--address', address);
    assert.equal(code, 1);
    assert.match(
      err,
      new RegExp(`option --address: cannot listen on ${address}: somebody listens there already; .*--reuse-port`),
    );
    assert.doesNotMatch(err, /\n\s+at /, 'no stack');
    await running.untilAll('/', ({ status }) => status === 204);

    await using sharing = await SluiceProcess.run(['--address', address, '--reuse-port', ...ROUTES]);
    assert.equal(sharing.port, running.port);
  });

  it('by another program is refused; so is that of the support listener', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const taken = await start('--address', `127.0.0.1:${port}`, '--reuse-port');
    const places = ['--address', '127.0.0.1:0', '--support-listener', `127.0.0.1:${port}`];
    const support = await sluice(['run', '--workers', '1', ...places, ...ROUTES]);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(taken.code, 1);
    assert.match(taken.err, /sluice: cannot listen on 127\.0\.0\.1:\d+: somebody listens there already/);
    assert.equal(support.code, 1);
    assert.match(
      support.err,
      /option --support-listener: cannot listen on 127\.0\.0\.1:\d+: somebody listens there already/,
    );
  });

  it('holds for insecure-address too', { skip: missing('openssl') }, async () => {
    await using folder = await Folder.make();
    const { certPath, keyPath } = Authority.make(folder.path, '/CN=CA').issue({ subject: '/CN=localhost' });
    await using running = await SluiceProcess.run(ROUTES);
    const tls = ['--tls-cert', certPath, '--tls-key', keyPath];
    const { code, err } = await start(
      '--address',
      '127.0.0.1:0',
      ...tls,
      '--insecure-address',
      `127.0.0.1:${running.port}`,
    );
    assert.equal(code, 1);
    assert.match(err, /option --insecure-address: cannot listen on .*--reuse-port/);
  });

  it('that this machine does not have is told', async () => {
    const { code, err } = await start('--address', '192.0.2.1:0');
    assert.equal(code, 1);
    assert.match(err, /option --address: cannot listen on 192\.0\.2\.1:0: this machine has no such address/);
  });
});
