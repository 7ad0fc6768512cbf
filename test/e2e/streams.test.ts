import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { dial, freePort, Origin, type OriginConnection } from '../kit/origin.ts';
import { SluiceProcess } from '../kit/sluice-process.ts';

/** What the origin does with a request whose head it has read. */
type Script = (connection: OriginConnection, head: string) => unknown;

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('what passes through', { timeout: 60_000 }, () => {
  let origin: Origin;
  let running: SluiceProcess;
  /** By path; for others the origin answers with the head that it got. */
  const scripts: Record<string, Script> = {};

  before(async () => {
    origin = await Origin.start(async (connection) => {
      for (;;) {
        const head = await connection.head();
        const echo = (): boolean =>
          connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${head.length}\r\n\r\n${head}`);
        await (scripts[head.split(' ')[1] as string] ?? echo)(connection, head);
      }
    });
    const routes = `all: * -> "${origin.url}";
      kept: Path("/kept") -> preserveHost("true") -> "${origin.url}";
      twice: Path("/twice") -> setPath("/kept") -> <loopback>;
      endless: Path("/endless") -> setResponseHeader("X-Unwound", "yes") -> <loopback>;
      nine: Path("/nine") && Header("X-Step", "aaaaaaaaaa") -> inlineContent("nine") -> <shunt>;
      step: Path("/nine") -> modRequestHeader("X-Step", "$", "a") -> <loopback>;
      aimless: Path("/aimless") -> <dynamic>;
      aimed: Path("/aimed") -> setDynamicBackendUrl("${origin.url}") -> <dynamic>;
      dead: Path("/dead") -> "http://127.0.0.1:${await freePort()}";
      half: Path("/half") -> <roundRobin, "http://127.0.0.1:${await freePort()}", "${origin.url}">;`;
    running = await SluiceProcess.run(['--access-log-disabled', '--inline-routes', routes]);
  });

  after(async () => {
    await running[Symbol.asyncDispose]();
    await origin.close();
  });

  /** Sends octets on a connection of its own. */
  function send(octets: string): OriginConnection {
    const client = dial(running.port);
    client.write(octets);
    return client;
  }
  const get = (path: string, fields = ''): OriginConnection =>
    send(`GET ${path} HTTP/1.1\r\nHost: client.example\r\n${fields}\r\n`);
  /** Reads an answer with a length: head and content. */
  async function answer(client: OriginConnection): Promise<[head: string, body: string]> {
    const head = await client.head();
    return [head, await client.read(Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0))];
  }

  it('events arrive one by one, each before the next is made', async () => {
    let next: () => boolean = () => false;
    scripts['/events'] = async (connection) => {
      connection.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n');
      let made = 0;
      next = () => connection.write(`9\r\ndata: ${made++}\n\n\r\n`);
    };
    const client = get('/events');
    assert.match(await client.head(), /transfer-encoding: chunked/i);
    for (const expected of [0, 1, 2]) {
      next();
      assert.ok((await client.readTo('\n\n')).endsWith(`data: ${expected}\n\n`));
      assert.equal(client.pending.replace('\r\n', ''), '');
    }
    client.socket.destroy();
    await eventually('the upstream call to be given up', () => origin.connections[0]?.socket.destroyed);
  });

  it('a request body reaches the origin while it is sent, and so does the answer the client', async () => {
    const words = ['one', 'second', 'third'];
    scripts['/echo'] = async (connection) => {
      connection.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      for (const word of words) {
        await connection.readTo(`${word.length}\r\n${word}`);
        connection.write(`${word.length}\r\n${word}\r\n`);
      }
      await connection.readTo('0\r\n\r\n');
      connection.write('0\r\n\r\n');
    };
    const client = send('POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (const word of words) {
      client.write(`${word.length}\r\n${word}\r\n`);
      await client.readTo(`${word.length}\r\n${word}`);
    }
    client.write('0\r\n\r\n');
    await client.readTo('0\r\n\r\n');
  });

  it('a client that leaves while it waits cancels the call', async () => {
    const calls: OriginConnection[] = [];
    scripts['/slow'] = (connection) => calls.push(connection);
    const client = get('/slow');
    const call = await eventually('the call', () => calls[0]);
    client.reset();
    await eventually('its end', () => call.socket.destroyed || call.socket.readableEnded);
  });

  it('trailers, early hints, and what has no content', async () => {
    scripts['/trailers'] = (connection) =>
      connection.write(
        'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n',
      );
    assert.match(
      await get('/trailers', 'TE: trailers\r\nConnection: TE\r\n').readTo('X-Sum: 7\r\n\r\n'),
      /\r\n2\r\nok\r\n0\r\n/,
    );
    scripts['/hints'] = (connection) =>
      connection.write(`HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n${OK}`);
    const hints = get('/hints');
    assert.match(await hints.head(), /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>; rel=preload\r\n/);
    assert.match((await answer(hints))[0], /^HTTP\/1\.1 200 OK\r\n/);
    const bodiless: [method: string, path: string, reply: string, head: RegExp][] = [
      [
        'HEAD',
        '/head',
        'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n',
        /^HTTP\/1\.1 200 OK\r\n.*Content-Length: 1234\r\n/s,
      ],
      [
        'GET',
        '/204',
        'HTTP/1.1 204 No Content\r\n\r\n',
        /^HTTP\/1\.1 204 No Content\r\n(?!.*(content-length|transfer-encoding))/is,
      ],
      [
        'GET',
        '/304',
        'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n',
        /^HTTP\/1\.1 304 Not Modified\r\nETag: "1"\r\n/,
      ],
    ];
    for (const [method, path, reply, head] of bodiless) {
      scripts[path] = (connection) => connection.write(reply);
      // The second request shows that nothing is left between them.
      const client = send(`${method} ${path} HTTP/1.1\r\nHost: a\r\n\r\nGET /any HTTP/1.1\r\nHost: a\r\n\r\n`);
      assert.match(await client.head(), head);
      assert.match(await client.head(), /^HTTP\/1\.1 200 OK\r\n/);
    }
  });

  it('an answer that the origin cuts is cut to the client, never ended as if it were whole', async () => {
    for (const [path, head] of [
      ['/cut-chunked', 'Transfer-Encoding: chunked\r\n\r\n3\r\ncut\r\n'],
      ['/cut-length', 'Content-Length: 10\r\n\r\ncut'],
    ] as const) {
      const calls: OriginConnection[] = [];
      scripts[path] = (connection) => {
        connection.write(`HTTP/1.1 200 OK\r\n${head}`);
        calls.push(connection);
      };
      const client = get(path);
      assert.match(await client.readTo('cut'), /^HTTP\/1\.1 200 OK/);
      calls[0]?.reset();
      await client.closed;
      assert.equal(client.pending.replace('\r\n', ''), '', path);
    }
  });

  it('a WebSocket in both ways, until one side ends it', async () => {
    scripts['/socket'] = async (connection, head) => {
      assert.match(head, /^upgrade: websocket\r\n/im);
      assert.match(head, /^connection: upgrade\r\n/im);
      assert.match(head, /^sec-websocket-key: x3JJHMbDL1EzLkh9GBhXDw==\r\n/im);
      connection.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello');
      for (;;) connection.write((await connection.readTo('.')).toUpperCase());
    };
    const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n';
    const client = get('/socket', `${upgrade}Sec-WebSocket-Version: 13\r\n`);
    const head = await client.head();
    assert.match(head, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
    assert.match(head, /^upgrade: websocket\r\n/im);
    assert.equal(await client.read(5), 'hello');
    for (const octets of ['one.', '\x81\x85\x00\xfe frame.']) {
      client.write(octets);
      assert.equal(await client.readTo('.'), octets.toUpperCase());
    }
    const [call] = origin.connections.slice(-1);
    client.end();
    await call?.closed;
  });

  it("the backend's own Host, or the client's where asked for, over a loopback too", async () => {
    const seen = async (path: string): Promise<string | undefined> =>
      /^host: (.*)\r$/im.exec((await answer(get(path)))[1])?.[1];
    assert.equal(await seen('/any'), `127.0.0.1:${origin.port}`);
    assert.equal(await seen('/kept'), 'client.example');
    assert.equal(await seen('/twice'), 'client.example');
    assert.equal(await seen('/aimed'), `127.0.0.1:${origin.port}`);
  });

  it('fields of the connection stay where they are, and each hop is counted', async () => {
    const [, head] = await answer(
      get(
        '/any',
        'Connection: x-private, keep-alive\r\nX-Private: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nTE: gzip\r\nVia: 1.0 before\r\nX-Kept: 1\r\n',
      ),
    );
    const names = [...head.matchAll(/^([\w-]+):/gm)].map(([, name]) => name?.toLowerCase());
    assert.deepEqual(names.sort(), ['connection', 'host', 'via', 'x-kept']);
    assert.match(head, /^via: 1\.0 before, 1\.1 sluice\r\n/im);
    scripts['/fields'] = (connection) =>
      connection.write(
        'HTTP/1.1 200 OK\r\nConnection: X-Secret\r\nX-Secret: 1\r\nX-Shown: 1\r\nVia: 1.1 far\r\nContent-Length: 0\r\n\r\n',
      );
    const [reply] = await answer(get('/fields'));
    assert.doesNotMatch(reply, /x-secret/i);
    assert.match(reply, /^via: 1\.1 far, 1\.1 sluice\r\n/im);
    assert.match(
      (await answer(send('OPTIONS /any HTTP/1.1\r\nHost: a\r\nMax-Forwards: 2\r\n\r\n')))[1],
      /^max-forwards: 1\r\n/im,
    );
    const [last] = await answer(send('TRACE /any HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\nCookie: secret\r\n\r\n'));
    assert.match(last, /^HTTP\/1\.1 200 OK\r\n.*message\/http/s);
  });

  it('nine loopbacks and no more, and no dynamic backend without an aim', async () => {
    const endless = await running.get('/endless');
    assert.deepEqual([endless.status, endless.headers['x-unwound']], [500, 'yes']);
    assert.equal((await running.get('/nine', { 'X-Step': 'a' })).body, 'nine');
    assert.equal((await running.get('/nine', { 'X-Step': '' })).status, 500);
    const aimless = await running.get('/aimless', { Host: new URL(origin.url).host });
    assert.equal(aimless.status, 502);
  });

  it('refused by one endpoint, a request is sent to another; with none left it is a 502', async () => {
    for (let at = 0; at < 4; at++) assert.equal((await running.get('/half')).status, 200);
    const dead = await running.get('/dead');
    const [, id] = /^Bad Gateway \((\w+)\)\n$/.exec(dead.body) ?? [];
    assert.equal(dead.status, 502);
    await running.logged(new RegExp(`ERROR .*id=${id} .*status=502 .*route=dead .*cause=ECONNREFUSED`));
  });
});
