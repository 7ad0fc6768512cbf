import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import { ThreadNews } from './thread-news.ts';

const inAnHour = (): number => Date.now() / 1000 + 3600;
const news = (): ThreadNews<string> => new ThreadNews('thread-news.test', 100);

test('what one thread tells all know, those too that start later', async () => {
  const [one, two] = [news(), news()];
  one.retain();
  two.retain();
  one.tell('a', 'told', inAnHour());
  assert.equal(one.get('a'), 'told');
  await eventually('the other to hear of it', () => two.get('a'));
  one.release();
  const late = news();
  late.retain();
  await eventually('the late one to hear of it', () => late.get('a'));
  assert.equal(late.get('b'), undefined);
  two.release();
  late.release();
});

test('what is no news any more is forgotten, and memory is bounded', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const known = news();
  known.tell('short', 'told', 1010);
  t.mock.timers.tick(20_000);
  assert.equal(known.get('short'), undefined);
  known.tell('long', 'told', 5000);
  for (let at = 0; at < 100; at++) known.tell(`${at}`, 'told', 5000);
  assert.equal(known.get('long'), undefined);
  assert.equal(known.get('99'), 'told');
});
