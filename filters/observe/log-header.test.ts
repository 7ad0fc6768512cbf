import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { logHeader } from './log-header.ts';

const context = () =>
  fakeContext({
    method: 'POST',
    target: '/a?b=c',
    host: 'h',
    headers: { 'X-A': ['1', '2'], AUTHORIZATION: 'Bearer t', Cookie: 'a=b' },
    response: { status: 418, headers: { 'Set-Cookie': 'x=y', 'X-B': 'z' } },
  });

test('the request, by default', async () => {
  const ctx = context();
  const filter = makeFilter(logHeader);
  assert.equal(filter.response, undefined);
  await filter.request?.(ctx);
  assert.deepEqual(ctx.logLines, [
    {
      level: 'info',
      message: 'request header',
      fields: {
        request: 'POST /a?b=c HTTP/1.1',
        header: ['Host: h', 'X-A: 1', 'X-A: 2', 'AUTHORIZATION: TRUNCATED', 'Cookie: TRUNCATED'],
      },
    },
  ]);
});

test('the response', async () => {
  const ctx = context();
  const filter = makeFilter(logHeader, 'Response');
  assert.equal(filter.request, undefined);
  await filter.response?.(ctx);
  assert.deepEqual(ctx.logLines[0]?.fields, {
    request: 'POST /a?b=c HTTP/1.1',
    status: "418 I'm a Teapot",
    header: ['Set-Cookie: TRUNCATED', 'X-B: z'],
  });
});

test('credentials are not written, whatever header has them', async () => {
  const names = [
    'X-Api-Key',
    'X-Auth-Token',
    'X-Amz-Security-Token',
    'Proxy-Authorization',
    'X-Session-Id',
    'X-Goog-Iap-Jwt-Assertion',
    'X_API_KEY',
  ];
  const shown = {
    Referer: 'https://a.example/#access_token=hush',
    Origin: 'https://a.example',
  };
  const ctx = fakeContext({ headers: { ...Object.fromEntries(names.map((name) => [name, 'hush'])), ...shown } });
  await makeFilter(logHeader).request?.(ctx);
  const fields = ctx.logLines[0]?.fields as { header: string[] };
  const [, ...lines] = fields.header;
  assert.deepEqual(lines, [
    ...names.map((name) => `${name}: TRUNCATED`),
    'Referer: https://a.example/#access_token=***',
    'Origin: https://a.example',
  ]);
});

test('arguments', () => {
  const both = makeFilter(logHeader, 'request', 'response');
  assert.ok(both.request && both.response);
  assert.equal(faultOf(logHeader, ['request', 'body'])?.index, 1);
  assert.equal(faultOf(logHeader, [1])?.index, 0);
});
