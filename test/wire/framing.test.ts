import { answerEcho, type Dialogue, dialogues, get, ok, refused, request } from './kit.ts';

const ambiguous: Dialogue[] = (
  [
    ['Content-Length and Transfer-Encoding', '9112 §6.1', ['Content-Length: 5', 'Transfer-Encoding: chunked'], 400],
    ['Transfer-Encoding and Content-Length', '9112 §6.1', ['Transfer-Encoding: chunked', 'Content-Length: 5'], 400],
    ['two Content-Lengths', '9110 §8.6', ['Content-Length: 5', 'Content-Length: 6'], 400],
    ['the same Content-Length twice', '9110 §8.6', ['Content-Length: 5', 'content-length: 5'], 400],
    ['a list of lengths', '9110 §8.6', ['Content-Length: 5, 5'], 400],
    ['a plus sign', '9110 §8.6', ['Content-Length: +5'], 400],
    ['a minus sign', '9110 §8.6', ['Content-Length: -5'], 400],
    ['a hexadecimal length', '9110 §8.6', ['Content-Length: 0x5'], 400],
    ['a space within', '9110 §8.6', ['Content-Length: 5 5'], 400],
    ['no digits', '9110 §8.6', ['Content-Length: '], 400],
    ['a fraction', '9110 §8.6', ['Content-Length: 5.0'], 400],
    ['beyond what a number holds', '9110 §8.6', ['Content-Length: 99999999999999999999'], 400],
    ['two Transfer-Encodings', '9112 §6.1', ['Transfer-Encoding: gzip', 'Transfer-Encoding: chunked'], 400],
    ['chunked twice', '9112 §6.1', ['Transfer-Encoding: chunked, chunked'], 400],
    ['chunked is not final', '9112 §6.3', ['Transfer-Encoding: chunked, gzip'], 400],
    ['identity', '9112 §6.1', ['Transfer-Encoding: identity'], 400],
    ['an unknown coding', '9112 §6.1', ['Transfer-Encoding: xchunked'], 400],
    ['a parameter', '9112 §6.1', ['Transfer-Encoding: chunked;a=b'], 400],
    ['a quoted coding', '9112 §6.1', ['Transfer-Encoding: "chunked"'], 400],
    ['an empty coding', '9112 §6.1', ['Transfer-Encoding: '], 400],
    ['an empty member', '9112 §6.1', ['Transfer-Encoding: , chunked'], 400],
    ['a vertical tab', '9112 §6.1', ['Transfer-Encoding: \x0bchunked'], 400],
    ['a coding before chunked', '9112 §6.1', ['Transfer-Encoding: gzip, chunked'], 501],
  ] as const
).map(([name, rfc, fields, status]) => ({
  name,
  rfc,
  send: request('POST', '/', '0\r\n\r\n', ...fields),
  expect: refused(status),
  saw: [],
}));

dialogues('framing: refused', ambiguous);
dialogues(
  'framing: white space around a value',
  (
    [
      ['a tab before a length', 'Content-Length:\t5', 'hello'],
      ['blanks on both sides of a length', 'Content-Length: \t 5 \t', 'hello'],
      ['no white space', 'content-length:5', 'hello'],
      ['zeros before a length', 'Content-Length: 00000000000000000005', 'hello'],
      ['a tab before a coding', 'Transfer-Encoding:\tchunked', '5\r\nhello\r\n0\r\n\r\n'],
      ['a tab behind a coding', 'Transfer-Encoding: chunked \t', '5\r\nhello\r\n0\r\n\r\n'],
    ] as const
  ).map(([name, field, content]) => ({
    name,
    rfc: '9110 §5.5',
    send: request('POST', '/', content, field),
    expect: ok('hello'),
    ends: 'open',
    answer: answerEcho,
  })),
);

dialogues('framing: Content-Length', [
  {
    name: 'content with the head',
    rfc: '9112 §6.2',
    send: request('POST', '/', 'hello', 'Content-Length: 5'),
    expect: ok('hello'),
    ends: 'open',
    saw: ['POST / 1.1 Content-Length: 5; [hello]'],
    answer: answerEcho,
  },
  {
    name: 'content byte by byte',
    rfc: '9112 §6.2',
    send: [...request('POST', '/', 'hello', 'Content-Length: 5')],
    expect: ok('hello'),
    ends: 'open',
    answer: answerEcho,
  },
  {
    name: 'no content',
    rfc: '9112 §6.2',
    send: request('POST', '/', '', 'Content-Length: 0'),
    expect: ok('ok'),
    ends: 'open',
    saw: ['POST / 1.1 Content-Length: 0;'],
  },
  {
    name: 'leading zeros',
    rfc: '9110 §8.6',
    send: request('POST', '/', 'hello', 'Content-Length: 005'),
    expect: ok('hello'),
    ends: 'open',
    answer: answerEcho,
  },
  {
    name: 'content of a GET',
    rfc: '9110 §9.3.1',
    send: request('GET', '/', 'hello', 'Content-Length: 5'),
    expect: ok('hello'),
    ends: 'open',
    answer: answerEcho,
  },
  {
    name: 'a request behind the content',
    rfc: '9112 §6.2',
    send: request('POST', '/', `hello${get('/2')}`, 'Content-Length: 5'),
    expect: ok('hello') + ok(''),
    ends: 'open',
    saw: ['POST / 1.1 Content-Length: 5; [hello]', 'GET /2 1.1'],
    answer: answerEcho,
  },
  {
    name: 'neither length nor coding is no content, whatever the method',
    rfc: '9112 §6.3',
    send: request('POST', '/', get('/2')),
    expect: ok('ok') + ok('ok'),
    ends: 'open',
    saw: ['POST / 1.1', 'GET /2 1.1'],
  },
  {
    name: 'Transfer-Encoding in HTTP/1.0',
    rfc: '9112 §6.1',
    send: 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    expect: refused(400),
    saw: [],
  },
  {
    name: 'the end of the connection within the content is no end of the content',
    rfc: '9112 §8',
    send: [request('POST', '/', 'hel', 'Content-Length: 5'), (client) => client.end()],
    expect: '',
  },
]);
