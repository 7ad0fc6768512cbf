import { answerEcho, type Dialogue, dialogues, ok, refused } from './kit.ts';

const LINE = 'GET / HTTP/1.1\r\n';

const accepted: Dialogue[] = (
  [
    ['order, case and repetition are kept', '9110 §5.3', 'X-b: 1\r\nx-A: 2\r\nX-B: 3', ' X-b: 1; x-A: 2; X-B: 3;'],
    ['white space around a value goes', '9112 §5.1', 'A: \t b c\t \r\nB:d', ' A: b c; B: d;'],
    ['an empty value', '9110 §5.5', 'A:\r\nB: ', ' A: ; B: ;'],
    ['8 bits in a value', '9110 §5.5', 'A: \xe4\xff', ' A: \xe4\xff;'],
    ['a colon in a value', '9112 §5', 'A: b:c', ' A: b:c;'],
    ['every token character in a name', '9110 §5.6.2', "!#$%&'*+-.^_`|~09azAZ: b", " !#$%&'*+-.^_`|~09azAZ: b;"],
  ] as const
).map(([name, rfc, lines, saw]) => ({
  name,
  rfc,
  send: `${LINE}Host: a\r\n${lines}\r\n\r\n`,
  expect: ok('ok'),
  ends: 'open',
  saw: [`GET / 1.1${saw}`],
}));

const refusedLines: Dialogue[] = (
  [
    ['a space before the colon', '9112 §5.1', 'A : b'],
    ['a tab before the colon', '9112 §5.1', 'A\t: b'],
    ['a fold', '9112 §5.2', 'A: b\r\n c'],
    ['a fold with a tab', '9112 §5.2', 'A: b\r\n\tc'],
    ['no colon', '9112 §5', 'A'],
    ['no name', '9112 §5', ': b'],
    ['a space in a name', '9110 §5.6.2', 'A b: c'],
    ['8 bits in a name', '9110 §5.6.2', 'A\xe4: c'],
    ['a bare LF between', '9112 §2.2', 'A: b\nC: d'],
    ['a bare CR in a value', '9112 §2.2', 'A: b\rC: d'],
    ['CR CR LF', '9112 §2.2', 'A: b\r\r\nC: d'],
    ['NUL in a value', '9110 §5.5', 'A: b\0'],
    ['a control character in a value', '9110 §5.5', 'A: b\x0bc'],
    ['DEL in a value', '9110 §5.5', 'A: \x7f'],
    ['a second Host', '9112 §3.2', 'Host: a'],
    ['a second Host in other case', '9112 §3.2', 'hOST: b'],
    ['a tab within a length', '9110 §8.6', 'Content-Length: 1\t0'],
    ['a tab within a coding', '9112 §6.1', 'transfer-encoding: chun\tked'],
  ] as const
).map(([name, rfc, lines]) => ({
  name,
  rfc,
  send: `${LINE}Host: a\r\n${lines}\r\n\r\n`,
  expect: refused(400),
  saw: [],
}));

const hosts: Dialogue[] = (
  [
    ['a name', 'example.org', true],
    ['white space around it', '\ta \t', true],
    ['a name and a port', 'Example.org:8080', true],
    ['an underscore', 'a_b', true],
    ['an IPv4 address', '127.0.0.1', true],
    ['an IPv6 address', '[::1]:80', true],
    ['a colon without a port', 'a:', true],
    ['empty', '', false],
    ['a list', 'a, b', false],
    ['user information', 'u@a', false],
    ['a path', 'a/b', false],
    ['a port that is none', 'a:b', false],
    ['an IPv6 address without brackets', '::1', false],
    ['an unclosed bracket', '[::1', false],
    ['a space', 'a b', false],
    ['a tab within', 'a\tb', false],
    ['8 bits', '\xe4', false],
    ['an escape', 'a%2e', false],
  ] as const
).map(([name, host, isFine]) => ({
  name: `Host: ${name}`,
  rfc: '9112 §3.2',
  send: `${LINE}Host: ${host}\r\n\r\n`,
  expect: isFine ? ok('ok') : refused(400),
  ends: isFine ? 'open' : 'closed',
}));

/** Fields of the connection stay for routes and filters to see; those that Connection names are gone. */
const named: Dialogue[] = (
  [
    ['one', 'Connection: X-A\r\nX-A: 1\r\nB: 2', ' Connection: X-A; B: 2;'],
    ['in front of Connection', 'X-A: 1\r\nConnection: close, X-A', ' Connection: close, X-A;'],
    ['every line of it', 'Connection: X-A\r\nX-A: 1\r\nX-A: 2', ' Connection: X-A;'],
    [
      'by several lines of Connection',
      'Connection: X-A\r\nconnection: ,X-B,\r\nX-A: 1\r\nX-B: 2',
      ' Connection: X-A; connection: ,X-B,;',
    ],
    ['in other case', 'CONNECTION: x-a\r\nX-A: 1', ' CONNECTION: x-a;'],
    [
      'in vain: what the message needs',
      'Connection: Host, Content-Length, Content-Type, Content-Encoding, Transfer-Encoding\r\nContent-Length: 0\r\nContent-Type: a/b',
      ' Connection: Host, Content-Length, Content-Type, Content-Encoding, Transfer-Encoding; Content-Length: 0; Content-Type: a/b;',
    ],
  ] as const
).map(([name, lines, saw]) => ({
  name,
  rfc: '9110 §7.6.1',
  send: `${LINE}Host: a\r\n${lines}\r\n\r\n`,
  expect: /\r\n\r\nok$/,
  ends: lines.includes('close') ? 'closed' : 'open',
  saw: [`GET / 1.1${saw}`],
}));

dialogues('headers: named by Connection', [
  ...named,
  {
    name: 'in HTTP/1.0',
    rfc: '9110 §7.6.1',
    send: 'GET / HTTP/1.0\r\nConnection: X-A\r\nX-A: 1\r\n\r\n',
    expect: /\r\n\r\nok$/,
    saw: ['GET / 1.0 Connection: X-A;'],
  },
  {
    name: 'among the trailers, and fields of the connection there',
    rfc: '9110 §6.5.1',
    send: `POST / HTTP/1.1\r\nHost: a\r\nConnection: X-A\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-A: 1\r\nKeep-Alive: 1\r\nX-B: 2\r\n\r\n`,
    expect: ok('|X-B: 2'),
    ends: 'open',
    answer: answerEcho,
  },
]);
dialogues('headers: accepted', accepted);
dialogues('headers: refused', refusedLines);
dialogues('headers: Host', hosts);
dialogues('headers: Host is missing', [
  { name: 'in HTTP/1.1', rfc: '9112 §3.2', send: `${LINE}\r\n`, expect: refused(400) },
  {
    name: 'in HTTP/1.0',
    rfc: '9112 §3.2',
    send: 'GET / HTTP/1.0\r\n\r\n',
    expect: ok('ok').replace('Content', 'Connection: close\r\nContent'),
    saw: ['GET / 1.0'],
  },
]);
