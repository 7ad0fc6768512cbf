import { type RequestHandler, Response } from '../../src/http/index.ts';
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
    ['a later minor version is 1.1', '9110 §6.2', 'GET / HTTP/1.2', 'GET / 1.1'],
    ['the last minor version', '9110 §6.2', 'GET / HTTP/1.9', 'GET / 1.1'],
    ['a method of 64 bytes', '9110 §9.1', `${'M'.repeat(64)} / HTTP/1.1`, `${'M'.repeat(64)} / 1.1`],
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
    ['HTTP/3.0', '9112 §2.3', 'GET / HTTP/3.0', 505],
    ['HTTP/0.9 that says so', '9112 §2.3', 'GET / HTTP/0.9', 505],
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
    ['the port differs from Host', '9112 §3.2.2', 'GET http://a:81/ HTTP/1.1', 400],
    ['a method of 65 bytes', '9112 §3', `${'M'.repeat(65)} / HTTP/1.1`, 501],
    ['a method of 10 KB', '9112 §3', `${'M'.repeat(10_000)} / HTTP/1.1`, 501],
    ['a method of 20 KB', '9112 §3', `${'M'.repeat(20_000)} / HTTP/1.1`, 501],
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
  ...(
    [
      ['a line of HTTP/0.9', 'GET /\r\n', 400],
      ['a line of another version', 'GET / HTTP/0.9\r\n', 505],
      ['a target that is none', 'GET a HTTP/1.1\r\n', 400],
      ['CONNECT', 'CONNECT a:443 HTTP/1.1\r\n', 501],
      ['a word that is no method', 'M'.repeat(65), 501],
      ['what cannot become a method', '{"a":', 400],
      ['a line byte by byte', [...'GET /\r\n'], 400],
      ['a line behind an empty one', ['\r\n', 'GET /\r\n'], 400],
    ] as const
  ).map(([name, send, status]) => ({
    name: `refused before the head is whole: ${name}`,
    rfc: '9112 §2.2',
    send: [...[send].flat()],
    expect: refused(status),
    saw: [],
  })),
  {
    name: 'the answer to HEAD has no content, refused or not',
    rfc: '9110 §9.3.2',
    send: 'HEAD / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    expect: /^HTTP\/1\.1 400 Bad Request\r\nContent-Type: [^\r]*\r\nContent-Length: \d+\r\nConnection: close\r\n\r\n$/,
  },
  { name: 'a TLS handshake', rfc: '9112 §2.2', send: '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', expect: refused(400) },
]);

/** Tells the authority, and the Host field as it is now. */
const tellHost: RequestHandler = ({ host, headers }, downstream) =>
  downstream.respond(new Response({ status: 200, body: `${host} ${headers.getAll('Host')}` }));

dialogues(
  'request line: an absolute target beside Host',
  (
    [
      ['the same', 'http://a/', 'a', 'a a'],
      ['another case', 'http://A/', 'a', 'A A'],
      ['the default port in the target', 'http://a:80/', 'a', 'a a'],
      ['the default port in Host', 'http://a/', 'a:80', 'a a'],
      ['an empty port', 'http://a:/', 'a', 'a a'],
      ['zeros before the port', 'http://a:0080/', 'a:80', 'a a'],
      ['another port', 'http://a:81/', 'a:81', 'a:81 a:81'],
      ['an IPv6 address', 'http://[::1]:80/', '[::1]', '[::1] [::1]'],
    ] as const
  ).map(([name, target, host, told]) => ({
    name,
    rfc: '9112 §3.2.2',
    answer: tellHost,
    send: `GET ${target} HTTP/1.1\r\nX: ${host}\r\nHost: ${host}\r\n\r\n`,
    expect: ok(told),
    ends: 'open',
  })),
);
