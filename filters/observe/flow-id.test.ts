import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import { makeFilter, runFilter } from '../../test/kit/specs.ts';
import { flowId } from './flow-id.ts';

const NEW = /^[0-9a-zA-Z+-]{16}$/;

async function idAfter(args: string[], sent?: string | string[]): Promise<string[]> {
  const ctx = fakeContext({ headers: sent === undefined ? {} : { 'x-flow-id': sent } });
  await runFilter(makeFilter(flowId, ...args), ctx);
  return ctx.request.headers.getAll('X-Flow-Id');
}

test('flowId reuses what is a valid id, when told so', async () => {
  const cases: [args: string[], sent: string | undefined, kept: boolean][] = [
    [[], undefined, false],
    [[], 'abcdefgh', false],
    [['reuse'], undefined, false],
    [['Reuse'], 'abcdefgh', true],
    [['reuse'], 'a-+Z0123', true],
    [['reuse'], 'abcdefg', false],
    [['reuse'], 'a'.repeat(64), true],
    [['reuse'], 'a'.repeat(65), false],
    [['reuse'], 'abcd efgh', false],
    [['reuse'], 'abcdefgh\xe9', false],
  ];
  for (const [args, sent, kept] of cases) {
    const [id = '', ...more] = await idAfter(args, sent);
    assert.deepEqual(more, []);
    if (kept) assert.equal(id, sent);
    else assert.ok(NEW.test(id) && id !== sent, `${args} ${sent} ${id}`);
  }
});

test('ids differ, beyond one stock of random octets', async () => {
  const ids = new Set<string>();
  for (let count = 0; count < 1000; count++) ids.add((await idAfter([], ['old', 'older'])).join());
  assert.equal(ids.size, 1000);
});
