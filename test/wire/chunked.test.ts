import { answerEcho, type Dialogue, dialogues, get, ok, refused, request } from './kit.ts';

const CHUNKED = 'Transfer-Encoding: chunked';

function chunked(content: string, ...fields: string[]): string {
  return request('POST', '/', content, CHUNKED, ...fields);
}

const accepted: Dialogue[] = (
  [
    ['one chunk', '9112 §7.1', '5\r\nhello\r\n0\r\n\r\n', 'hello'],
    ['several chunks', '9112 §7.1', '1\r\nh\r\n3\r\nell\r\n1\r\no\r\n0\r\n\r\n', 'hello'],
    [
      'hexadecimal in both cases',
      '9112 §7.1',
      `a\r\n${'x'.repeat(10)}\r\nB\r\n${'y'.repeat(11)}\r\n0\r\n\r\n`,
      'x'.repeat(10) + 'y'.repeat(11),
    ],
    ['leading zeros', '9112 §7.1', '0005\r\nhello\r\n000\r\n\r\n', 'hello'],
    ['zeros beyond what counts', '9112 §7.1', `${'0'.repeat(40)}5\r\nhello\r\n${'0'.repeat(17)}\r\n\r\n`, 'hello'],
    ['blanks around the signs of an extension', '9112 §7.1.1', '5 \t; a\t= "b" ;c\r\nhello\r\n0\r\n\r\n', 'hello'],
    ['no content', '9112 §7.1', '0\r\n\r\n', ''],
    ['CRLF in the content', '9112 §7.1', '6\r\n\r\n0\r\n\r\r\n0\r\n\r\n', '\r\n0\r\n\r'],
    ['extensions are dropped', '9112 §7.1.1', '5;a;b=c;d="e\\"; f"\r\nhello\r\n0;z\r\n\r\n', 'hello'],
    ['trailers', '9112 §7.1.2', '5\r\nhello\r\n0\r\nX-Sum:  1 \r\nB: \r\n\r\n', 'hello|X-Sum: 1|B: '],
  ] as const
).flatMap(([name, rfc, content, body]): Dialogue[] => {
  const common = { rfc, expect: ok(body), ends: 'open', answer: answerEcho } as const;
  return [
    { ...common, name, send: chunked(content) },
    { ...common, name: `${name}, byte by byte`, send: [...chunked(content)] },
  ];
});

const broken: Dialogue[] = (
  [
    ['no size', '9112 §7.1', '\r\nhello\r\n0\r\n\r\n'],
    ['a size that is none', '9112 §7.1', 'g\r\n'],
    ['a prefix 0x', '9112 §7.1', '0x5\r\nhello\r\n'],
    ['a sign', '9112 §7.1', '-5\r\nhello\r\n'],
    ['a space behind the size', '9112 §7.1', '5 \r\nhello\r\n'],
    ['a space before the size', '9112 §7.1', ' 5\r\nhello\r\n'],
    ['a bare LF behind the size', '9112 §7.1', '5\nhello\r\n'],
    ['a bare CR behind the size', '9112 §7.1', '5\rhello\r\n'],
    ['a size beyond what a number holds', '9112 §7.1', 'fffffffffffffffff\r\n'],
    ['a chunk longer than its size', '9112 §7.1', '5\r\nhello!\r\n0\r\n\r\n'],
    ['a chunk ended by a bare LF', '9112 §7.1', '5\r\nhello\n0\r\n\r\n'],
    ['a chunk ended by two characters that are no CRLF', '9112 §7.1', '5\r\nhelloX\n0\r\n\r\n'],
    ['an extension without a name', '9112 §7.1.1', '5;\r\nhello\r\n'],
    ['an extension with a bare CR', '9112 §7.1.1', '5;a\rb\r\nhello\r\n'],
    ['white space behind an extension', '9112 §7.1.1', '5;a \r\nhello\r\n'],
    ['white space within an extension', '9112 §7.1.1', '5;a b\r\nhello\r\n'],
    ['a trailer with a space before the colon', '9112 §7.1.2', '0\r\nA : b\r\n\r\n'],
    ['a folded trailer', '9112 §7.1.2', '0\r\nA: b\r\n c\r\n\r\n'],
    ['Content-Length as a trailer', '9110 §6.5.1', '0\r\nContent-Length: 5\r\n\r\n'],
    ['Host as a trailer', '9110 §6.5.1', '0\r\nHost: b\r\n\r\n'],
    ['a trailer ended by a bare LF', '9112 §2.2', '0\r\nA: b\n\r\n'],
  ] as const
).flatMap(([name, rfc, content]): Dialogue[] => [
  { name, rfc, send: chunked(content), expect: refused(400), saw: [] },
  {
    name: `${name}, behind a head of its own`,
    rfc,
    send: [chunked(''), content],
    // In one segment with the head it is refused by the listener, later on by whoever reads the content.
    expect: /^HTTP\/1\.1 400 Bad Request\r\n(?:.*\r\n)*Connection: close\r\n/,
    answer: answerEcho,
  },
]);

dialogues('chunked: accepted', accepted);
dialogues('chunked: refused', broken);
dialogues('chunked: around it', [
  {
    name: 'the coding is named without regard to case',
    rfc: '9112 §7',
    send: request('POST', '/', '5\r\nhello\r\n0\r\n\r\n', 'transfer-encoding: Chunked'),
    expect: ok('hello'),
    ends: 'open',
    answer: answerEcho,
  },
  {
    name: 'a request behind the last chunk',
    rfc: '9112 §7.1',
    send: chunked(`5\r\nhello\r\n0\r\n\r\n${get('/2')}`),
    expect: ok('hello') + ok(''),
    ends: 'open',
    answer: answerEcho,
  },
]);
