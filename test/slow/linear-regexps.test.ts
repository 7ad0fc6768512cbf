import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { compileRegexp, enableLinearRegexps, RegexpError, type RegexpFlags } from '../../src/regexp/index.ts';

// Before enableLinearRegexps, on purpose: V8 caches the code of this very source without its fallback.
const EARLY = '^(a+)+$';
new RegExp(EARLY).test('aab');
enableLinearRegexps();

const WATCHDOG_MS = 30_000;
let slowest = { ms: 0, pattern: '' };
/** Generous: big counted repetitions cost their copies times the subject, in RE2 as here. Backtracking would take years. */
const LIMIT_MS = 5_000;
const SIZE = 16_384;

const EVIL = [
  EARLY,
  '(a+)+$',
  '(a*)*b',
  '(a|a)*b',
  '(a|aa)+$',
  '(.*)*x',
  '(.*?)*?x',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  'a*a*a*a*b',
  'a*b',
  '[ab]*c',
  '.*.*=.*',
  '\\s+$',
  '(\\w+\\s?)*!$',
  '^(\\w+\\s?)*$',
  '(?i)(A+)+$',
  '(?i)(é+)+$',
  '(\\pL+)+\\d',
  '([^/]+)+/x',
  '(?s)(.|\\n)*z',
  '(x+x+)+y',
  '(?:a?){30}a{30}b',
  '(a{0,40}){1,20}b',
  '(?:a{1,30}){1,30}b',
  'a[ab]{400}c',
  '([a-z0-9-]{1,63}[.])+z',
  '^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?[.])+$',
  '\\b(\\w+\\b)*\\B$',
  '(?m)^(a+)+$',
  '((((a*)*)*)*)*b',
  '(|a)+b',
  '(a|b|ab)*c',
  '(?:b|A?\\pL*?|\\D?)+\\b+?A',
  '"(\\\\.|[^"])*"x',
  '(?U)(a+)+$',
] as const;

const SUBJECTS = [
  `${'a'.repeat(SIZE)}!`,
  `${'ab'.repeat(SIZE / 2)}!`,
  `${' '.repeat(SIZE)}!`,
  `${'aaaa '.repeat(SIZE / 5)}~`,
  `${'é'.repeat(SIZE)}!`,
  `${'Ā😀'.repeat(SIZE / 4)}!`,
  '/'.repeat(SIZE),
  `${'a.'.repeat(SIZE / 2)}!`,
  `"${'\\"'.repeat(SIZE / 2)}`,
];

/** Runs one evil pattern on all subjects in the worker, and reports the slowest run. */
const WORKER_SOURCE = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ source, flags, subjects }) => {
    const regexp = new RegExp(source, flags);
    let slowestMs = 0;
    for (const subject of subjects) {
      const start = performance.now();
      regexp.lastIndex = 0;
      regexp.exec(subject);
      slowestMs = Math.max(slowestMs, performance.now() - start);
    }
    parentPort.postMessage(slowestMs);
  });`;

/** @throws AbortError when the watchdog fires: the pattern stalls */
async function runInWorker(worker: Worker, message: { source: string; flags: string; subjects: readonly string[] }) {
  const answer = once(worker, 'message', { signal: AbortSignal.timeout(WATCHDOG_MS) });
  worker.postMessage(message);
  const [slowestMs] = (await answer) as [number];
  return slowestMs;
}

test('no evil pattern stalls on a hostile subject', async (t) => {
  const worker = new Worker(WORKER_SOURCE, { eval: true });
  t.after(() => worker.terminate());
  for (const pattern of EVIL) {
    for (const flags of ['', 'g', 'y'] as const) {
      const { source } = compileRegexp(pattern, flags);
      const slowestMs = await runInWorker(worker, { source, flags, subjects: SUBJECTS }).catch(() => Number.NaN);
      assert.ok(slowestMs < LIMIT_MS, `${pattern} (${flags}) took ${slowestMs} ms; NaN is a stall`);
      if (slowestMs > slowest.ms) slowest = { ms: slowestMs, pattern };
    }
  }
  t.diagnostic(`slowest: ${slowest.pattern} took ${slowest.ms.toFixed(1)} ms on 16 KiB`);
});

test('what was compiled before the engine was enabled does not come back from the cache', () => {
  const start = performance.now();
  assert.equal(compileRegexp(EARLY).test(`${'a'.repeat(40)}b`), false);
  assert.ok(performance.now() - start < LIMIT_MS);
});

test('everything that compiles is accepted by the linear engine, with its flags', () => {
  for (const pattern of [
    ...EVIL,
    '\\pL{20}',
    '(?m)^x$',
    '\\B',
    '(?i)ß',
    '[^a]',
    '(ab){1000}',
    '(a|b){17,900}',
    '[ab]{3,999}?',
  ]) {
    for (const flags of ['', 'g', 'y', 'gy'] as const satisfies RegexpFlags[]) {
      try {
        const regexp = compileRegexp(pattern, flags);
        assert.doesNotThrow(() => new RegExp(regexp.source, `${flags}l`), pattern);
      } catch (error) {
        assert.ok(error instanceof RegexpError && /too large/.test(error.message), `${pattern}: ${error}`);
      }
    }
  }
});
