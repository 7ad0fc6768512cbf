import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { RecordingSink } from '../../test/kit/bodies.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { tarpit } from './tarpit.ts';

test('a space each interval, no more than the client takes, until it leaves', async (t) => {
  mock.timers.enable({ apis: ['setInterval'] });
  t.after(() => mock.timers.reset());
  const ctx = fakeContext();
  await makeFilter(tarpit, '1s').request?.(ctx);
  const sink = new RecordingSink(ctx.served?.body ?? assert.fail());
  mock.timers.tick(2000);
  assert.equal(sink.text, '  ');
  sink.hold = true;
  mock.timers.tick(5000);
  assert.equal(sink.text, '   ');
  sink.source.resume();
  mock.timers.tick(1000);
  assert.equal(sink.text, '    ');
  sink.source.cancel(new Error('gone'));
  sink.source.resume();
  mock.timers.tick(5000);
  assert.equal(sink.text, '    ');
});

test('arguments', () => {
  assert.equal(faultOf(tarpit, ['0s'])?.index, 0);
  assert.equal(faultOf(tarpit, ['-1s'])?.index, 0);
  assert.equal(faultOf(tarpit, [])?.index, -1);
});
