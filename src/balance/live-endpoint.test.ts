import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Log, TimerWheel } from '../plugin/index.ts';
import { EndpointRegistry } from './index.ts';

const REFUSED = { code: 'upstream-refused', message: 'http://a: the connection was refused' };

/** A registry whose clock the test turns, and what it told. */
function kept(): { registry: EndpointRegistry; lines: string[]; pause: () => void } {
  const lines: string[] = [];
  const timers = new TimerWheel({ ticking: false });
  const line: Log['warn'] = (message, { endpoint, code, changes, failures } = {}) => {
    const facts = [endpoint, code, changes && `${changes} changes`, failures && `${failures} failures`];
    lines.push([message, ...facts.filter(Boolean)].join(', '));
  };
  const log = { debug: line, info: line, warn: line, error: line };
  // As long as it takes for one line more.
  return { registry: new EndpointRegistry({ log, timers }), lines, pause: () => timers.advance(102) };
}

test('an endpoint that fails, and one that works again, is told once each', () => {
  const { registry, lines } = kept();
  const a = registry.retain('http://a');
  a.answered();
  for (let call = 0; call < 100; call++) a.failed(REFUSED, true);
  assert.deepEqual(lines, ['an endpoint fails, http://a, upstream-refused']);
  for (let call = 0; call < 100; call++) a.answered();
  assert.deepEqual(lines.slice(1), ['an endpoint works again, http://a, 100 failures']);
  // What breaks off behind the head is counted, but the endpoint answers.
  a.failed({ code: 'upstream-closed', message: '' }, false);
  assert.equal(lines.length, 2);
  assert.deepEqual(
    [...a.tally.failures],
    [
      ['upstream-refused', 100],
      ['upstream-closed', 1],
    ],
  );
});

test('an endpoint that comes and goes does not fill the log, and its last state is told', () => {
  const { registry, lines, pause } = kept();
  const a = registry.retain('http://a');
  for (let turn = 0; turn < 1000; turn++) {
    a.failed(REFUSED, true);
    a.answered();
  }
  a.failed(REFUSED, true);
  assert.equal(lines.length, 6);
  pause();
  assert.deepEqual(lines.slice(6), ['an endpoint fails, http://a, upstream-refused, 1995 changes']);
  a.answered();
  assert.equal(lines.length, 7);
  pause();
  assert.equal(lines.length, 8);
  assert.match(lines[7] ?? '', /^an endpoint works again/);
  // In peace it gets back what it may say at once.
  for (let turn = 0; turn < 6; turn++) pause();
  assert.equal(lines.length, 8);
  for (let turn = 0; turn < 3; turn++) {
    a.failed(REFUSED, true);
    a.answered();
  }
  assert.equal(lines.length, 14);
});

test('metrics have a line for each endpoint that a route names, up to a bound, and one for those of requests', () => {
  const { registry, lines } = kept();
  const label = (): string[] => registry.facts().map(({ label, tally }) => `${label} ${tally.connects}`);
  const named = registry.retain('http://named');
  const asked = registry.retain('http://asked', false);
  named.tally.connects = 1;
  asked.tally.connects = 2;
  asked.failed(REFUSED, true);
  assert.deepEqual(lines, [], 'whoever asks for it is told anyway');
  assert.deepEqual(label(), ['http://named 1', '_dynamic_ 2']);
  registry.release(asked, false);
  assert.deepEqual(label(), ['http://named 1', '_dynamic_ 2'], 'a counter never goes back');
  registry.retain('http://named', false);
  registry.release(named);
  assert.deepEqual(label(), ['http://named 1', '_dynamic_ 2'], 'a line stays while there are connections');
  registry.release(named, false);
  assert.deepEqual(label(), ['_dynamic_ 2'], 'what no route names any more is forgotten');
  for (let at = 0; at < 1500; at++) registry.retain(`http://h${at}`).tally.connects = 1;
  assert.equal(label().length, 1002);
  assert.deepEqual(label().slice(1000), ['_other_ 500', '_dynamic_ 2']);
});
