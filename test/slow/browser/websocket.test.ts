import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { Authority } from '../../kit/authority.ts';
import { CHROMIUM, newVisitor, startChromium } from '../../kit/chromium.ts';
import { Folder } from '../../kit/folder.ts';
import { missing } from '../../kit/installed.ts';
import { SluiceProcess } from '../../kit/sluice-process.ts';

const LARGE = 1 << 20;

/** Opens a WebSocket at the page's own site, sends what comes, and tells all that happens to it. */
const CONVERSE = `async ({ path, texts, largeBytes }) => {
  const socket = new WebSocket(location.origin.replace('http', 'ws') + path, ['first', 'echo']);
  socket.binaryType = 'arraybuffer';
  const came = [];
  let wake = () => {};
  socket.onmessage = ({ data }) => { came.push(data); wake(); };
  const closed = new Promise((resolve) => { socket.onclose = ({ code, reason, wasClean }) => resolve({ code, reason, wasClean }); });
  const failed = new Promise((resolve) => { socket.onerror = () => resolve('failed'); });
  const opened = new Promise((resolve) => { socket.onopen = () => resolve('open'); });
  if (await Promise.race([opened, failed]) === 'failed') return { failed: true };
  const next = async () => {
    while (came.length === 0) await new Promise((resolve) => { wake = resolve; });
    return came.shift();
  };
  const greeting = await next();
  const echoes = [];
  for (const text of texts) { socket.send(text); echoes.push(await next()); }
  const bytes = new Uint8Array(largeBytes).map((_, at) => (at * 31) ^ (at >> 8));
  socket.send(bytes);
  const back = new Uint8Array(await next());
  const isSame = back.length === bytes.length && back.every((byte, at) => byte === bytes[at]);
  socket.send('close');
  const { protocol, extensions } = socket;
  return { greeting, echoes, isSame, protocol, extensions, closed: await closed };
}`;

/** An origin whose WebSockets greet, say again what they hear, and close when told to; nobody gets in at /closed. */
async function startEcho(): Promise<Server> {
  const server = createServer((_incoming, outgoing) => outgoing.end('<h1>a page</h1>'));
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: true,
    handleProtocols: (offered) => (offered.has('echo') ? 'echo' : false),
  });
  server.on('upgrade', (incoming, socket, head) => {
    if (incoming.url === '/closed') socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    else
      sockets.handleUpgrade(incoming, socket, head, (client) => {
        client.send('welcome');
        client.on('message', (content, isBinary) => {
          if (String(content) === 'close') client.close(4001, 'as you wish');
          else client.send(content, { binary: isBinary });
        });
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('WebSockets of Chromium', { skip: missing(CHROMIUM) || missing('openssl'), timeout: 60_000 }, () => {
  let browser: Browser;
  let origin: Server;
  let folder: Folder;

  before(async () => {
    browser = await startChromium();
    origin = await startEcho();
    folder = await Folder.make();
  });
  after(async () => {
    await browser.close();
    origin.closeAllConnections();
    origin.close();
    await folder[Symbol.asyncDispose]();
  });

  const converse = (page: Page, path: string): Promise<unknown> =>
    page.evaluate(
      `(${CONVERSE})(${JSON.stringify({ path, texts: ['hello', '', 'grüß dich 👋'], largeBytes: LARGE })})`,
    );

  for (const scheme of ['http', 'https']) {
    it(`talk through the gateway, ${scheme}`, async () => {
      const { certPath, keyPath } = Authority.make(folder.path, '/CN=CA').issue({ subject: '/CN=localhost' });
      const tls = scheme === 'http' ? [] : ['--tls-cert', certPath, '--tls-key', keyPath];
      const { port } = origin.address() as AddressInfo;
      await using running = await SluiceProcess.run([...tls, '--inline-routes', `* -> "http://127.0.0.1:${port}"`]);
      const visitor = await newVisitor(browser);
      const page = await visitor.newPage();
      await page.goto(`${scheme}://localhost:${running.port}/`);
      assert.equal(await page.textContent('h1'), 'a page');
      assert.deepEqual(await converse(page, '/chat?room=1'), {
        greeting: 'welcome',
        echoes: ['hello', '', 'grüß dich 👋'],
        isSame: true,
        protocol: 'echo',
        extensions: 'permessage-deflate',
        closed: { code: 4001, reason: 'as you wish', wasClean: true },
      });
      assert.deepEqual(await converse(page, '/closed'), { failed: true });
      assert.equal(await page.evaluate('fetch("/").then((answer) => answer.status)'), 200);
      await visitor.close();
    });
  }
});
