import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../test/kit/eventually.ts';
import { EndedSessions } from './ended-sessions.ts';

const inAnHour = (): number => Date.now() / 1000 + 3600;

test('what one thread ends all know, those too that start later', async () => {
  const [one, two] = [new EndedSessions(), new EndedSessions()];
  one.retain();
  two.retain();
  one.end('a', inAnHour());
  assert.equal(one.has('a'), true);
  await eventually('the other to hear of it', () => two.has('a'));
  one.release();
  const late = new EndedSessions();
  late.retain();
  await eventually('the late one to hear of it', () => late.has('a'));
  assert.equal(late.has('b'), false);
  assert.equal(late.has(undefined), false);
  two.release();
  late.release();
});

test('a session that would have ended by now is forgotten, and memory is bounded', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const ended = new EndedSessions();
  ended.end('short', 1010);
  t.mock.timers.tick(20_000);
  ended.end('long', 5000);
  assert.deepEqual([ended.has('short'), ended.has('long')], [false, true]);
  for (let at = 0; at < 10_000; at++) ended.end(`${at}`, 5000);
  assert.equal(ended.has('long'), false);
  assert.equal(ended.has('9999'), true);
});
