import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAddress } from './index.ts';

/** Addresses that can be called: origin, Host, weight. */
const GOOD: readonly [text: string, origin: string, authority: string, weight: number][] = [
  ['http://a', 'http://a', 'a', 1],
  ['HTTP://A:80/', 'http://a', 'a', 1],
  ['https://a:443', 'https://a', 'a', 1],
  ['https://a:80', 'https://a:80', 'a:80', 1],
  ['http://a:', 'http://a', 'a', 1],
  ['http://[::1]:9', 'http://[::1]:9', '[::1]:9', 1],
  ['http://my_service.internal:8080', 'http://my_service.internal:8080', 'my_service.internal:8080', 1],
  ['http://bücher.example', 'http://xn--bcher-kva.example', 'xn--bcher-kva.example', 1],
  ['http://unix:80', 'http://unix', 'unix', 1],
  ['http://a:8080?weight=2.5', 'http://a:8080', 'a:8080', 2.5],
];

/** Addresses that can be called, and hold what is of no use. */
const ADVISED: readonly [text: string, advice: RegExp][] = [
  ['http://a/base/path', /^the path "\/base\/path" .* not sent, .*modPath\("\^", "\/base\/path"\)/],
  ['http://a/base/', /modPath\("\^", "\/base"\)/],
  ['http://a?wieght=2', /^"wieght" in the query .* "\?weight=3"$/],
  ['http://a/?weight=2&zone=x', /^"zone" in the query/],
  ['http://a#x', /^what stands behind "#"/],
];

/** What is no address, and which part of it is said to be wrong. */
const BAD: readonly [text: string, problem: RegExp][] = [
  ['localhost:8080', /it has no scheme; did you mean "http:\/\/localhost:8080"\?$/],
  ['127.0.0.1:80', /it has no scheme; did you mean "http:\/\/127\.0\.0\.1:80"\?$/],
  ['[::1]:80', /it has no scheme; did you mean "http:\/\/\[::1\]:80"\?$/],
  ['a', /it has no scheme; did you mean "http:\/\/a"\?$/],
  ['//a', /it has no scheme; did you mean "http:\/\/a"\?$/],
  ['https//a:1', /it has no scheme; did you mean "https:\/\/a:1"\?$/],
  ['http;//a', /it has no scheme; did you mean "http:\/\/a"\?$/],
  ['', /it has no scheme; expected one like "http:\/\/host:port"$/],
  ['http:/a:80', /"http:" is followed by "\/\/"; did you mean "http:\/\/a:80"\?$/],
  ['https:a', /"https:" is followed by "\/\/"; did you mean "https:\/\/a"\?$/],
  ['htp://a:80', /the scheme "htp" is neither http nor https; did you mean "http:\/\/a:80"\?$/],
  ['h2c://a', /HTTP\/2 to backends is not supported/],
  ['fastcgi://a:9000', /FastCGI is not supported/],
  ['file:///etc/passwd', /the scheme "file" is neither/],
  ['http://localhost:80800', /the port 80800 is not from 1 to 65535$/],
  ['http://localhost:0', /the port 0 is not/],
  ['http://localhost:808O', /the port "808O" is no number$/],
  ['http://localhost:-1', /the port "-1" is no number$/],
  ['http://::1:8080', /an IPv6 address stands in brackets; did you mean "http:\/\/\[::1\]:8080"\?$/],
  ['http://2001:db8::1', /in brackets; did you mean "http:\/\/\[2001:db8::1\]"\?$/],
  ['http://', /it has no host/],
  ['http://:80', /it has no host/],
  ['http:///a', /it has no host; did you mean "http:\/\/a"\?$/],
  ['http://a b', /"a b" is no host$/],
  ['http://a\\b', /"a\\b" is no host$/],
  ['http://%61', /"%61" is no host$/],
  ['http://*.example.org', /"\*\.example\.org" is no host$/],
  ['http://[::g]', /"\[::g\]" is no host$/],
  ['http://a/b c', /a blank or a control character$/],
  ['http://unix:/run/x.sock', /Unix sockets are not supported$/],
  ['http://unix:run-x.sock', /Unix sockets are not supported$/],
  ['unix:/run/x.sock', /Unix sockets are not supported$/],
  ['unix:///run/x.sock', /Unix sockets are not supported$/],
  ['http://a?weight=0', /the weight must be a number above 0, up to 1000, not "0"$/],
  ['http://a?weight=x', /the weight must be .* not "x"$/],
  ['http://a?weight=', /the weight must be .* not ""$/],
  ['http://a?weight=1001', /the weight must be/],
];

test('addresses that can be called', () => {
  for (const [text, origin, authority, weight] of GOOD) {
    const address = readAddress(text);
    assert.deepEqual([address.origin, address.authority, address.weight], [origin, authority, weight], text);
    assert.equal(address.advice, null, text);
  }
});

test('what is of no use in an address is told', () => {
  for (const [text, advice] of ADVISED) assert.match(readAddress(text).advice ?? '', advice, text);
});

test('what is no address says which part is wrong', () => {
  for (const [text, problem] of BAD) {
    assert.throws(() => readAddress(text), { message: problem }, text);
    assert.throws(
      () => readAddress(text),
      (error: Error) => error.message.startsWith(`"${text}" is no usable address: `),
    );
  }
});

test('credentials are refused and not repeated', () => {
  for (const text of ['http://user:secret@a', 'https://secret@a:80/x'])
    assert.throws(
      () => readAddress(text),
      (error: Error) => /credentials/.test(error.message) && !/secret/.test(error.message),
    );
});
