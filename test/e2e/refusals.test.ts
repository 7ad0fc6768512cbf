// What the listener refuses by itself is told: to the client, in the access log, in the metrics; and a flood of it floods nothing.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Authority } from '../kit/authority.ts';
import { until } from '../kit/calls.ts';
import { eventually } from '../kit/eventually.ts';
import { Folder } from '../kit/folder.ts';
import { missing } from '../kit/installed.ts';
import { Origin } from '../kit/origin.ts';
import { SluiceProcess } from '../kit/sluice-process.ts';
import { Client } from '../wire/kit.ts';

const GET = 'GET /here HTTP/1.1\r\nHost: h.example\r\nUser-Agent: tester\r\n';
const POST = 'POST /here HTTP/1.1\r\nHost: h.example\r\nUser-Agent: tester\r\n';
const LIMITS = ['--max-content-length', '10', '--max-request-line-bytes', '100', '--max-header-fields', '5'];

/** What is sent, the status and reason of the answer, and what stands in the access log of it. */
const refusals: [sent: string, status: number, reason: string, line: RegExp][] = [
  [`${GET}Host: b\r\n\r\n`, 400, 'duplicate-host', /"GET \/here HTTP\/1\.1" 400 \d+ "-" "tester" 0 h\.example /],
  [`${GET}A : b\r\n\r\n`, 400, 'bad-header', /"GET \/here HTTP\/1\.1" 400 \d+ "-" "tester"/],
  [`${POST}Content-Length: 11\r\n\r\n`, 413, 'long-body', /"POST \/here HTTP\/1\.1" 413 /],
  [`GET /${'a'.repeat(200)} HTTP/1.1\r\nHost: h\r\n\r\n`, 414, 'long-request-line', /"GET \/a{200} HTTP\/1\.1" 414 /],
  [`${GET}Expect: what\r\n\r\n`, 417, 'unknown-expectation', /"GET \/here HTTP\/1\.1" 417 /],
  [`${GET}${'A: b\r\n'.repeat(9)}\r\n`, 431, 'many-headers', /"GET \/here HTTP\/1\.1" 431 /],
  ['CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n', 501, 'connect', /"CONNECT h:443 HTTP\/1\.1" 501 /],
  [`${'M'.repeat(65)} / HTTP/1.1\r\n`, 501, 'long-method', /"M{65} \/ HTTP\/1\.1" 501 /],
  ['GET / HTTP/2.0\r\n', 505, 'other-version', /"GET \/ HTTP\/1\.1" 505 /],
  ['GET /\r\n', 400, 'no-version', /"GET \/ HTTP\/1\.1" 400 /],
  ['\x16\x03\x01\x02\0\x01"\n', 400, 'tls-handshake', /"- \S+ HTTP\/1\.1" 400 /],
  ['GET / HTTP/1.1\r\nHost: h\r\nA: ', 408, 'header-timeout', /"GET \/ HTTP\/1\.1" 408 /],
];

const SERIES = 'sluice_refused_requests_total{reason="duplicate-host",code="400"}';

function linesOf(running: SluiceProcess): string[] {
  return running.err.split('\n').filter((line) => line.includes('a request was refused reason=duplicate-host'));
}

describe('a request that the listener refuses', { timeout: 240_000 }, () => {
  let folder: Folder;
  let origin: Origin;
  let log: string;
  let running: SluiceProcess;
  before(async () => {
    folder = await Folder.make();
    origin = await Origin.start(() => {});
    log = join(folder.path, 'access.log');
    running = await SluiceProcess.run([
      ...LIMITS,
      ...['--read-header-timeout-server', '2s', '--access-log', log],
      ...['--inline-routes', `up: Path("/up") -> "${origin.url}"; all: * -> status(204) -> <shunt>`],
    ]);
  });
  after(async () => {
    await running[Symbol.asyncDispose]();
    await origin[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  it('is told with its reason and a Date, is in the access log, and counted by reason', async () => {
    for (const [sent, status, reason, line] of refusals) {
      const client = await Client.open(running.port);
      let raw = '';
      client.socket.on('data', (text: string) => (raw += text));
      client.write(sent);
      await client.closed;
      client.end();
      assert.match(
        raw,
        new RegExp(`^HTTP/1\\.1 ${status} [^\\r]+\\r\\n(?:[^\\r]+\\r\\n)*Date: \\w{3}, [^\\r]+ GMT\\r\\n`),
        reason,
      );
      assert.match(raw, /\r\n\r\n\d{3} [A-Z][\w -]+\. [A-Z][^\n]+\.\n$/, reason);
      assert.doesNotMatch(raw, /\/here|tester|h\.example|MMM|aaa/, 'nothing of the request is repeated');
      await eventually(`the line of ${reason}`, () => line.test(readFileSync(log, 'utf8')));
      const series = `sluice_refused_requests_total{reason="${reason}",code="${status}"}`;
      assert.equal(await running.metric(series), 1, series);
    }
    assert.equal(readFileSync(log, 'utf8').trimEnd().split('\n').length, refusals.length);
  });

  it('tells its reason too when it is the content that is refused', async () => {
    const client = await Client.open(running.port);
    client.write(`${POST.replace('/here', '/up')}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`);
    await until(() => origin.connections[0]?.pending.endsWith('1\r\nx\r\n') === true);
    client.write('b\r\nhello world\r\n0\r\n\r\n');
    await client.closed;
    assert.match(client.received, /^HTTP\/1\.1 413 (?:.|\r\n)*The content is longer than is allowed\.\n$/);
    client.end();
  });

  it('costs a line of the application log the first time only', async () => {
    assert.equal(await running.metric(SERIES), 1);
    for (let sent = 0; sent < 200; sent++) {
      const client = await Client.open(running.port);
      client.write(`${GET}Host: b\r\n\r\n`);
      await client.closed;
      client.destroy();
    }
    assert.equal(await running.metric(SERIES), 201);
    const lines = linesOf(running);
    assert.match(lines[0] ?? '', /reason=duplicate-host status=400 client=127\.0\.0\.1/);
    assert.ok(
      lines.length <= 2 * 5,
      `${lines.length} lines: one for each of the two threads, and again after a minute`,
    );
  });

  it('TLS handshakes that fail are counted', { skip: missing('openssl') }, async () => {
    const authority = Authority.make(folder.path, '/CN=Test CA');
    const { certPath, keyPath } = authority.issue({ subject: '/CN=server', names: ['DNS:localhost'] });
    const tls = ['--tls-cert', certPath, '--tls-key', keyPath];
    await using secured = await SluiceProcess.run([...tls, '--inline-routes', '* -> <shunt>']);
    const stranger = await Client.open(secured.port);
    stranger.write('\0\x01\x02\x03\x04\x05\x06\x07\x08\x09');
    await stranger.closed;
    const plain = await Client.open(secured.port);
    plain.write(`${GET}\r\n`);
    await plain.closed;
    plain.end();
    assert.match(plain.received, /^HTTP\/1\.1 400 Bad Request\r\n(?:.|\r\n)*use https\.\n$/);
    const series = 'sluice_refused_requests_total{reason="plain-on-tls",code="400"}';
    await eventually(series, async () => (await secured.metric(series)) === 1);
    const { body } = await secured.support('/metrics');
    assert.match(body, /^sluice_tls_handshake_errors_total\{reason="ERR_SSL_\w+"\} 1$/m);
  });
});
