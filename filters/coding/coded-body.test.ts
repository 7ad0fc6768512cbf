import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  brotliCompressSync,
  createGunzip,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { Body, HeaderList } from '../../src/plugin/index.ts';
import { ManualSource, RecordingSink } from '../../test/kit/bodies.ts';
import { CONTENT_CODINGS, contentCoding } from '../lib/content-coding.ts';
import { decodeBody, encodeBody } from './coded-body.ts';

const TEXT = 'the quick brown fox jumps over the lazy dog '.repeat(5000);
const gzip = contentCoding('gzip') ?? assert.fail();

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

for (const coding of CONTENT_CODINGS) {
  test(`${coding.name}: what is encoded decodes to the same, whole and in pieces`, async () => {
    for (const text of ['', 'x', TEXT.slice(0, 2000), TEXT]) {
      for (const level of [0, 1, 6, 11]) {
        for (const body of [Body.from(text), Body.from(chunksOf(Buffer.from(text), 7000))]) {
          assert.ok(body);
          const round = decodeBody(encodeBody(body, coding, level), coding);
          assert.equal(await round.text(1e7), text);
        }
      }
    }
  });

  test(`${coding.name}: a truncated and a broken body fail`, async () => {
    const whole = Buffer.from(coding.encodeWhole(Buffer.from(TEXT), 1));
    for (const bytes of [whole.subarray(0, whole.length - 9), Buffer.from('garbage, to be sure')]) {
      await assert.rejects(decodeBody(Body.fixed(bytes), coding).bytes(1e7));
    }
  });
}

test('the decoder takes what other encoders send', async () => {
  const cases: [string, Uint8Array][] = [
    ['gzip', Buffer.concat([gzipSync('two '), gzipSync('members')])],
    ['deflate', deflateSync('two members')],
    ['deflate', deflateRawSync('two members')],
    ['br', brotliCompressSync('two members')],
    ['zstd', zstdCompressSync('two members')],
  ];
  for (const [name, bytes] of cases) {
    const coding = contentCoding(name) ?? assert.fail();
    assert.equal(await decodeBody(Body.from(chunksOf(bytes, 3)) ?? assert.fail(), coding).text(100), 'two members');
  }
});

test('no content at all decodes to none', async () => {
  assert.equal(await decodeBody(Body.from('') ?? assert.fail(), gzip).text(10), '');
});

test('what went in comes out while the source pauses, long before its end', async () => {
  for (const coding of CONTENT_CODINGS) {
    const source = new ManualSource();
    const decoded = new RecordingSink(decodeBody(encodeBody(new Body(source, null), coding, 1), coding));
    source.push('data: one\n\n');
    await decoded.until(({ text }) => text === 'data: one\n\n');
    source.push('data: two\n\n');
    await decoded.until(({ text }) => text === 'data: one\n\ndata: two\n\n');
    source.end();
    await decoded.finished();
    assert.equal(decoded.error, null);
  }
});

test('a body that keeps coming is not flushed', async () => {
  const source = new ManualSource();
  const sink = new RecordingSink(encodeBody(new Body(source, null), gzip, 6));
  const text = Buffer.from(TEXT);
  for (let at = 0; at < text.length; at += 100) source.push(text.subarray(at, at + 100));
  source.end();
  await sink.finished();
  assert.equal(gunzipSync(sink.bytes).toString(), TEXT);
  assert.ok(sink.bytes.length <= gzipSync(TEXT).length + 64, `${sink.bytes.length} bytes`);
});

test('a slow reader of a bomb holds the source and the decoder back', async () => {
  const bomb = gzipSync(Buffer.alloc(32 << 20));
  const source = new ManualSource();
  const sink = new RecordingSink(decodeBody(new Body(source, null), gzip), true);
  for (let member = 0; member < 3; member++) source.push(bomb);
  await sink.until(({ chunks }) => chunks.length > 0);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  assert.equal(source.held, true);
  assert.ok(sink.bytes.length <= 65_536, `${sink.bytes.length} bytes came out unasked`);
  sink.source.cancel(new Error('enough'));
  assert.match(String(source.cancelled), /enough/);
});

test('the source is resumed when there is room again', async () => {
  const source = new ManualSource();
  const sink = new RecordingSink(encodeBody(new Body(source, null), gzip, 1));
  source.push(Buffer.alloc(100_000, 'a'));
  assert.equal(source.held, true);
  await sink.until(() => !source.held || sink.chunks.length > 0);
  while (source.held) await new Promise(setImmediate);
  source.end();
  await sink.finished();
  assert.equal(gunzipSync(sink.bytes).length, 100_000);
});

test('cancelling, before and after the start, lets the source go and frees the stream', async () => {
  const idle = new ManualSource();
  encodeBody(new Body(idle, null), gzip, 1).discard(new Error('not wanted'));
  assert.match(String(idle.cancelled), /not wanted/);

  const source = new ManualSource();
  const coder = createGunzip();
  const body = decodeBody(new Body(source, null), { ...gzip, decoder: () => coder });
  const sink = new RecordingSink(body);
  source.push(gzipSync('abc').subarray(0, 5));
  sink.source.cancel(new Error('client gone'));
  sink.source.cancel(new Error('twice'));
  assert.match(String(source.cancelled), /client gone/);
  assert.equal(coder.destroyed, true);
  source.push('late');
  source.end();
  await new Promise(setImmediate);
  assert.equal(sink.ended, false);
  assert.equal(sink.error, null);
});

test('a source that breaks off fails the body; a broken body cancels the source', async () => {
  const source = new ManualSource();
  const sink = new RecordingSink(encodeBody(new Body(source, null), gzip, 1));
  source.push('abc');
  source.fail(new Error('reset'));
  assert.match(String(sink.error), /reset/);

  const bad = new ManualSource();
  const broken = new RecordingSink(decodeBody(new Body(bad, null), gzip));
  bad.push('no gzip at all');
  await broken.finished();
  assert.match(String(broken.error), /header/);
  assert.ok(bad.cancelled);
});

test('trailers pass', async () => {
  const source = new ManualSource();
  const sink = new RecordingSink(encodeBody(new Body(source, null), gzip, 1));
  source.push('abc');
  source.end(HeaderList.of({ 'X-Sum': '1' }));
  await sink.finished();
  assert.equal(sink.trailers?.get('X-Sum'), '1');
});
