import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { type FakeContextInit, fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { awsSigv4 } from './aws-sigv4.ts';

const KEYS = {
  'X-Amz-AccessKey': 'AKIDEXAMPLE',
  'X-Amz-Secret': 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  'X-Amz-Time': '2015-08-30T12:36:00Z',
};

// From the test suite that AWS publishes for Signature Version 4.
const VECTORS: [name: string, init: FakeContextInit, signed: string, signature: string][] = [
  ['get-vanilla', {}, 'host;x-amz-date', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  [
    'get-vanilla-query-order-key-case',
    { target: '/?Param2=value2&Param1=value1' },
    'host;x-amz-date',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'post-x-www-form-urlencoded',
    { method: 'POST', body: 'Param1=value1', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
    'content-type;host;x-amz-date',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
];

for (const [name, init, signed, signature] of VECTORS) {
  for (const order of [['service', 'us-east-1'] as const, ['us-east-1', 'service'] as const]) {
    test(`${name}, ${order}`, async () => {
      const ctx = fakeContext({ ...init, headers: { ...(init.headers as Record<string, string>), ...KEYS } });
      ctx.upstream.host = 'example.amazonaws.com';
      await makeFilter(awsSigv4, ...order, 'false', 'false', 'true').request?.(ctx);
      assert.equal(
        ctx.request.headers.get('Authorization'),
        `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${signed}, Signature=${signature}`,
      );
      for (const header of Object.keys(KEYS)) assert.equal(ctx.request.headers.get(header), null);
      if (init.body !== undefined) assert.equal(await ctx.request.body?.text(100), init.body);
    });
  }
}

test('without a secret the request goes unsigned, and the key does not go', async () => {
  const ctx = fakeContext({ headers: { 'X-Amz-AccessKey': 'a', 'X-Amz-Session': 's' } });
  await makeFilter(awsSigv4, 's3', 'eu-central-1', 'false', 'true', 'false').request?.(ctx);
  assert.deepEqual(
    [...ctx.request.headers].map(([name]) => name),
    ['Host'],
  );
  assert.equal(ctx.logLines.at(-1)?.level, 'error');
});

test('S3 gets the hash, the session and its host; hashed content is not read', async () => {
  const ctx = fakeContext({
    method: 'PUT',
    target: '/a%20b',
    body: 'content',
    headers: { ...KEYS, 'X-Amz-Session': 'token', 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' },
  });
  await makeFilter(awsSigv4, 's3', 'eu-central-1', 'false', 'true', 'false').request?.(ctx);
  const { headers } = ctx.request;
  assert.equal(headers.get('X-Amz-Security-Token'), 'token');
  assert.equal(headers.get('X-Amz-Content-Sha256'), 'UNSIGNED-PAYLOAD');
  assert.equal(ctx.upstream.host, 's3.eu-central-1.amazonaws.com');
  assert.match(
    headers.get('Authorization') ?? '',
    /SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,/,
  );
  assert.equal(ctx.request.body?.used, false);
});

test('content that streams in is hashed as it comes, up to 64 MiB', async () => {
  const mebibyte = Buffer.alloc(1 << 20, 'a');
  async function* content(pieces: number) {
    for (let at = 0; at < pieces; at++) yield mebibyte;
  }
  const filter = makeFilter(awsSigv4, 's3', 'eu-central-1', 'false', 'true', 'true');
  const ctx = fakeContext({ method: 'PUT', body: content(64), headers: KEYS });
  await filter.request?.(ctx);
  assert.equal(ctx.request.headers.get('X-Amz-Content-Sha256'), hash('sha256', Buffer.alloc(64 << 20, 'a')));
  assert.equal(ctx.request.body?.length, 64 << 20);
  const large = fakeContext({ method: 'PUT', body: content(65), headers: KEYS });
  await assert.rejects(async () => filter.request?.(large), { code: 'body-too-large', status: 413 });
});

test('bad arguments', () => {
  assert.equal(faultOf(awsSigv4, ['s3', 'eu-central-1', 'false', 'false'])?.index, -1);
  assert.equal(faultOf(awsSigv4, ['s3', 'eu-central-1', 'false', 'false', 'no'])?.index, 4);
});
