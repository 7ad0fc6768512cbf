import { Response } from '../../src/http/index.ts';
import { type Dialogue, dialogues, get, ok, refused, request } from './kit.ts';

/** A 200 of HTTP/1.0 and of a connection that ends say so. */
const okWith = (connection: string) => ok('ok').replace('Content', `Connection: ${connection}\r\nContent`);

const persistence: Dialogue[] = [
  { name: 'HTTP/1.1 lives on', rfc: '9112 §9.3', send: get(), expect: ok('ok'), ends: 'open' },
  { name: 'close', rfc: '9112 §9.6', send: get('/', 'Connection: close'), expect: okWith('close') },
  { name: 'close in other case', rfc: '9110 §7.6.1', send: get('/', 'connection: CLOSE'), expect: okWith('close') },
  {
    name: 'close among others, on a second line',
    rfc: '9110 §7.6.1',
    send: get('/', 'Connection: a', 'Connection: b , close'),
    expect: okWith('close'),
  },
  {
    name: 'close wins over keep-alive',
    rfc: '9112 §9.3',
    send: get('/', 'Connection: keep-alive, close'),
    expect: okWith('close'),
  },
  {
    name: 'closed is not close',
    rfc: '9110 §7.6.1',
    send: get('/', 'Connection: closed'),
    expect: ok('ok'),
    ends: 'open',
  },
  {
    name: 'HTTP/1.0 ends',
    rfc: '9112 §9.3',
    send: 'GET / HTTP/1.0\r\nHost: a\r\n\r\n',
    expect: okWith('close'),
  },
  {
    name: 'HTTP/1.0 with keep-alive lives on',
    rfc: '9112 §9.3',
    send: 'GET / HTTP/1.0\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n',
    expect: okWith('keep-alive'),
    ends: 'open',
  },
  {
    name: 'a request behind one that closes is not answered',
    rfc: '9112 §9.6',
    send: get('/1', 'Connection: close') + get('/2'),
    expect: okWith('close'),
    saw: ['GET /1 1.1 Connection: close;'],
  },
  {
    name: 'the number of requests is bounded',
    rfc: '9112 §9.5',
    options: { keepAliveMaxRequests: 2 },
    send: get('/1') + get('/2') + get('/3'),
    expect: ok('ok') + okWith('close'),
    saw: ['GET /1 1.1', 'GET /2 1.1'],
  },
];

const pipelining: Dialogue[] = [
  {
    name: 'three requests in one segment',
    rfc: '9112 §9.3.2',
    send: get('/1') + get('/2') + get('/3'),
    expect: ok('/1') + ok('/2') + ok('/3'),
    ends: 'open',
    answer: (request, downstream) => downstream.respond(new Response({ status: 200, body: request.path })),
  },
  {
    name: 'answers keep the order of the requests, however long each takes',
    rfc: '9112 §9.3.2',
    send: [get('/1'), get('/2') + get('/3').slice(0, 9), get('/3').slice(9)],
    expect: ok('/1') + ok('/2') + ok('/3'),
    ends: 'open',
    answer: (request, downstream) => {
      const turns = 40 - 13 * Number(request.path.slice(1));
      const wait = (left: number) =>
        left > 0 ? setImmediate(wait, left - 1) : downstream.respond(new Response({ status: 200, body: request.path }));
      wait(turns);
    },
  },
  {
    name: 'what was answered stays answered when the next is refused',
    rfc: '9112 §9.3.2',
    send: `${get('/1')}GET /2 HTTP/3\r\n\r\n`,
    expect: refused(400, ok('ok')),
    saw: ['GET /1 1.1'],
  },
  {
    name: 'a thousand at once, answered at once',
    rfc: '9112 §9.3.2',
    send: get().repeat(1000),
    expect: ok('ok').repeat(1000),
    ends: 'open',
  },
];

const halfClose: Dialogue[] = [
  {
    name: 'requests that came before the end are answered',
    rfc: '9112 §9.6',
    send: [get('/1') + get('/2'), (client) => client.end()],
    expect: ok('ok') + ok('ok'),
    saw: ['GET /1 1.1', 'GET /2 1.1'],
  },
  {
    name: 'the end behind an answer ends the connection',
    rfc: '9112 §9.6',
    send: [get(), (client) => client.until(ok('ok')), (client) => client.end()],
    expect: ok('ok'),
  },
  {
    name: 'the end within a head is not answered',
    rfc: '9112 §9.6',
    send: ['GET / HT', (client) => client.end()],
    expect: '',
    saw: [],
  },
];

const unread: Dialogue[] = [
  {
    name: 'content that nobody reads is taken in',
    rfc: '9112 §9.3',
    send: [request('POST', '/', 'he', 'Content-Length: 5'), (client) => client.until(ok('no')), `llo${get()}`],
    expect: ok('no') + ok('no'),
    ends: 'open',
    answer: (_request, downstream) => downstream.respond(new Response({ status: 200, body: 'no' })),
  },
  {
    name: 'a lot of it ends the connection, but not before the answer is read',
    rfc: '9112 §9.6',
    send: [
      request('POST', '/', 'he', 'Content-Length: 5000000'),
      (client) => client.until(/no$/),
      'x'.repeat(1_000_000),
      (client) => client.end(),
    ],
    expect: ok('no').replace('Content', 'Connection: close\r\nContent'),
    answer: (_request, downstream) => downstream.respond(new Response({ status: 200, body: 'no' })),
  },
  {
    name: 'chunks that nobody reads end the connection',
    rfc: '9112 §9.6',
    send: request('POST', '/', '5\r\nhe', 'Transfer-Encoding: chunked'),
    expect: ok('no').replace('Content', 'Connection: close\r\nContent'),
    answer: (_request, downstream) => downstream.respond(new Response({ status: 200, body: 'no' })),
  },
  {
    name: 'an answer given while the content is being read lets go of the rest',
    rfc: '9110 §15.5.14',
    send: [request('POST', '/', 'he', 'Content-Length: 5000000'), 'll'],
    expect: ok('no').replace('Content', 'Connection: close\r\nContent'),
    answer: (request, downstream) =>
      request.body!.take().start({
        data: () => {
          setImmediate(() => downstream.respond(new Response({ status: 200, body: 'no' })));
          return false;
        },
        end() {},
        fail() {},
      }),
  },
];

dialogues('keep-alive', persistence);
dialogues('pipelining', pipelining);
dialogues('half-close', halfClose);
dialogues('content left unread', unread);
