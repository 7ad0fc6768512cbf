import {
  Body,
  type BodySink,
  type BodySource,
  HeaderList,
  type RequestHandler,
  Response,
} from '../../src/http/index.ts';
import { type Dialogue, dialogues, get, ok, request } from './kit.ts';

/** Answers with `init`, made anew for each request. */
function answer(make: () => Response): RequestHandler {
  return (_request, downstream) => downstream.respond(make());
}

/** A source that does `script` when it is started. */
function source(script: (sink: BodySink) => void): BodySource {
  return { start: script, resume() {}, cancel() {} };
}

const bytes = (text: string) => Buffer.from(text, 'latin1');

/** A source of "hi", and then of what `rest` does. */
const hi = (rest: (sink: BodySink) => void) =>
  source((sink) => {
    sink.data(bytes('hi'));
    rest(sink);
  });

const CHUNKED_HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

const heads: Dialogue[] = [
  {
    name: 'the fields of the response, in order and case',
    rfc: '9110 §5.3',
    answer: answer(() => new Response({ status: 200, headers: { 'X-b': ['1', '2'], a: '\xe4' } })),
    send: get(),
    expect: 'HTTP/1.1 200 OK\r\nX-b: 1\r\nX-b: 2\r\na: \xe4\r\nContent-Length: 0\r\n\r\n',
    ends: 'open',
  },
  {
    name: "the connection's own fields are not the response's",
    rfc: '9110 §7.6.1',
    answer: answer(
      () =>
        new Response({
          status: 200,
          headers: {
            Connection: 'x',
            'keep-alive': '5',
            'Proxy-Connection': 'y',
            'content-length': '7',
            'Transfer-Encoding': 'gzip',
            Trailer: 'z',
          },
          body: 'hi',
        }),
    ),
    send: get(),
    expect: ok('hi'),
    ends: 'open',
  },
  {
    name: 'another reason phrase',
    rfc: '9112 §4',
    answer: answer(() => new Response({ status: 200, statusText: 'Fine by me' })),
    send: get(),
    expect: 'HTTP/1.1 200 Fine by me\r\nContent-Length: 0\r\n\r\n',
    ends: 'open',
  },
  {
    name: 'an unknown status has an empty reason phrase',
    rfc: '9112 §4',
    answer: answer(() => new Response({ status: 599 })),
    send: get(),
    expect: 'HTTP/1.1 599 \r\nContent-Length: 0\r\n\r\n',
    ends: 'open',
  },
  {
    name: 'Upgrade of a 426 is named in Connection',
    rfc: '9110 §7.8',
    answer: answer(() => new Response({ status: 426, headers: { Upgrade: 'websocket' } })),
    send: get(),
    expect: 'HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 0\r\n\r\n',
    ends: 'open',
  },
];

const unsendable: Dialogue[] = (
  [
    ['CR LF in a value', ['A', 'b\r\nEvil: c']],
    ['LF in a value', ['A', 'b\nEvil: c']],
    ['CR in a value', ['A', 'b\rc']],
    ['NUL in a value', ['A', 'b\0']],
    ['a char that would be cut to LF', ['A', 'b\u010aEvil: c']],
    ['CR LF in a name', ['A: b\r\nEvil', 'c']],
  ] as const
).map(([name, raw]) => ({
  name,
  rfc: '9112 §11.1',
  answer: answer(() => new Response({ status: 200, headers: new HeaderList([...raw]), body: 'secret' })),
  send: get(),
  expect: 'HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nContent-Length: 16\r\n\r\n502 Bad Gateway\n',
  ends: 'open',
}));

const bodiless: Dialogue[] = [
  {
    name: 'HEAD tells the length of what it does not send',
    rfc: '9110 §9.3.2',
    answer: answer(() => new Response({ status: 200, body: 'hello' })),
    send: request('HEAD', '/', ''),
    expect: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
    ends: 'open',
  },
  {
    name: "HEAD passes the origin's length on",
    rfc: '9110 §9.3.2',
    answer: answer(() => new Response({ status: 200, headers: { 'Content-Length': '1234' } })),
    send: request('HEAD', '/', ''),
    expect: 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n',
    ends: 'open',
  },
  {
    name: '304 passes the length on',
    rfc: '9110 §15.4.5',
    answer: answer(() => new Response({ status: 304, headers: { 'Content-Length': '1234' } })),
    send: get(),
    expect: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\n\r\n',
    ends: 'open',
  },
  {
    name: '204 has neither content nor length',
    rfc: '9110 §15.3.5',
    answer: answer(() => new Response({ status: 204, headers: { 'Content-Length': '5' }, body: 'hello' })),
    send: get(),
    expect: 'HTTP/1.1 204 No Content\r\n\r\n',
    ends: 'open',
  },
  {
    name: '205 has no content',
    rfc: '9110 §15.3.6',
    answer: answer(() => new Response({ status: 205, body: 'hello' })),
    send: get(),
    expect: 'HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n',
    ends: 'open',
  },
];

const interim: Dialogue[] = [
  {
    name: '103 is passed on',
    rfc: '8297 §2',
    answer: (_request, downstream) => {
      downstream.inform(103, HeaderList.of({ Link: '</a>' }));
      downstream.respond(new Response({ status: 200, body: 'ok' }));
    },
    send: get(),
    expect: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok('ok')}`,
    ends: 'open',
  },
  {
    name: 'an interim response has no content, and says nothing of any',
    rfc: '9110 §8.6',
    answer: (_request, downstream) => {
      downstream.inform(103, HeaderList.of({ Link: '</a>', 'Content-Length': '3', 'Transfer-Encoding': 'chunked' }));
      downstream.respond(new Response({ status: 200, body: 'ok' }));
    },
    send: get(),
    expect: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok('ok')}`,
    ends: 'open',
  },
  {
    name: 'HTTP/1.0 gets no interim response',
    rfc: '9110 §15.2',
    answer: (_request, downstream) => {
      downstream.inform(103, HeaderList.of({ Link: '</a>' }));
      downstream.respond(new Response({ status: 200, body: 'ok' }));
    },
    send: 'GET / HTTP/1.0\r\n\r\n',
    expect: ok('ok').replace('Content', 'Connection: close\r\nContent'),
  },
  {
    name: 'a 1xx is no answer',
    rfc: '9110 §15.2',
    answer: answer(() => new Response({ status: 101 })),
    send: get(),
    expect: /^HTTP\/1\.1 502 Bad Gateway\r\n/,
    ends: 'open',
  },
];

const streamed: Dialogue[] = [
  {
    name: 'unknown length goes in chunks',
    rfc: '9112 §7.1',
    answer: answer(
      () =>
        new Response({
          status: 200,
          body: source((sink) => {
            sink.data(bytes('hello'));
            sink.data(bytes(''));
            sink.data(bytes('x'.repeat(17)));
            sink.end(null);
          }),
        }),
    ),
    send: get(),
    expect: `${CHUNKED_HEAD}5\r\nhello\r\n11\r\n${'x'.repeat(17)}\r\n0\r\n\r\n`,
    ends: 'open',
  },
  {
    name: 'large and small chunks over several ticks',
    rfc: '9112 §7.1',
    answer: answer(
      () =>
        new Response({
          status: 200,
          body: (async function* () {
            for (const size of [1, 5000, 70_000, 2]) {
              yield Buffer.alloc(size, 'x');
              await new Promise((resolve) => setImmediate(resolve));
            }
          })(),
        }),
    ),
    send: get(),
    expect: `${CHUNKED_HEAD}${[1, 5000, 70_000, 2].map((size) => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`).join('')}0\r\n\r\n`,
    ends: 'open',
  },
  {
    name: 'known length is not chunked',
    rfc: '9112 §6.2',
    answer: answer(
      () =>
        new Response({
          status: 200,
          body: new Body(
            source((sink) => {
              sink.data(bytes('he'));
              setImmediate(() => {
                sink.data(bytes('llo'));
                sink.end(null);
              });
            }),
            5,
          ),
        }),
    ),
    send: get(),
    expect: ok('hello'),
    ends: 'open',
  },
  {
    name: 'HTTP/1.0 gets unknown length until the end of the connection',
    rfc: '9112 §6.3',
    answer: answer(() => new Response({ status: 200, body: hi((sink) => sink.end(null)) })),
    send: 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
    expect: 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhi',
  },
  {
    name: 'a head is not held back for its content',
    rfc: '9112 §6.3',
    answer: answer(() => new Response({ status: 200, body: source(() => {}) })),
    send: [get(), (client) => client.until(CHUNKED_HEAD), (client) => client.destroy()],
    expect: CHUNKED_HEAD,
  },
];

const trailers: Dialogue[] = (
  [
    ['are sent to whom they are welcome', 'TE: trailers', 'Trailer: X\r\n', 'X: 1\r\n'],
    ['are welcome among other codings', 'TE: deflate, Trailers', 'Trailer: X\r\n', 'X: 1\r\n'],
    ['are dropped for others', 'TE: deflate', '', ''],
  ] as const
).map(([name, te, announced, sent]) => ({
  name,
  rfc: '9110 §6.5.1',
  answer: answer(
    () =>
      new Response({
        status: 200,
        headers: { Trailer: 'X' },
        body: hi((sink) => sink.end(HeaderList.of({ X: '1' }))),
      }),
  ),
  send: get('/', te),
  expect: `HTTP/1.1 200 OK\r\n${announced}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n${sent}\r\n`,
  ends: 'open',
}));

const broken: Dialogue[] = [
  {
    name: 'chunks that break off are not ended',
    rfc: '9112 §8',
    answer: answer(() => new Response({ status: 200, body: hi((sink) => sink.fail(new Error('cut'))) })),
    send: get(),
    expect: `${CHUNKED_HEAD}2\r\nhi\r\n`,
  },
  {
    name: 'content shorter than its length',
    rfc: '9112 §8',
    answer: answer(
      () =>
        new Response({
          status: 200,
          body: new Body(
            hi((sink) => sink.end(null)),
            5,
          ),
        }),
    ),
    send: get(),
    expect: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi',
  },
  {
    name: 'content longer than its length: nothing of the surplus is sent, nor anything behind it',
    rfc: '9112 §11.1',
    answer: answer(
      () =>
        new Response({
          status: 200,
          body: new Body(
            hi((sink) => {
              sink.data(bytes('HTTP'));
              sink.end(null);
            }),
            4,
          ),
        }),
    ),
    send: get() + get(),
    expect: 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhi',
  },
  {
    name: 'content until the end of the connection is reset',
    rfc: '9112 §8',
    answer: answer(
      () =>
        new Response({
          status: 200,
          body: hi((sink) => setImmediate(() => sink.fail(new Error('cut')))),
        }),
    ),
    send: [
      'GET / HTTP/1.0\r\n\r\n',
      async (client) => {
        await client.closed;
        if (!client.wasReset) throw new Error('it looks whole');
      },
    ],
    expect: /^(HTTP\/1\.1 200 OK\r\nConnection: close\r\n\r\nhi)?$/,
  },
  {
    name: 'a handler that throws',
    rfc: '9110 §15.6.1',
    answer: () => {
      throw new Error('oops');
    },
    send: get(),
    expect: 'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 26\r\n\r\n500 Internal Server Error\n',
    ends: 'open',
  },
  {
    name: 'a handler that cuts',
    rfc: '9112 §9.6',
    answer: (_request, downstream) => downstream.destroy(new Error('no')),
    send: get(),
    expect: '',
  },
];

dialogues('response heads', heads);
dialogues('responses that cannot be sent', unsendable);
dialogues('responses without content', bodiless);
dialogues('interim responses', interim);
dialogues('streamed responses', streamed);
dialogues('trailers', trailers);
dialogues('responses that break off', broken);
