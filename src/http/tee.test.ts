import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualSource, RecordingSink } from '../../test/kit/bodies.ts';
import { Body } from './body.ts';
import { HeaderList } from './headers.ts';
import { teeBody } from './tee.ts';

function teed(maxLagBytes = 100) {
  const source = new ManualSource();
  return { source, ...teeBody(new Body(source, 9), maxLagBytes) };
}

test('both get everything, trailers too', () => {
  const { source, main, copy } = teed();
  assert.deepEqual([main.length, copy.length], [9, 9]);
  const first = new RecordingSink(main);
  source.push('abc');
  const second = new RecordingSink(copy);
  source.push('defghi');
  source.end(HeaderList.of({ 'X-T': '1' }));
  for (const sink of [first, second]) {
    assert.equal(sink.text, 'abcdefghi');
    assert.equal(sink.ended, true);
    assert.equal(sink.trailers?.get('x-t'), '1');
  }
});

test('what is at hand is at hand twice', async () => {
  const { main, copy } = teeBody(Body.fixed(Buffer.from('abc')), 0);
  assert.deepEqual([main.fixed, copy.fixed], [Buffer.from('abc'), Buffer.from('abc')]);
  assert.deepEqual([await main.text(3), await copy.text(3)], ['abc', 'abc']);
});

test('the main reader alone holds the source back', () => {
  const { source, main, copy } = teed();
  const first = new RecordingSink(main, true);
  const second = new RecordingSink(copy, true);
  source.push('a');
  assert.equal(source.held, true);
  second.source.resume();
  assert.equal(source.resumes, 0);
  first.hold = false;
  first.source.resume();
  assert.equal(source.resumes, 1);
  source.push('b');
  assert.equal(source.held, false);
  assert.equal(second.text, 'ab');
});

test('a copy that lags too far breaks off; the main reader does not notice', () => {
  const { source, main, copy } = teed(4);
  const first = new RecordingSink(main);
  const second = new RecordingSink(copy, true);
  source.push('a');
  source.push('bcde');
  assert.equal(second.error, null);
  source.push('f');
  assert.match(String(second.error), /more than 4 bytes behind/);
  source.push('ghi');
  source.end();
  assert.deepEqual([first.text, first.ended], ['abcdefghi', true]);
  assert.equal(second.text, 'a');
});

test('a copy that nobody has begun to read breaks off at the same bound', () => {
  const { source, main, copy } = teed(4);
  new RecordingSink(main);
  source.push('abcde');
  assert.match(String(new RecordingSink(copy).error), /behind/);
});

test('a copy nobody wants any more costs nothing', () => {
  const { source, main, copy } = teed(4);
  const first = new RecordingSink(main);
  copy.discard(new Error('no'));
  source.push('abcdefghi');
  source.end();
  assert.deepEqual([first.text, first.ended, source.cancelled], ['abcdefghi', true, null]);
});

test('the copy breaks off with the main one', () => {
  const reason = new Error('enough');
  const cancelled = teed();
  const second = new RecordingSink(cancelled.copy);
  cancelled.main.discard(reason);
  assert.deepEqual([cancelled.source.cancelled, second.error], [reason, reason]);

  const failed = teed();
  const sinks = [new RecordingSink(failed.main), new RecordingSink(failed.copy)];
  failed.source.push('a');
  failed.source.fail(reason);
  for (const sink of sinks) assert.deepEqual([sink.text, sink.error], ['a', reason]);
});
