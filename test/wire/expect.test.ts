import { Response } from '../../src/http/index.ts';
import { answerEcho, dialogues, ok, refused, request } from './kit.ts';

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const EXPECT = 'Expect: 100-continue';

dialogues('Expect: 100-continue', [
  {
    name: '100 goes out when the content is read',
    rfc: '9110 §10.1.1',
    send: [request('POST', '/', '', 'Content-Length: 5', EXPECT), (client) => client.until(CONTINUE), 'hello'],
    expect: CONTINUE + ok('hello'),
    ends: 'open',
    answer: answerEcho,
  },
  {
    name: 'for chunks too, and in other case',
    rfc: '9110 §10.1.1',
    send: [
      request('POST', '/', '', 'Transfer-Encoding: chunked', 'expect: 100-Continue'),
      (client) => client.until(CONTINUE),
      '5\r\nhello\r\n0\r\n\r\n',
    ],
    expect: CONTINUE + ok('hello'),
    ends: 'open',
    answer: answerEcho,
  },
  {
    name: 'no 100 when the content is here already',
    rfc: '9110 §10.1.1',
    send: request('POST', '/', 'hello', 'Content-Length: 5', EXPECT),
    expect: ok('hello'),
    ends: 'open',
    answer: answerEcho,
  },
  {
    name: 'no 100 when some of it is here',
    rfc: '9110 §10.1.1',
    send: [request('POST', '/', 'he', 'Content-Length: 5', EXPECT), 'llo'],
    expect: ok('hello'),
    ends: 'open',
    answer: answerEcho,
  },
  {
    name: 'no 100 without content',
    rfc: '9110 §10.1.1',
    send: request('POST', '/', '', 'Content-Length: 0', EXPECT),
    expect: ok(''),
    ends: 'open',
    answer: answerEcho,
  },
  {
    name: 'no 100 for HTTP/1.0',
    rfc: '9110 §10.1.1',
    send: [`POST / HTTP/1.0\r\nContent-Length: 5\r\n${EXPECT}\r\n\r\n`, 'hello'],
    expect: ok('hello').replace('Content', 'Connection: close\r\nContent'),
    answer: answerEcho,
  },
  {
    name: 'a final answer instead ends the connection: nobody knows whether the content comes',
    rfc: '9110 §10.1.1',
    send: request('POST', '/', '', 'Content-Length: 5', EXPECT),
    expect: ok('no').replace('Content', 'Connection: close\r\nContent'),
    answer: (_request, downstream) => downstream.respond(new Response({ status: 200, body: 'no' })),
  },
  {
    name: 'another expectation',
    rfc: '9110 §10.1.1',
    send: request('POST', '/', '', 'Content-Length: 5', 'Expect: 200-ok'),
    expect: refused(417),
    saw: [],
  },
]);
