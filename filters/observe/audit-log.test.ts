import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authRejectReason, authUser, type FilterSpec, unverifiedAudit } from '../../src/plugin/index.ts';
import { ManualSource, RecordingSink } from '../../test/kit/bodies.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { makeFilter, runFilter } from '../../test/kit/specs.ts';
import { auditLog, unverifiedAuditLog } from './audit-log.ts';

test('auditLog says who did what', async () => {
  const ctx = fakeContext({ method: 'PUT', target: '/a%20b?c', body: 'hello', response: { status: 201 } });
  ctx.state.set(authUser, 'ada');
  await runFilter(makeFilter(auditLog as unknown as FilterSpec, 3), ctx);
  assert.deepEqual(ctx.logLines, [
    {
      level: 'info',
      message: 'audit',
      fields: {
        method: 'PUT',
        path: '/a b',
        status: 201,
        authStatus: { user: 'ada', rejected: false },
        requestBody: 'hel',
      },
    },
  ]);
  assert.equal(await ctx.request.body?.text(100), 'hello');
});

test('auditLog says why a request was refused', async () => {
  const ctx = fakeContext({ response: { status: 401 } });
  ctx.state.set(authRejectReason, 'invalid-token');
  await runFilter(makeFilter(auditLog as unknown as FilterSpec), ctx);
  assert.deepEqual(ctx.logLines[0]?.fields['authStatus'], { rejected: true, reason: 'invalid-token' });
});

test('auditLog shows the beginning of a body that streams, and lets it stream', async () => {
  const source = new ManualSource();
  const ctx = fakeContext({ body: source, response: { status: 200 } });
  const filter = makeFilter(auditLog as unknown as FilterSpec, 5);
  await filter.request?.(ctx);
  assert.ok(ctx.request.body !== null);
  const sink = new RecordingSink(ctx.request.body);
  source.push('abc');
  source.push('defg');
  await filter.response?.(ctx);
  assert.equal(ctx.logLines[0]?.fields['requestBody'], 'abcde');
  source.push('h');
  source.end();
  assert.equal(sink.text, 'abcdefgh');
});

test('unverifiedAuditLog takes the first claim that is a string', async () => {
  const token = (payload: unknown): string =>
    `Bearer e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c2ln`;
  const cases: [authorization: string, claims: string[], shown: string | null][] = [
    [token({ sub: 'ada' }), [], 'ada'],
    [token({ sub: 'ada', email: 'a@b.example' }), ['email', 'sub'], 'a@b.example'],
    [token({ sub: 'ada', email: 7 }), ['email', 'sub'], 'ada'],
    [token({ sub: 'a b' }), [], '<invalid-sub>'],
    [token({ sub: 'a\n' }), [], '<invalid-sub>'],
    [token({}), ['constructor'], null],
    [token(['ada']), [], null],
    ['Bearer x', [], null],
    ['Basic YTpi', [], null],
  ];
  for (const [authorization, claims, shown] of cases) {
    const ctx = fakeContext({ headers: { Authorization: authorization, 'x-unverified-audit': 'forged' } });
    await makeFilter(unverifiedAuditLog as unknown as FilterSpec, ...claims).request?.(ctx);
    assert.equal(ctx.request.headers.joined('X-Unverified-Audit'), shown, authorization);
    assert.equal(ctx.state.get(unverifiedAudit) ?? null, shown);
  }
});
