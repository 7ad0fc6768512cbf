import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileRegexp, RegexpError } from './index.ts';

/** [pattern, message, start, end] */
const FAULTS: readonly [string, RegExp, number, number][] = [
  ['ab(?=c)', /look-ahead is not supported: regexps run in linear time, as in RE2/, 2, 5],
  ['(?<!c)d', /look-behind is not supported/, 0, 4],
  ['(a)\\1', /back-references are not supported/, 3, 5],
  ['(?P<n>a)(?P=n)', /back-references are not supported/, 8, 12],
  ['a**', /invalid nested repetition operator/, 2, 3],
  ['*', /missing argument to repetition operator/, 0, 1],
  ['x{1001}', /invalid repeat count/, 1, 7],
  ['(x{50}){50}', /invalid repeat count/, 7, 11],
  ['a)', /unexpected \)/, 1, 2],
  ['a(b', /missing closing \)/, 1, 3],
  ['a[b', /missing closing \]/, 1, 3],
  ['[b-a]', /invalid character class range/, 1, 4],
  ['[[:nope:]]', /invalid character class/, 1, 9],
  ['a\\u0041', /invalid escape sequence: \\u/, 1, 3],
  ['\\cA', /invalid escape sequence/, 0, 2],
  ['a\\Z', /invalid escape sequence/, 1, 3],
  ['a\\', /trailing backslash/, 1, 2],
  ['\\pX', /unknown Unicode class: X/, 0, 3],
  ['(?x)a', /invalid or unsupported Perl syntax/, 0, 3],
  ['(?P<a-b>c)', /invalid named capture/, 0, 4],
  ['a\ud800', /lone surrogate/, 1, 2],
];

test('faults name the reason and the place', () => {
  for (const [pattern, message, start, end] of FAULTS) {
    assert.throws(
      () => compileRegexp(pattern),
      (error) => {
        assert.ok(error instanceof RegexpError, pattern);
        assert.match(error.fault.message, message);
        assert.deepEqual([error.fault.start, error.fault.end], [start, end], pattern);
        return true;
      },
    );
  }
});

test('too large a pattern is refused, not run', () => {
  for (const pattern of ['(\\pL{100}){10}', `${'(?:a|aa)'.repeat(20_000)}$`, '('.repeat(600) + ')'.repeat(600)]) {
    assert.throws(() => compileRegexp(pattern), RegexpError);
  }
});

test('named groups and flags reach the RegExp', () => {
  assert.equal(compileRegexp('(?P<id>[0-9]+)/(?<rest>.*)').exec('x12/y')?.groups?.['id'], '12');
  const sticky = compileRegexp('a', 'y');
  sticky.lastIndex = 1;
  assert.equal(sticky.test('ba'), true);
  assert.equal(compileRegexp('a', 'g').flags, 'g');
});

test('any text compiles or is refused with a fault inside it', () => {
  const piece = fc.constantFrom(
    ...'ab.*+?|()[]{}^$\\-:,09<>=!PpQE zdwis'.split(''),
    '(?',
    '[[:',
    ':]]',
    '\\p{',
    '{2,}',
    'é',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const source = pieces.join('');
      try {
        compileRegexp(source);
      } catch (error) {
        assert.ok(error instanceof RegexpError, source);
        const { start, end } = error.fault;
        assert.ok(0 <= start && start <= end && end <= source.length, `${source} ${start} ${end}`);
      }
    }),
    { numRuns: 3000 },
  );
});
