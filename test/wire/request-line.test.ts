import { type Dialogue, dialogues, get, ok, refused } from './kit.ts';

const HOST = 'Host: a\r\n\r\n';

const accepted: Dialogue[] = (
  [
    ['origin form', '9112 §3.2.1', 'GET /a/b?c=d HTTP/1.1', 'GET /a/b?c=d 1.1'],
    ['an unknown method', '9110 §9.1', 'BREW /pot HTTP/1.1', 'BREW /pot 1.1'],
    ['a lower case method is another one', '9110 §9.1', 'get / HTTP/1.1', 'get / 1.1'],
    ['OPTIONS *', '9112 §3.2.4', 'OPTIONS * HTTP/1.1', 'OPTIONS * 1.1'],
    ['absolute form', '9112 §3.2.2', 'GET http://a/b?c HTTP/1.1', 'GET /b?c 1.1'],
    ['absolute form without a path', '9112 §3.2.2', 'GET http://a HTTP/1.1', 'GET / 1.1'],
    ['absolute form with a query alone', '9112 §3.2.2', 'GET http://a?b HTTP/1.1', 'GET /?b 1.1'],
    ['absolute form, other case', '9110 §4.2.3', 'GET HTTP://A/b HTTP/1.1', 'GET /b 1.1'],
    ['OPTIONS of an absolute form without a path', '9112 §3.2.4', 'OPTIONS http://a HTTP/1.1', 'OPTIONS * 1.1'],
    ['two slashes are a path', '9112 §3.2.1', 'GET //b/c HTTP/1.1', 'GET //b/c 1.1'],
    ['escapes stay as they are', '3986 §2.1', 'GET /%2f%20?%zz HTTP/1.1', 'GET /%2f%20?%zz 1.1'],
  ] as const
).map(([name, rfc, line, saw]) => ({
  name,
  rfc,
  send: `${line}\r\n${HOST}`,
  expect: ok('ok'),
  ends: 'open',
  saw: [saw],
}));

const refusedLines: Dialogue[] = (
  [
    ['no version', '9112 §3', 'GET /', 400],
    ['HTTP/0.9', '9112 §2.3', 'GET / HTTP/0.9', 505],
    ['HTTP/1.2', '9112 §2.3', 'GET / HTTP/1.2', 505],
    ['HTTP/2.0', '9112 §2.3', 'GET / HTTP/2.0', 505],
    ['lower case version', '9112 §2.3', 'GET / http/1.1', 400],
    ['two digits of version', '9112 §2.3', 'GET / HTTP/1.10', 400],
    ['another protocol', '9112 §2.3', 'GET / ICY/1.1', 400],
    ['two spaces before the target', '9112 §3', 'GET  / HTTP/1.1', 400],
    ['two spaces before the version', '9112 §3', 'GET /  HTTP/1.1', 400],
    ['a space in front', '9112 §3', ' GET / HTTP/1.1', 400],
    ['a space behind', '9112 §3', 'GET / HTTP/1.1 ', 400],
    ['a tab between', '9112 §3', 'GET\t/ HTTP/1.1', 400],
    ['a space in the target', '9112 §3.2', 'GET /a b HTTP/1.1', 400],
    ['no method', '9112 §3.1', '/ HTTP/1.1', 400],
    ['a method that is no token', '9112 §3.1', 'G(T / HTTP/1.1', 400],
    ['8 bits in the target', '9112 §3.2', 'GET /\xe4 HTTP/1.1', 400],
    ['a control character in the target', '9112 §3.2', 'GET /\x01 HTTP/1.1', 400],
    ['DEL in the target', '9112 §3.2', 'GET /\x7f HTTP/1.1', 400],
    ['NUL in the target', '9112 §3.2', 'GET /\0 HTTP/1.1', 400],
    ['a fragment', '9112 §3.2', 'GET /a#b HTTP/1.1', 400],
    ['a target without a slash', '9112 §3.2', 'GET a HTTP/1.1', 400],
    ['* for another method than OPTIONS', '9112 §3.2.4', 'GET * HTTP/1.1', 400],
    ['a broken escape in the path', '3986 §2.1', 'GET /%zz HTTP/1.1', 400],
    ['an escape cut short', '3986 §2.1', 'GET /a%2 HTTP/1.1', 400],
    ['an escape cut short by the query', '3986 §2.1', 'GET /a%2?b HTTP/1.1', 400],
    ['an escaped NUL in the path', '9110 §17', 'GET /%00 HTTP/1.1', 400],
    ['CONNECT', '9110 §9.3.6', 'CONNECT a:443 HTTP/1.1', 501],
    ['CONNECT in origin form', '9110 §9.3.6', 'CONNECT / HTTP/1.1', 501],
    ['an unknown scheme', '9112 §3.2.2', 'GET ftp://a/ HTTP/1.1', 400],
    ['https over a connection that is not secured', '9110 §7.4', 'GET https://a/ HTTP/1.1', 421],
    ['user information', '9110 §4.2.4', 'GET http://u@a/ HTTP/1.1', 400],
    ['absolute form without a host', '9110 §4.2.1', 'GET http:///b HTTP/1.1', 400],
    ['Host differs from an absolute form', '9112 §3.2.2', 'GET http://b/ HTTP/1.1', 400],
    ['the port differs from Host', '9112 §3.2.2', 'GET http://a:80/ HTTP/1.1', 400],
    ['a preface of HTTP/2', '9113 §3.4', 'PRI * HTTP/2.0', 505],
  ] as const
).map(([name, rfc, line, status]) => ({ name, rfc, send: `${line}\r\n${HOST}`, expect: refused(status), saw: [] }));

dialogues('request line: accepted', accepted);
dialogues('request line: refused', refusedLines);
dialogues('request line: around it', [
  {
    name: 'one empty line in front is overlooked',
    rfc: '9112 §2.2',
    send: `\r\n${get()}`,
    expect: ok('ok'),
    ends: 'open',
  },
  {
    name: 'one empty line, byte by byte',
    rfc: '9112 §2.2',
    send: ['\r', '\n', ...get()],
    expect: ok('ok'),
    ends: 'open',
  },
  { name: 'two empty lines', rfc: '9112 §2.2', send: `\r\n\r\n${get()}`, expect: refused(400) },
  { name: 'a bare LF ends no line', rfc: '9112 §2.2', send: 'GET / HTTP/1.1\nHost: a\n\n', expect: refused(400) },
  { name: 'a bare LF in front', rfc: '9112 §2.2', send: `\n${get()}`, expect: refused(400) },
  { name: 'a bare CR', rfc: '9112 §2.2', send: 'GET / HTTP/1.1\rHost: a\r\r', expect: refused(400) },
  { name: 'a TLS handshake', rfc: '9112 §2.2', send: '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', expect: refused(400) },
]);
