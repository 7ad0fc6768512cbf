import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longestMatch } from './match-length.ts';

test('the longest match of a pattern', () => {
  const cases: [string, number][] = [
    ['', 0],
    ['foo', 3],
    ['^foo$', 3],
    ['a|bcd|', 3],
    ['(ab){2,3}', 6],
    ['a?b*', Number.POSITIVE_INFINITY],
    ['a+', Number.POSITIVE_INFINITY],
    ['(^)*', 0],
    ['[a-z]', 1],
    ['.', 2],
    ['(?i)k', 1],
    ['\u{1f600}', 2],
  ];
  for (const [source, length] of cases) assert.equal(longestMatch(source), length, source);
});
