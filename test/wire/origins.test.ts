/**
 * What origins send, byte by byte, and what a client gets of it through the whole gateway.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Origin } from '../kit/origin.ts';
import { startTestProxy } from '../kit/proxy.ts';
import { Client, get, request } from './kit.ts';

interface Answer {
  name: string;
  rfc: string;
  /** Default: a GET. */
  asked?: string;
  /** All that the origin sends. */
  sent: string;
  /** All that the client gets, without Date, up to the end of the connection. */
  got: string | RegExp;
}

const HANDSHAKE = request('GET', '/', '', 'Connection: Upgrade, close', 'Upgrade: websocket, x/2');
const HEAD = request('HEAD', '/', '', 'Connection: close');
const GET = get('/', 'Connection: close');

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GOT_OK = 'HTTP/1.1 200 OK\r\nVia: 1.1 sluice\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok';
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const REFUSED = /^HTTP\/1\.1 502 Bad Gateway\r\n(?:.*\r\n)*\r\nBad Gateway \(\w+\)\n$/;

/** A final answer without content: its status line and fields. */
function bare(line: string, ...fields: string[]): string {
  const lines = fields.map((field) => `${field}\r\n`).join('');
  return `HTTP/1.1 ${line}\r\nVia: 1.1 sluice\r\nConnection: close\r\n${lines}\r\n`;
}

const BOTH = 'Content-Length: 5\r\nTransfer-Encoding: chunked';

const CHUNKS: Answer[] = (
  [
    ['blanks behind the size', '5   \r\nhello\r\n0\r\n\r\n'],
    ['blanks around extensions', '5 ; a=b\t;c = "d;\\"" \r\nhello\r\n0 ;z\r\n\r\n'],
    ['a size of 17 digits', `${'0'.repeat(16)}5\r\nhello\r\n${'0'.repeat(17)}\r\n\r\n`],
    ['a Content-Length among the trailers', '5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n'],
    ['a coding among the trailers', '5\r\nhello\r\n0\r\nTransfer-Encoding: gzip\r\n\r\n'],
  ] as const
).map(([name, content]) => ({
  name,
  rfc: '9112 §7.1',
  sent: `${CHUNKED}${content}`,
  got: 'HTTP/1.1 200 OK\r\nVia: 1.1 sluice\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello',
}));

const TRAILERS: Answer = {
  name: 'a blank before the colon of a trailer',
  rfc: '9112 §5.1',
  asked: get('/', 'Connection: close, TE', 'TE: trailers'),
  sent: `${CHUNKED}5\r\nhello\r\n0\r\nX-Sum : 9\r\nContent-Length: 9\r\n\r\n`,
  got: 'HTTP/1.1 200 OK\r\nVia: 1.1 sluice\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 9\r\n\r\n',
};

const REFUSED_CHUNKS: Answer[] = (
  [
    ['a size beyond what a number holds', `1${'0'.repeat(13)}\r\n`],
    ['a blank within the size', '5 5\r\nhello\r\n'],
    ['blanks and no size', '  \r\nhello\r\n'],
  ] as const
).map(([name, content]) => ({ name, rfc: '9112 §7.1', sent: `${CHUNKED}${content}`, got: REFUSED }));

const INTERIM: Answer[] = [
  {
    name: 'an interim response that says close',
    rfc: '9112 §9.6',
    sent: `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: close\r\n\r\n${OK}`,
    got: `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n${GOT_OK}`,
  },
  {
    name: 'an interim response of HTTP/1.0',
    rfc: '9110 §15.2',
    sent: `HTTP/1.0 100 Continue\r\n\r\n${OK}`,
    got: GOT_OK,
  },
  {
    name: 'an interim response with framing fields',
    rfc: '9112 §6.3',
    sent: `HTTP/1.1 103 Early Hints\r\n${BOTH}\r\n\r\n${OK}`,
    got: `HTTP/1.1 103 Early Hints\r\n\r\n${GOT_OK}`,
  },
];

const BARE: Answer[] = [
  {
    name: 'length and chunked on HEAD',
    rfc: '9112 §6.3',
    asked: HEAD,
    sent: `HTTP/1.1 200 OK\r\n${BOTH}\r\n\r\n`,
    got: bare('200 OK'),
  },
  {
    name: 'two lengths on HEAD',
    rfc: '9112 §6.3',
    asked: HEAD,
    sent: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\nContent-Length: 6\r\n\r\n',
    got: 'HTTP/1.1 200 OK\r\nX: y\r\nVia: 1.1 sluice\r\nConnection: close\r\n\r\n',
  },
  {
    name: 'another coding on HEAD',
    rfc: '9112 §6.3',
    asked: HEAD,
    sent: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n',
    got: bare('200 OK'),
  },
  {
    name: 'a length on HEAD stays',
    rfc: '9110 §8.6',
    asked: HEAD,
    sent: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
    got: bare('200 OK', 'Content-Length: 5'),
  },
  {
    name: 'zeros before a length on HEAD',
    rfc: '9110 §8.6',
    asked: HEAD,
    sent: `HTTP/1.1 200 OK\r\nContent-Length: ${'0'.repeat(20)}5\r\n\r\n`,
    got: bare('200 OK', 'Content-Length: 5'),
  },
  {
    name: 'zeros before a length on 304',
    rfc: '9110 §8.6',
    sent: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 0005\r\n\r\n',
    got: bare('304 Not Modified', 'Content-Length: 5'),
  },
  {
    name: 'length and chunked on 304',
    rfc: '9112 §6.3',
    sent: `HTTP/1.1 304 Not Modified\r\n${BOTH}\r\n\r\n`,
    got: bare('304 Not Modified'),
  },
  {
    name: 'length and chunked on 204',
    rfc: '9112 §6.3',
    sent: `HTTP/1.1 204 No Content\r\n${BOTH}\r\n\r\n`,
    got: bare('204 No Content'),
  },
  {
    name: 'length and chunked where content follows',
    rfc: '9112 §6.1',
    sent: `HTTP/1.1 200 OK\r\n${BOTH}\r\n\r\n0\r\n\r\n`,
    got: REFUSED,
  },
];

const HEADS: Answer[] = [
  {
    name: 'a blank before a colon',
    rfc: '9112 §5.1',
    sent: 'HTTP/1.1 200 OK\r\nX-A \t: 1\r\nContent-Length : 2\r\n\r\nok',
    got: 'HTTP/1.1 200 OK\r\nX-A: 1\r\nVia: 1.1 sluice\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
  },
  { name: 'a later minor version', rfc: '9110 §6.2', sent: OK.replace('1.1', '1.2'), got: GOT_OK },
  { name: 'another major version', rfc: '9110 §6.2', sent: OK.replace('1.1', '2.0'), got: REFUSED },
  {
    name: 'a length with zeros before it',
    rfc: '9110 §8.6',
    sent: OK.replace(': 2', `: ${'0'.repeat(20)}2`),
    got: GOT_OK,
  },
  { name: 'lines that end with LF alone', rfc: '9112 §2.2', sent: OK.replaceAll('\r\n', '\n'), got: REFUSED },
];

const UPGRADES: Answer[] = [
  {
    name: '426 keeps its Upgrade',
    rfc: '9110 §15.5.22',
    sent: 'HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n',
    got: 'HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nVia: 1.1 sluice\r\nConnection: close, upgrade\r\nContent-Length: 0\r\n\r\n',
  },
  {
    name: 'what other answers say of protocols stays here',
    rfc: '9110 §7.8',
    sent: OK.replace('\r\n', '\r\nUpgrade: h2\r\nConnection: Upgrade\r\n'),
    got: GOT_OK,
  },
  {
    name: 'a 101 to one of the protocols asked for',
    rfc: '9110 §7.8',
    asked: HANDSHAKE,
    sent: `HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: X/2\r\n${BOTH}\r\n\r\nbytes`,
    got: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: X/2\r\nVia: 1.1 sluice\r\nConnection: upgrade\r\n\r\nbytes',
  },
  ...(
    [
      ['a protocol that was not asked for', 'Connection: upgrade\r\nUpgrade: h2c\r\n'],
      ['one that was asked for and one that was not', 'Connection: upgrade\r\nUpgrade: websocket, h2c\r\n'],
      ['nothing', 'Connection: upgrade\r\n'],
      ['no protocol', 'Connection: upgrade\r\nUpgrade: ,\r\n'],
      ['what Connection does not name', 'Upgrade: websocket\r\n'],
    ] as const
  ).map(([name, fields]) => ({
    name: `a 101 to ${name}`,
    rfc: '9110 §7.8',
    asked: HANDSHAKE,
    sent: `HTTP/1.1 101 Switching Protocols\r\n${fields}\r\n`,
    got: REFUSED,
  })),
];

describe('answers of origins', () => {
  for (const answer of [...CHUNKS, TRAILERS, ...REFUSED_CHUNKS, ...INTERIM, ...BARE, ...HEADS, ...UPGRADES]) {
    test(`${answer.name} (${answer.rfc})`, () => pass(answer));
  }
});

async function pass({ asked = GET, sent, got }: Answer): Promise<void> {
  await using origin = await Origin.start(async (c) => {
    await c.head();
    c.end(sent);
  });
  const proxy = await startTestProxy(`all: * -> "${origin.url}"`);
  const client = await Client.open(proxy.port);
  try {
    client.write(asked);
    await client.closed;
    if (typeof got === 'string') assert.equal(client.received, got);
    else assert.match(client.received, got);
  } finally {
    client.destroy();
    await proxy.close();
  }
}

test('a stream of padded chunks may be as long as it likes', async () => {
  // More padding in all than any answer may have beside its content.
  const padded = `1${' '.repeat(1000)}\r\nx\r\n`;
  const long = `400${' '.repeat(1000)}\r\n${'x'.repeat(1024)}\r\n`;
  for (const [chunk, isWhole] of [
    [padded, false],
    [long, true],
  ] as const) {
    await using origin = await Origin.start(async (c) => {
      await c.head();
      c.end(`${CHUNKED}${chunk.repeat(1200)}0\r\n\r\n`);
    });
    const proxy = await startTestProxy(`all: * -> "${origin.url}"`);
    const client = await Client.open(proxy.port);
    client.write(GET);
    await client.closed;
    assert.equal(client.received.endsWith('\r\n0\r\n\r\n'), isWhole);
    client.destroy();
    await proxy.close();
  }
});
