import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { ask } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { Folder } from '../kit/folder.ts';
import { Origin, type OriginConnection } from '../kit/origin.ts';
import { SluiceProcess, sluice } from '../kit/sluice-process.ts';

/** An origin that answers when it is told to. */
class SlowOrigin {
  static async start(): Promise<SlowOrigin> {
    const slow = new SlowOrigin();
    slow.origin = await Origin.start(async (connection) => {
      await connection.head();
      slow.waiting.push(connection);
    });
    return slow;
  }

  origin!: Origin;
  readonly waiting: OriginConnection[] = [];

  /** Resolves when a request has arrived. */
  asked(): Promise<OriginConnection> {
    return eventually('a request at the origin', () => this.waiting.shift());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.origin.close();
  }
}

const HEALTH = `health: Path("/healthz") -> status(200) -> <shunt>;
draining: Path("/healthz") && Shutdown() -> status(503) -> <shunt>;`;

/** Whether a connection to the port is refused. */
function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(false));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
    socket.on('close', () => socket.destroy());
    socket.end();
  });
}

describe('sluice run', { timeout: 240_000 }, () => {
  it('takes ./routes and ./filters, and serves what stands there', async () => {
    await using folder = await Folder.make({
      'routes/a.eskip': 'a: Path("/a") -> bye("a") -> <shunt>;',
      'routes/b.eskip': 'b: Path("/b/:id") -> setResponseHeader("X-Id", "${id}") -> inlineContent("b") -> <shunt>;',
      'routes/readme.md': 'no route',
      'filters/bye.mjs': `export const bye = { name: 'bye', create: ([who]) => ({ request(ctx) { ctx.serve({ status: 200, body: 'bye ' + who }); } }) };`,
    });
    await using running = await SluiceProcess.run([], { cwd: folder.path });
    assert.equal((await running.get('/a')).body, 'bye a');
    assert.equal((await running.get('/b/7')).headers['x-id'], '7');
    const lost = await running.get('/c');
    assert.deepEqual([lost.status, lost.body], [404, 'Not Found\n']);
    assert.equal((await running.stop()).code, 0);
  });

  it('reads options from the environment, and flags with one dash or two', async () => {
    const env = { SLUICE_INLINE_ROUTES: '* -> status(204) -> <shunt>', SLUICE_ADDRESS: 'overridden by a flag' };
    const args = ['run', '-address=127.0.0.1:0', '--workers', '1', '-support-listener='];
    await using running = new SluiceProcess(args, { env });
    const [, port] = await running.logged(/serving port=(\d+) support=off routes=1 threads=1/);
    assert.equal((await ask({ port: Number(port) })).status, 204);
  });

  it('says which variables of the environment it does not know', async () => {
    const service = {
      SLUICE_SERVICE_HOST: '10.0.0.1',
      SLUICE_PORT: 'tcp://10.0.0.1:80',
      SLUICE_PORT_80_TCP: 'tcp://10.0.0.1:80',
    };
    const env = { SLUICE_ACESS_LOG: 'x', SLUICE_NOTHING_LIKE_IT_AT_ALL: 'y', ...service };
    await using running = await SluiceProcess.run(['--inline-routes', '* -> <shunt>'], { env });
    const told = running.err.match(/(?<=WARN ).* of the environment .*/g);
    assert.deepEqual(told, [
      'the variable SLUICE_ACESS_LOG of the environment is no option; did you mean SLUICE_ACCESS_LOG?',
      'the variable SLUICE_NOTHING_LIKE_IT_AT_ALL of the environment is no option',
    ]);
  });

  it('is ready until it is told to stop, goes on for the load balancer, then lets requests in flight finish', async () => {
    await using slow = await SlowOrigin.start();
    const inline = `${HEALTH} slow: Path("/slow") -> "${slow.origin.url}";`;
    await using running = await SluiceProcess.run([
      '--inline-routes',
      inline,
      '--wait-for-healthcheck-interval',
      '1s',
      '--access-log-disabled',
    ]);
    assert.equal((await running.support('/ready')).status, 200);
    assert.equal((await running.get('/healthz')).status, 200);
    const answer = running.get('/slow');
    const origin = await slow.asked();
    const ended = running.stop();
    await running.untilAll('/healthz', ({ status }) => status === 503);
    const ready = await running.support('/ready');
    assert.deepEqual([ready.status, ready.body], [503, 'not ready\nstopping\n']);
    await eventually('connections to be refused', () => isRefused(running.port));
    origin.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslo');
    origin.write('w');
    const { status, body, headers } = await answer;
    assert.deepEqual([status, body, headers.connection], [200, 'slow', 'close']);
    const { code, err } = await ended;
    assert.equal(code, 0);
    assert.match(err, /INFO stopped\n$/);
  });

  it('ends idle connections at once, and cuts requests that outlast --shutdown-timeout', async () => {
    await using slow = await SlowOrigin.start();
    const inline = `ok: Path("/ok") -> status(204) -> <shunt>; slow: Path("/slow") -> "${slow.origin.url}";`;
    await using running = await SluiceProcess.run(['--inline-routes', inline, '--shutdown-timeout', '300ms']);
    const idle = connect(running.port, '127.0.0.1');
    const idleEnded = new Promise<void>((resolve) => idle.on('end', resolve));
    idle.write('GET /ok HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => idle.once('data', resolve));
    const answer = running.get('/slow');
    await slow.asked();
    const ended = running.stop();
    await idleEnded;
    await assert.rejects(answer);
    assert.equal((await ended).code, 0);
  });

  it('ends at the second signal, whatever is under way', async () => {
    await using slow = await SlowOrigin.start();
    await using running = await SluiceProcess.run(['--inline-routes', `* -> "${slow.origin.url}"`]);
    const answer = running.get('/');
    await slow.asked();
    running.signal('SIGINT');
    await eventually('connections to be refused', () => isRefused(running.port));
    running.signal('SIGINT');
    await assert.rejects(answer);
    assert.equal((await running.ended).code, 130);
  });

  const misuses: [args: string[], message: RegExp][] = [
    [['--adress', ':1'], /unknown option --adress/],
    [['stray'], /unexpected argument "stray"/],
    [['--address'], /--address needs a value/],
    [['--address', '9090'], /--address: expected an address such as ":9090".*found "9090"/],
    [['--support-listener', ':123456'], /--support-listener: expected an address/],
    [['--workers=two'], /--workers: expected a whole number, found "two"/],
    [['--shutdown-timeout', '5 minutes'], /--shutdown-timeout: expected a duration/],
    [['--demo=perhaps'], /--demo: expected true or false/],
    [['--default-http-status', '4040'], /--default-http-status: expected a whole number from 200 to 599/],
    [['--application-log-level', 'loud'], /--application-log-level: expected one of info, debug, warn, error/],
  ];
  for (const [args, message] of misuses) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { code, out, err } = await sluice(['run', ...args]);
      assert.match(err, message);
      assert.deepEqual([code, out, err.split('\n').length], [2, '', 2]);
    });
  }

  it('says in one line that an address is taken, or a log not to be written', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const taken = `127.0.0.1:${(squatter.address() as { port: number }).port}`;
    const common = ['--inline-routes', '* -> <shunt>', '--workers', '2'];
    const cannot = `cannot listen on ${taken}: somebody listens there already`;
    const wayOut = '; stop it, take another address, or share the port, and its clients, with --reuse-port';
    const cases: [args: string[], message: string][] = [
      [['--address', taken, '--support-listener', ''], `option --address: ${cannot}${wayOut}`],
      [['--address', '127.0.0.1:0', '--support-listener', taken], `option --support-listener: ${cannot}`],
      [['--access-log', '/nowhere/log'], `ENOENT: no such file or directory, open '/nowhere/log'`],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await sluice(['run', ...common, ...args]);
      assert.equal(err.split('\n').at(-2), `sluice: ${message}`);
      assert.equal(code, 1);
      assert.doesNotMatch(err, /^\s+at /m);
    }
    squatter.close();
  });
});
