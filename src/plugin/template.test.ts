import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import { Template } from './template.ts';

const ctx = fakeContext({
  method: 'PUT',
  target: '/a//%C3%A9?q=%C3%A9&n=a%0Ab&e=&l=%E9',
  headers: {
    Host: 'h.example:80',
    'X-Utf8': '\xc3\xa9',
    'X-Latin1': '\xe9',
    Cookie: 's=\xc3\xa9',
    'X-Forwarded-For': '10.0.0.1, 192.0.2.2',
  },
  trustedProxies: ['192.0.2.0/24'],
  params: { id: 'é', '*': '/r', latin: '\u{10ffe9}' },
  response: { status: 200, headers: { 'X-R': '\xc3\xa9' } },
});

test('placeholders are filled as text and as octets', () => {
  const cases: [source: string, text: string | null, octets: string | null][] = [
    ['', '', ''],
    ['é', 'é', '\xc3\xa9'],
    ['${id}${*}', 'é/r', '\xc3\xa9/r'],
    ['${request.query.q}', 'é', '\xc3\xa9'],
    ['${request.query.e}', '', ''],
    ['${request.query.n}', 'a\nb', 'a b'],
    ['${request.header.x-utf8}', 'é', '\xc3\xa9'],
    ['${request.header.X-Latin1}', '\u{10ffe9}', '\xe9'],
    ['${request.query.l}${latin}', '\u{10ffe9}\u{10ffe9}', '\xe9\xe9'],
    ['${request.cookie.s}', 'é', '\xc3\xa9'],
    ['${request.method} ${request.host}', 'PUT h.example:80', 'PUT h.example:80'],
    ['${request.path}', '/a//é', '/a//\xc3\xa9'],
    ['${request.rawQuery}', 'q=%C3%A9&n=a%0Ab&e=&l=%E9', 'q=%C3%A9&n=a%0Ab&e=&l=%E9'],
    ['${request.source} ${request.sourceFromLast}', '10.0.0.1 192.0.2.2', '10.0.0.1 192.0.2.2'],
    ['${request.clientIP} ${request.scheme}', '10.0.0.1 http', '10.0.0.1 http'],
    ['a${none}', null, null],
    ['${response.header.X-R}', null, null],
    ['${constructor}', null, null],
    ['${request.header.}', null, null],
    ['${}', '${}', '${}'],
  ];
  for (const [source, text, octets] of cases) {
    const template = new Template(source);
    assert.equal(template.fillAll(ctx), text, source);
    assert.equal(template.fillHeader(ctx), octets, source);
  }
});

test('what is missing is empty in fill, whose encode leaves the text around alone', () => {
  assert.equal(new Template('a?${none}b').fill(ctx), 'a?b');
  assert.equal(new Template('é?${id}').fill(ctx, 'request', encodeURIComponent), 'é?%C3%A9');
});

test('response.header is there in the response phase', () => {
  assert.equal(new Template('${response.header.x-r}').fillHeader(ctx, 'response'), '\xc3\xa9');
});
