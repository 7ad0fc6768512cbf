/**
 * The clients that people use, against a whole gateway in front of an origin. Where one is not installed its tests are
 * skipped, or fail under SLUICE_REQUIRE_SERVICES=1.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { startTestProxy, type TestProxy } from '../kit/proxy.ts';

const run = promisify(execFile);
const UPLOAD = Buffer.alloc(5 << 20, 'x');

let origin: Server;
let proxy: TestProxy;
let url = '';

before(async () => {
  origin = createServer(answer);
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  const { port } = origin.address() as AddressInfo;
  proxy = await startTestProxy(`all: * -> setRequestHeader("X-A", "1") -> "http://127.0.0.1:${port}"`);
  url = `http://127.0.0.1:${proxy.port}`;
});

after(async () => {
  await proxy.close();
  origin.close();
});

/** Counts what it is sent; refuses /refused before it has read any of it. */
function answer(incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (incoming.url === '/refused') {
    outgoing.writeHead(413, { 'Content-Length': 4 });
    outgoing.end('big\n');
    return;
  }
  if (incoming.url === '/small') {
    outgoing.writeHead(200, { 'Content-Length': 6 });
    outgoing.end('hello\n');
    return;
  }
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  incoming.on('end', () => outgoing.end(`${incoming.method} ${bytes} ${incoming.headers['x-a']}\n`));
}

function missing(tool: string): string | false {
  const { error } = spawnSync(tool, ['--version']);
  if (error === undefined) return false;
  assert.notEqual(process.env['SLUICE_REQUIRE_SERVICES'], '1', `${tool} is not installed`);
  return `${tool} is not installed`;
}

function curl(path: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const format = '%{http_code} %{http_version}\n';
    const child = execFile('curl', ['-sS', '-m', '10', '-w', format, ...args, url + path], (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(error);
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(UPLOAD);
  });
}

const CURL: readonly { name: string; path: string; args: string[]; expected: string | RegExp }[] = [
  { name: 'GET', path: '/x', args: [], expected: 'GET 0 1\n200 1.1\n' },
  {
    name: 'HEAD',
    path: '/small',
    args: ['-I'],
    expected: /^HTTP\/1\.1 200 OK\r\n.*Content-Length: 6\r\n\r\n200 1\.1\n$/s,
  },
  { name: 'HTTP/1.0', path: '/small', args: ['--http1.0'], expected: 'hello\n200 1.1\n' },
  { name: 'HTTP/1.0 without a length', path: '/x', args: ['--http1.0'], expected: 'GET 0 1\n200 1.1\n' },
  { name: 'an upload in chunks', path: '/x', args: ['-T', '-'], expected: `PUT ${UPLOAD.length} 1\n200 1.1\n` },
  {
    name: 'an upload with Expect: 100-continue',
    path: '/x',
    args: ['--data-binary', '@-', '-H', 'Expect: 100-continue', '--expect100-timeout', '9'],
    expected: `POST ${UPLOAD.length} 1\n200 1.1\n`,
  },
  {
    name: 'an upload that is refused early',
    path: '/refused',
    args: ['--data-binary', '@-', '-H', 'Expect:'],
    expected: 'big\n413 1.1\n',
  },
  {
    name: 'an upload with Expect: 100-continue that is refused early',
    path: '/refused',
    args: ['--data-binary', '@-', '-H', 'Expect: 100-continue'],
    expected: 'big\n413 1.1\n',
  },
];

describe('curl', { skip: missing('curl') }, () => {
  for (const { name, path, args, expected } of CURL) {
    test(name, async () => {
      const out = await curl(path, ...args);
      if (typeof expected === 'string') assert.equal(out, expected);
      else assert.match(out, expected);
    });
  }

  test('several requests on one connection', async () => {
    const out = await curl('/x', '-w', '%{num_connects} ', `${url}/small`, '-T', '-', `${url}/small`);
    assert.match(out, /1 .*0 .*0 /s);
  });
});

describe('load makers finish without a failed request', () => {
  test('ab -k', { skip: missing('ab') }, async () => {
    const { stdout } = await run('ab', ['-q', '-k', '-n', '2000', '-c', '50', `${url}/small`]);
    assert.match(stdout, /Complete requests: +2000\n/);
    assert.match(stdout, /Failed requests: +0\n/);
    assert.match(stdout, /Keep-Alive requests: +2000\n/);
    assert.doesNotMatch(stdout, /Non-2xx/);
  });

  test('h2load --h1', { skip: missing('h2load') }, async () => {
    const { stdout } = await run('h2load', ['--h1', '-n', '2000', '-c', '20', `${url}/small`]);
    assert.match(stdout, /2000 succeeded, 0 failed, 0 errored, 0 timeout/);
    assert.match(stdout, /status codes: 2000 2xx/);
  });

  test('wrk', { skip: missing('wrk') }, async () => {
    const { stdout } = await run('wrk', ['-t1', '-c32', '-d1s', `${url}/small`]);
    assert.match(stdout, /[1-9]\d* requests in /);
    assert.doesNotMatch(stdout, /Socket errors|Non-2xx/);
  });
});
