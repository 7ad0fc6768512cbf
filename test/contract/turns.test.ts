// Long bodies are changed in slices: between them others have their turn, whatever a filter looks for, and whatever a client
// or an origin sends.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { blockContent } from '../../filters/content/block-content.ts';
import { sed, sedDelim, sedRequest, sedRequestDelim } from '../../filters/content/sed.ts';
import { wrapContent } from '../../filters/content/wrap-content.ts';
import { Body, type Filter, filterBounds, transformBody } from '../../src/plugin/index.ts';
import { RecordingSink } from '../kit/bodies.ts';
import { fakeContext } from '../kit/context.ts';
import { makeFilter } from '../kit/specs.ts';

const LENGTH = 256 * 1024;
/** At most 64 KiB go through in one turn. */
const LEAST_TURNS = LENGTH / 65_536 - 1;

/** How often others had their turn while the body came through. */
async function turnsOf(body: Body): Promise<number> {
  const sink = new RecordingSink(body);
  let turns = 0;
  for (; !sink.ended && sink.error === null; turns++) await new Promise((resolve) => setImmediate(resolve));
  return turns;
}

async function through(filter: Filter, side: 'request' | 'response', text: string, length = LENGTH): Promise<Body> {
  const body = Body.fixed(Buffer.from(text.repeat(length / text.length)));
  const ctx = fakeContext({ method: 'POST', body, response: { status: 200, body } });
  await filter[side]?.(ctx);
  return ctx[side].body as Body;
}

suite('a body at hand as a whole goes through filters in slices', () => {
  const CASES: readonly [about: string, filter: Filter, side: 'request' | 'response', text: string][] = [
    ['an unbounded pattern that never ends', makeFilter(sedRequest, 'a+b', 'X'), 'request', 'a'],
    ['the same in a response', makeFilter(sed, 'a+b', 'X'), 'response', 'a'],
    ['a pattern that begins everywhere', makeFilter(sedRequest, '<script.*</script>', ''), 'request', '<script>'],
    ['pieces', makeFilter(sedRequestDelim, 'a+b', 'X', ';'), 'request', 'a;'],
    ['a piece that never ends', makeFilter(sedDelim, 'a+b', 'X', ';'), 'response', 'a'],
    ['a bounded pattern', makeFilter(sedRequest, '.{1,5}x', 'X'), 'request', 'y'],
    ['content that is blocked', makeFilter(blockContent, `${'a'.repeat(200)}b`), 'request', 'a'],
    ['content that is wrapped', makeFilter(wrapContent, '<', '>'), 'response', 'a'],
  ];
  for (const [about, filter, side, text] of CASES)
    test(about, async () => assert.ok((await turnsOf(await through(filter, side, text))) >= LEAST_TURNS));

  test('a pattern that takes many steps gets less at once', async () => {
    const dear = await turnsOf(await through(makeFilter(sedRequest, '.{1,50}x', 'X'), 'request', 'y', 65_536));
    assert.ok(dear > 10, String(dear));
  });
});

test('a step that never ends breaks its body off, one that goes on does not', async () => {
  const { timeoutMs } = filterBounds;
  filterBounds.timeoutMs = 200;
  try {
    const stuck = new RecordingSink(
      transformBody(Body.fixed(Buffer.from('a')), { chunk: () => new Promise(() => {}) }),
    );
    await stuck.finished();
    assert.match(String(stuck.error), /did not go on within 0\.2 s/);
    const slow = transformBody(Body.fixed(Buffer.from('a')), {
      async chunk(_, emit) {
        for (let at = 0; at < 10; at++) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          emit(String(at));
        }
      },
    });
    const sink = new RecordingSink(slow);
    await sink.finished();
    assert.deepEqual([sink.error, sink.text], [null, '0123456789']);
  } finally {
    filterBounds.timeoutMs = timeoutMs;
  }
});

suite('identity is no coding', () => {
  const CASES: readonly [coding: string[], edited: boolean][] = [
    [['identity'], true],
    [[''], true],
    [['Identity, identity'], true],
    [['identity', ''], true],
    [['gzip'], false],
    [['identity, gzip'], false],
    [['identity', 'gzip'], false],
  ];
  for (const [coding, edited] of CASES) {
    test(JSON.stringify(coding), async () => {
      const headers = coding.map((value): [string, string] => ['Content-Encoding', value]);
      const expected = edited ? 'password=***' : 'password=abc';
      const ctx = fakeContext({ method: 'POST', headers, body: 'password=abc' });
      await makeFilter(sedRequest, 'abc', '***').request?.(ctx);
      assert.equal(await ctx.request.body?.text(), expected);
      const record = { 'Content-Encoding': coding };
      const back = fakeContext({ response: { status: 200, headers: record, body: 'password=abc' } });
      await makeFilter(sed, 'abc', '***').response?.(back);
      assert.equal(await back.response.body?.text(), expected);
    });
  }
});
