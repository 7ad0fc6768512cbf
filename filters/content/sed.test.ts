import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ArgValue, Body } from '../../src/plugin/index.ts';
import { ManualSource, RecordingSink } from '../../test/kit/bodies.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { sed, sedDelim, sedRequest, sedRequestDelim } from './sed.ts';

/** What comes out when the chunks stream through the filter. */
async function edited(
  spec: typeof sed | typeof sedDelim,
  args: ArgValue[],
  chunks: (string | Uint8Array)[],
): Promise<Buffer> {
  async function* stream(): AsyncGenerator<string | Uint8Array> {
    yield* chunks;
  }
  const ctx = fakeContext({ response: { status: 200, body: stream() } });
  await makeFilter(spec as typeof sed, ...args).response?.(ctx);
  return (await ctx.response.body?.bytes(1e8)) ?? assert.fail();
}

const text = async (...of: Parameters<typeof edited>): Promise<string> => (await edited(...of)).toString('utf8');

test('sed, whatever the chunks', async () => {
  const cases: [string, string, string, string][] = [
    ['foo', 'bar', 'foo, food, fo', 'bar, bard, fo'],
    ['foo', '', 'foofoo', ''],
    ['fo+', 'x', 'foooo fo f', 'x x f'],
    ['^a', 'b', 'aab', 'bab'],
    ['a$', 'b', 'aaa', 'aab'],
    ['(?m)^a', 'b', 'aa\nab', 'ba\nbb'],
    ['\\bfoo\\b', 'x', 'foo food foo', 'x food x'],
    ['x*', '-', 'axxb', 'a-b'],
    ['x*', '-', 'ab', 'ab'],
    ['(f)oo', '<$1>', 'foo', '<$1>'],
    ['abcd|b', '-', 'abcd b abc', '- - a-c'],
    ['ü', 'ue', 'grün über', 'gruen ueber'],
    ['.', 'x', 'a\u{1f600}ü', 'xxx'],
    ['.*', 'y', 'all of it', 'y'],
    ['n', 'ñ', 'an', 'añ'],
    ['', 'x', 'abc', 'abc'],
    ['a', 'b', '', ''],
  ];
  for (const [pattern, replacement, input, output] of cases) {
    const bytes = Buffer.from(input);
    for (const size of [1, 2, 3, 7, 1000]) {
      const chunks = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      assert.equal(await text(sed, [pattern, replacement], chunks), output, `${pattern} on ${input} by ${size}`);
    }
  }
});

test('bounded patterns give what editing the whole gives', async () => {
  const patterns = [
    'ab',
    'aba',
    'a\u{1f600}b',
    'é',
    'a|ba',
    'aab|b',
    'a{1,3}',
    '(?m)^a',
    'b$',
    '\\ba',
    '[ab]c?',
    'é',
    'aa',
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...patterns),
      fc.array(fc.array(fc.constantFrom('a', 'b', 'c', '\n', ' ', 'é', '\u{1f600}'), { maxLength: 6 })),
      async (pattern, pieces) => {
        const chunks = pieces.map((piece) => piece.join(''));
        const whole = await text(sed, [pattern, 'X'], [chunks.join('')]);
        assert.equal(await text(sed, [pattern, 'X'], chunks), whole);
      },
    ),
    { numRuns: 300 },
  );
});

test('octets that are no UTF-8 pass, edited where they match', async () => {
  const input = Buffer.from([0x66, 0x6f, 0x6f, 0xff, 0xc3, 0x28, 0x66, 0x6f, 0x6f, 0xe2, 0x82]);
  for (const size of [1, 2, 4, 20]) {
    const chunks = [];
    for (let at = 0; at < input.length; at += size) chunks.push(input.subarray(at, at + size));
    const expected = Buffer.from([0xc3, 0xbc, 0xff, 0xc3, 0x28, 0xc3, 0xbc, 0xe2, 0x82]);
    assert.deepEqual(await edited(sed, ['foo', 'ü'], chunks), expected);
  }
});

test('what cannot match any more goes out at once', async () => {
  const steps: [string, string[], string[]][] = [
    ['foo', ['data: foo 1\n\n', 'f', 'og', 'fofo', 'o'], ['data: bar 1\n\n', '', 'fog', 'fo', 'bar']],
    ['fo[o0]', ['data: fo0 1\n\n', 'xyz'], ['data: bar ', '1\n\n']],
  ];
  for (const [pattern, chunks, outputs] of steps) {
    const source = new ManualSource();
    const ctx = fakeContext({ response: { status: 200, body: new Body(source, null) } });
    await makeFilter(sed, pattern, 'bar').response?.(ctx);
    const sink = new RecordingSink(ctx.response.body ?? assert.fail());
    for (const [at, chunk] of chunks.entries()) {
      const before = sink.text.length;
      source.push(chunk);
      assert.equal(sink.text.slice(before), outputs[at]);
    }
    source.end();
    assert.equal(sink.text, chunks.join('').replaceAll(new RegExp(pattern, 'g'), 'bar'));
  }
});

test('a pattern without bound waits up to the limit', async () => {
  const chunks = Array.from({ length: 100 }, () => 'aaaaaaaaaa');
  assert.equal(await text(sed, ['a+', 'x'], chunks), 'x');
  assert.match(await text(sed, ['a+', 'x', 100], chunks), /^x{2,10}$/);
  assert.match(await text(sed, ['b+', 'x', 100], chunks), /^a{1000}$/);
  await assert.rejects(text(sed, ['b+', 'x', 100, 'abort'], chunks), /longer than 100/);
  assert.equal(await text(sed, ['b+', 'x', 100, 'abort'], ['a'.repeat(50)]), 'a'.repeat(50));
});

test('sedDelim edits each piece on its own', async () => {
  const cases: [string, string, string, string, string][] = [
    ['foo', 'bar', '\n', 'foo\nfo\no foo', 'bar\nfo\no bar'],
    ['^a', 'b', '\n', 'aa\naa', 'ba\nba'],
    ['a.*z', '-', '::', 'a1z::az::a::z', '-::-::a::z'],
    ['\n', '', '\n', 'a\nb\n', 'ab'],
    ['x*', '-', ',', 'xx,a', '-,a'],
  ];
  for (const [pattern, replacement, delimiter, input, output] of cases) {
    for (const size of [1, 2, 5, 100]) {
      const chunks = input.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      assert.equal(await text(sedDelim, [pattern, replacement, delimiter], chunks), output, `${pattern} by ${size}`);
    }
  }
  assert.equal(await text(sedDelim, ['a', 'b', '\n', 4], ['aaaa', 'aaaa', 'a\na']), 'bbbbbbbbb\nb');
  await assert.rejects(text(sedDelim, ['a', 'b', '\n', 4, 'abort'], ['aaaaa']), /longer than 4/);
});

test('what is left alone, and what the headers say', async () => {
  const filter = makeFilter(sed, 'a', 'b');
  const headers = { ETag: '"1"', 'Content-Length': '1', 'Content-Digest': 'x' };
  const plain = fakeContext({ response: { status: 200, headers, body: 'a' } });
  await filter.response?.(plain);
  assert.deepEqual([...plain.response.headers], [['ETag', 'W/"1"']]);
  const head = fakeContext({ method: 'HEAD', response: { status: 200, headers } });
  await filter.response?.(head);
  assert.deepEqual([...head.response.headers], [['ETag', 'W/"1"']]);
  assert.equal(head.response.body, null);
  for (const [status, more] of [
    [206, {}],
    [200, { 'Content-Encoding': 'gzip' }],
  ] as [number, Record<string, string>][]) {
    const ctx = fakeContext({ response: { status, headers: { ...headers, ...more }, body: 'a' } });
    await filter.response?.(ctx);
    assert.equal(ctx.response.headers.get('ETag'), '"1"');
    assert.equal(await ctx.response.body?.text(10), 'a');
  }
});

test('the request forms', async () => {
  for (const [spec, args, output] of [
    [sedRequest, ['a', 'b'], 'b;b'],
    [sedRequestDelim, ['^a', 'b', ';'], 'b;b'],
  ] as const) {
    const ctx = fakeContext({ method: 'POST', headers: { 'Content-Length': '3' }, body: 'a;a' });
    await makeFilter(spec as typeof sedRequest, ...args).request?.(ctx);
    assert.equal(ctx.request.headers.get('Content-Length'), null);
    assert.equal(await ctx.request.body?.text(10), output);
  }
  const none = fakeContext();
  await makeFilter(sedRequest, 'a', 'b').request?.(none);
  assert.equal(none.request.body, null);
});

test('a client that goes away lets the source go', async () => {
  const source = new ManualSource();
  const ctx = fakeContext({ response: { status: 200, body: new Body(source, null) } });
  await makeFilter(sed, 'a+', 'b').response?.(ctx);
  assert.equal(source.cancelled, null);
  const sink = new RecordingSink(ctx.response.body ?? assert.fail());
  source.push('aaa');
  sink.source.cancel(new Error('gone'));
  assert.match(String(source.cancelled), /gone/);
});

test('arguments', () => {
  const cases: [Parameters<typeof faultOf>[0], ArgValue[], number][] = [
    [sed, ['('], -1],
    [sed, ['(', 'x'], 0],
    [sed, ['a', 1], 1],
    [sed, ['a', 'b', 'c'], 2],
    [sed, ['a', 'b', -1], 2],
    [sed, ['a', 'b', 0, 'maybe'], 3],
    [sedDelim, ['a', 'b'], -1],
    [sedDelim, ['a', 'b', ''], 2],
    [sedDelim, ['a', 'b', 'c', 'd'], 3],
  ];
  for (const [spec, args, index] of cases) assert.equal(faultOf(spec, args)?.index, index, JSON.stringify(args));
  assert.equal(faultOf(sedDelim, ['a', 'b', '\n', 0, 'abort']), null);
});
