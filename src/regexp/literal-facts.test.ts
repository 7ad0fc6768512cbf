import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldCase, type LiteralFacts, literalFacts } from './index.ts';

const CASES: readonly [string, Partial<LiteralFacts>][] = [
  ['^foo[.]example[.]org$', { exact: ['foo.example.org'], hostNames: ['foo.example.org'] }],
  ['^(a|b)[.]example[.]org$', { exact: ['a.example.org', 'b.example.org'] }],
  ['^(www[.])?example[.]org(:\\d+)?$', { hostNames: ['example.org', 'www.example.org'], exact: undefined as never }],
  ['^example[.]org:8080$', { exact: ['example.org:8080'], hostNames: ['example.org'] }],
  ['[.]example[.]org$', { suffixes: ['.example.org'], hostSuffixes: ['.example.org'] }],
  ['^[a-z]+[.]example[.]org$', { suffixes: ['.example.org'], prefixes: undefined as never }],
  ['^[a-z]+[.]example[.]org(:[0-9]+)?$', { hostSuffixes: ['.example.org'], suffixes: undefined as never }],
  ['(^|[.])example[.]org$', { suffixes: ['example.org'] }],
  ['(?i)^Foo[.]ORG$', { exact: ['foo.org'], caseInsensitive: true }],
  ['(?i:foo)$', { suffixes: ['foo'], caseInsensitive: true }],
  ['^(?i:a)b$', { exact: undefined as never, prefixes: ['ab'], caseInsensitive: true }],
  ['^/api/.*$', { prefixes: ['/api/'] }],
  ['^$', { exact: [''] }],
  ['^a{3}$', { exact: ['aaa'] }],
  ['^a|b$', { prefixes: undefined as never, suffixes: undefined as never, exact: undefined as never }],
  ['foo', { prefixes: undefined as never, suffixes: undefined as never }],
  ['(?m)^foo$', { prefixes: undefined as never, suffixes: undefined as never, exact: undefined as never }],
  ['^.*:80$', { hostNames: undefined as never, hostSuffixes: undefined as never, suffixes: [':80'] }],
  ['^(?:[ab]{10})$', { exact: undefined as never }],
];

test('facts of host and path patterns', () => {
  for (const [source, expected] of CASES) {
    const facts = literalFacts(source);
    for (const key of Object.keys(expected) as (keyof LiteralFacts)[]) {
      const [actual, wanted] = [facts[key], expected[key]].map((value) =>
        Array.isArray(value) ? value.toSorted() : value,
      );
      assert.deepEqual(actual, wanted, `${source} ${key}`);
    }
  }
});

test('case is folded as (?i) compares', () => {
  assert.equal(foldCase('Foo.ORG'), 'foo.org');
  assert.equal(foldCase('\u212a\u017f\u00c9\u03c2'), foldCase('ks\u00e9\u03c3'));
});
