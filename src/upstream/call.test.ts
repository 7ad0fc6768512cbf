import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestUpstream, until } from '../../test/kit/calls.ts';
import { answering, freePort, Origin, type OriginConnection } from '../../test/kit/origin.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** What an origin gets for a request with these fields, without the line and the framing. */
const FIELDS: readonly { name: string; sent: string[]; got: string }[] = [
  { name: 'nothing is invented', sent: [], got: 'host: ORIGIN|connection: keep-alive' },
  {
    name: 'order and case are kept, doubles too',
    sent: ['x-B', '1', 'X-a', '2', 'x-B', '3'],
    got: 'host: ORIGIN|connection: keep-alive|x-B: 1|X-a: 2|x-B: 3',
  },
  {
    name: 'fields of the connection stay here',
    sent: [
      ...['Keep-Alive', 'timeout=5', 'Proxy-Connection', 'x', 'Upgrade', 'h2c', 'HTTP2-Settings', 'x', 'TE', 'gzip'],
      ...[
        'Transfer-Encoding',
        'chunked',
        'Proxy-Authorization',
        'x',
        'Expect',
        '100-continue',
        'Trailer',
        'x',
        'A',
        'b',
      ],
    ],
    got: 'host: ORIGIN|connection: keep-alive|A: b',
  },
  {
    name: 'what the client’s Connection named is gone before; what is on the list is ours, whatever Connection says',
    sent: ['Connection', 'X-One, close', 'X-One', '1', 'x-two', '2', 'connection', 'X-TWO', 'X-Three', '3'],
    got: 'host: ORIGIN|connection: keep-alive|X-One: 1|x-two: 2|X-Three: 3',
  },
  {
    name: 'TE: trailers goes on, once',
    sent: ['TE', 'gzip;q=0.5, trailers', 'TE', 'trailers', 'Connection', 'TE'],
    got: 'host: ORIGIN|connection: keep-alive|TE: trailers',
  },
  { name: 'octets beyond ASCII pass', sent: ['X', '\xe9\xff'], got: 'host: ORIGIN|connection: keep-alive|X: \xe9\xff' },
];

for (const { name, sent, got } of FIELDS) {
  test(`request fields: ${name}`, async () => {
    let head = '';
    await using origin = await Origin.start(async (c) => {
      head = await c.head();
      c.write(OK);
    });
    await using client = new TestUpstream(`${origin.url}/ignored?too`);
    await client.send({ target: '/a%2Fb?c=d', headers: sent }).outcome.text();
    const [line, ...fields] = head.trimEnd().split('\r\n');
    assert.equal(line, 'GET /a%2Fb?c=d HTTP/1.1');
    assert.equal(fields.join('|'), got.replace('ORIGIN', `127.0.0.1:${origin.port}`));
  });
}

test('the Host is that of the backend, of the client, or the one asked for', async () => {
  const heads: string[] = [];
  await using origin = await Origin.start(async (c) => {
    for (;;) {
      heads.push(await c.head());
      c.write(OK);
    }
  });
  await using client = new TestUpstream(origin.url);
  for (const call of [{}, { preserveHost: true }, { preserveHost: true, host: 'asked.example' }]) {
    await client.send(call).outcome.text();
  }
  const hosts = heads.map((head) => /^host: (.*)\r$/im.exec(head)?.[1]);
  assert.deepEqual(hosts, [`127.0.0.1:${origin.port}`, 'client.example', 'asked.example']);
  assert.equal(origin.connections.length, 1, 'the connection is kept over different hosts');
});

async function* chunks(...texts: string[]): AsyncGenerator<string> {
  for (const text of texts) {
    await new Promise((resolve) => setImmediate(resolve));
    yield text;
  }
}

const FRAMING: readonly {
  name: string;
  method: string;
  body: string | 'stream' | null;
  headers?: string[];
  got: RegExp;
}[] = [
  { name: 'GET without content', method: 'GET', body: null, got: /^(?!.*(content-length|transfer-encoding))/is },
  { name: 'POST without content', method: 'POST', body: null, got: /\r\ncontent-length: 0\r\n\r\n$/ },
  { name: 'DELETE without content', method: 'DELETE', body: null, got: /^(?!.*(content-length|transfer-encoding))/is },
  { name: 'POST, fixed', method: 'POST', body: 'hello', got: /\r\ncontent-length: 5\r\n\r\nhello$/ },
  {
    name: 'a length that was true before a filter',
    method: 'POST',
    body: 'hello',
    headers: ['Content-Length', '99'],
    got: /^(?!.*length: 99).*\r\ncontent-length: 5\r\n\r\nhello$/s,
  },
  { name: 'GET, fixed', method: 'GET', body: 'hello', got: /\r\ncontent-length: 5\r\n\r\nhello$/ },
  {
    name: 'POST, streamed',
    method: 'POST',
    body: 'stream',
    headers: ['Content-Length', '99'],
    got: /^(?!.*length: 99).*\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n$/s,
  },
  {
    name: 'DELETE, streamed',
    method: 'DELETE',
    body: 'stream',
    got: /chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n$/,
  },
];

for (const { name, method, body, headers = [], got } of FRAMING) {
  test(`request framing: ${name}`, async () => {
    await using origin = await Origin.start(() => {});
    await using client = new TestUpstream(origin.url);
    const content = body === 'stream' ? chunks('abc', 'de') : body;
    const { outcome } = client.send({ method, headers, body: content });
    await until(() => {
      const pending = origin.connections[0]?.pending ?? '';
      return pending.includes('\r\n\r\n') && got.test(pending);
    });
    origin.connections[0]?.write(OK);
    assert.equal((await outcome.text()).text, 'ok');
    assert.equal(client.inFlight, 0);
  });
}

const RESPONSES: readonly { name: string; method?: string; octets: string; ends?: boolean; text: string }[] = [
  { name: 'a length', octets: OK, text: 'ok' },
  { name: 'no length, until the end', octets: 'HTTP/1.1 200 OK\r\n\r\nall of it', ends: true, text: 'all of it' },
  { name: 'HTTP/1.0', octets: 'HTTP/1.0 200 OK\r\n\r\nold', ends: true, text: 'old' },
  {
    name: 'chunks',
    octets: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n',
    text: 'abc',
  },
  { name: 'no content', octets: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', text: '' },
  { name: '204', octets: 'HTTP/1.1 204 No Content\r\n\r\n', text: '' },
  { name: '304 with a length', octets: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n', text: '' },
  { name: 'HEAD', method: 'HEAD', octets: 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n', text: '' },
  { name: '205', octets: 'HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n', text: '' },
];

for (const { name, method = 'GET', octets, ends = false, text } of RESPONSES) {
  // Whole, and octet by octet: the way bytes arrive must not matter.
  for (const step of [octets.length, 1]) {
    test(`response framing: ${name}, ${step === 1 ? 'octet by octet' : 'in one piece'}`, async () => {
      await using origin = await Origin.start(async (c) => {
        await c.head();
        for (let at = 0; at < octets.length; at += step) {
          c.write(octets.slice(at, at + step));
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (ends) c.end();
      });
      await using client = new TestUpstream(origin.url);
      const { outcome } = client.send({ method });
      assert.equal((await outcome.text()).text, text);
      const { body, headers } = await outcome.response;
      assert.equal(body === null, text === '');
      assert.equal(headers.has('transfer-encoding'), false);
      if (octets.includes('Length: 7')) assert.equal(headers.get('content-length'), '7');
      assert.equal(client.inFlight, 0);
      assert.equal(outcome.endings, 1);
    });
  }
}

test('small content that came with its head is at hand at once', async () => {
  await using origin = await Origin.start(answering(OK));
  await using client = new TestUpstream(origin.url);
  const { body } = await client.send().outcome.response;
  assert.deepEqual([body?.length, Buffer.from(body?.fixed ?? []).toString()], [2, 'ok']);
});

test('response fields keep order, case and octets, without those of the connection', async () => {
  const head = [
    ...['HTTP/1.1 200 Fine', 'X-b: 1', 'x-A: \xe9', 'Connection: X-Gone', 'x-gone: 1', 'Keep-Alive: timeout=5'],
    ...[
      'Proxy-Authenticate: x',
      'Upgrade: h2c',
      'X-b: 2',
      'Set-Cookie: a=b',
      'Set-Cookie: c=d',
      'Content-Length: 0',
      '',
      '',
    ],
  ];
  for (const step of [1, 1000]) {
    await using origin = await Origin.start(async (c) => {
      await c.head();
      const octets = head.join('\r\n');
      for (let at = 0; at < octets.length; at += step) {
        c.write(octets.slice(at, at + step));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    await using client = new TestUpstream(origin.url);
    const response = await client.send().outcome.response;
    assert.equal(response.statusText, null, 'a reason phrase means nothing');
    assert.deepEqual(response.headers.raw, [
      ...['X-b', '1', 'x-A', '\xe9', 'X-b', '2', 'Set-Cookie', 'a=b', 'Set-Cookie', 'c=d', 'Content-Length', '0'],
    ]);
  }
});

test('interim responses are told, then the final one', async () => {
  await using origin = await Origin.start(async (c) => {
    await c.head();
    c.write(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nKeep-Alive: x\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${OK}`);
  });
  await using client = new TestUpstream(origin.url);
  const { outcome } = client.send();
  assert.equal((await outcome.text()).text, 'ok');
  assert.deepEqual(outcome.interim, [
    { status: 103, headers: ['Link', '</a>'] },
    { status: 102, headers: [] },
  ]);
});

test('a 100 that nobody asked for is ignored, also on a connection that is used again (RFC 9110 §15.2)', async () => {
  const unasked = 'HTTP/1.1 100 Continue\r\nX: y\r\n\r\n';
  for (const parts of [[`${unasked}${OK}`], [unasked, OK], ['HTTP/1.1 1', `00\r\n\r\n${unasked}${OK}`]]) {
    await using origin = await Origin.start(async (c) => {
      for (;;) {
        await c.head();
        for (const part of parts) {
          c.write(part);
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
    });
    await using client = new TestUpstream(origin.url);
    for (let count = 0; count < 3; count++) {
      const { outcome } = client.send();
      assert.equal((await outcome.text()).text, 'ok');
      assert.deepEqual(outcome.interim, []);
    }
    assert.equal(origin.connections.length, 1);
  }
});

test('blanks around a Content-Length are none of it (RFC 9112 §5)', async () => {
  const answer = 'HTTP/1.1 200 OK\r\nX-Request-Bytes: 7 \r\nContent-Length:  2  \r\n\r\nok';
  await using origin = await Origin.start(answering(answer));
  await using client = new TestUpstream(origin.url);
  for (let count = 0; count < 2; count++) {
    const response = await client.send().outcome.response;
    assert.deepEqual(response.headers.raw, ['X-Request-Bytes', '7', 'Content-Length', '2']);
    assert.equal(await response.body?.text(9), 'ok');
  }
  assert.equal(origin.connections.length, 1);
});

test('fields of the connection among trailers mean nothing (RFC 9110 §6.5.1)', async () => {
  const answer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nConnection: close\r\n\r\n';
  await using origin = await Origin.start(answering(answer));
  await using client = new TestUpstream(origin.url);
  for (let count = 0; count < 3; count++) assert.equal((await client.send().outcome.text()).text, 'ok');
  assert.equal(origin.connections.length, 1);
});

test('trailers arrive behind the content', async () => {
  await using origin = await Origin.start(async (c) => {
    await c.head();
    c.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n');
  });
  await using client = new TestUpstream(origin.url);
  const { body, headers } = await client.send().outcome.response;
  assert.equal(headers.get('trailer'), 'X-Sum');
  const trailers = await new Promise<string[]>((resolve, reject) => {
    body?.take().start({ data: () => true, end: (list) => resolve(list?.raw ?? []), fail: reject });
  });
  assert.deepEqual(trailers, ['X-Sum', '7']);
});

test('events are passed on as they come', async () => {
  const event = '9\r\ndata: x\n\n\r\n';
  await using origin = await Origin.start(async (c) => {
    await c.head();
    c.write(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n`);
  });
  await using client = new TestUpstream(origin.url);
  const { body } = await client.send().outcome.response;
  const [connection] = origin.connections as [OriginConnection];
  connection.write(event);
  let count = 0;
  for await (const chunk of body ?? []) {
    assert.equal(Buffer.from(chunk).toString(), 'data: x\n\n');
    if (++count === 3) break;
    connection.write(event);
  }
  await until(() => connection.socket.readableEnded);
  assert.equal(client.inFlight, 0, 'leaving the loop cancels the call');
});

test('content that was sent before is not sent again', async () => {
  await using origin = await Origin.start(answering(OK));
  await using client = new TestUpstream(origin.url);
  const { Body } = await import('../http/index.ts');
  const body = Body.from(chunks('abc'));
  assert.equal((await client.send({ method: 'POST', body }).outcome.text()).text, 'ok');
  const { outcome } = client.send({ method: 'POST', body });
  assert.equal((await outcome.text()).text, 'ok');
  assert.equal(client.inFlight, 0);
});

test('OPTIONS * cannot be sent', async () => {
  await using client = new TestUpstream(`http://127.0.0.1:${await freePort()}`);
  const error = await client.send({ method: 'OPTIONS', target: '*' }).outcome.failure();
  assert.equal(error.code, 'request-invalid');
  assert.equal(client.inFlight, 0);
});
