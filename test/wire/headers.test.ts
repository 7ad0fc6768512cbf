import { type Dialogue, dialogues, ok, refused } from './kit.ts';

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
    ['a tab around a length', '9110 §8.6', 'Content-Length: 0\t'],
    ['a tab around a coding', '9112 §6.1', 'transfer-encoding:\tchunked'],
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
