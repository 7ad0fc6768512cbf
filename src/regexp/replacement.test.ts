import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRegexp, compileReplacement, expandTemplate } from './index.ts';

/** [source, subject, template, result]: results are those of Go's ReplaceAllString. */
const CASES: readonly [string, string, string, string][] = [
  ['x*', 'axb', '-', '-a-b-'],
  ['a', 'banana', '<$0>', 'b<a>n<a>n<a>'],
  ['(a)(n)', 'banana', '$2$1', 'bnanaa'],
  ['(a)', 'a', '$1x', ''],
  ['(a)', 'a', '${1}x', 'ax'],
  ['(?P<v>a)', 'a', '$v-${v}', 'a-a'],
  ['(?P<v>a)', 'a', '$vv|$nope|$9', '||'],
  ['a', 'a', '$$1 $ ${ ${x $- cost$', '$1 $ ${ ${x $- cost$'],
  ['(?P<n>a)|(?P<n>b)', 'ab', '[$n]', '[a][b]'],
  ['(?P<1a>a)', 'a', '[$1a]', '[a]'],
  ['(a)', 'a', '$01', ''],
  ['', '😀', '-', '-😀-'],
  ['\\B', 'a😀', '-', 'a😀-'],
  ['^/api(/.*)?$', '/api/v1', '/svc$1', '/svc/v1'],
  ['b', 'aaa', 'x', 'aaa'],
  ['.', 'ab', '', ''],
];

test('replacements follow Go', () => {
  for (const [source, subject, template, result] of CASES) {
    assert.equal(compileReplacement(source, template)(subject), result, JSON.stringify([source, subject, template]));
  }
});

test('a replacement can run again and inside itself', () => {
  const replace = compileReplacement('a', 'b');
  assert.deepEqual(['aa', 'xa', ''].map(replace), ['bb', 'xb', '']);
});

test('one match expands a template', () => {
  const match = compileRegexp('(?P<k>\\w+)=(\\w+)').exec('q=1')!;
  assert.equal(expandTemplate('$k:$2', match, ['', 'k', '']), 'q:1');
});
