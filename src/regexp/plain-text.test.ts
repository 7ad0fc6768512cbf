import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRegexp } from './compile.ts';
import { literalFacts } from './literal-facts.ts';
import { plainText } from './plain-text.ts';

const SOURCES = [
  '^foo[.]example[.]org$',
  'foo',
  '^/api/',
  '[.]example[.]org$',
  'a\\.b',
  '^a:80$',
  '^x-y_z 1%@$',
  '\\/',
];
const SUBJECTS = [
  'foo.example.org',
  'foo.example.org\n',
  'xfoo',
  '/api/v1',
  'a.example.org',
  'a.b',
  'aXb',
  'a:80',
  'x-y_z 1%@',
  '/',
  '',
];

test('a plain text matches what its regexp matches', () => {
  for (const source of SOURCES) {
    const plain = plainText(source);
    assert.ok(plain !== null, source);
    const { text, start, end } = plain;
    for (const subject of SUBJECTS) {
      const expected = compileRegexp(source).test(subject);
      const found = start
        ? end
          ? subject === text
          : subject.startsWith(text)
        : end
          ? subject.endsWith(text)
          : subject.includes(text);
      assert.equal(found, expected, `${source} on ${JSON.stringify(subject)}`);
    }
  }
});

test('whatever has a meaning beyond its text is not plain', () => {
  for (const source of [
    '',
    '^',
    '$',
    '^$',
    'a.b',
    'a*',
    '(a)',
    'a|b',
    '[ab]',
    '\\d',
    '\\b',
    'a\\',
    '[.',
    '(?i)a',
    'a{2}',
    '^^a',
    'a$$',
    '[.-]',
  ]) {
    assert.equal(plainText(source), null, source);
  }
});

test('the facts of a plain host are those of any regexp', () => {
  assert.deepEqual(literalFacts('^a[.]b$'), literalFacts('^(?:a)[.]b$'));
  assert.deepEqual(literalFacts('[.]b$'), literalFacts('(?:[.])b$'));
  assert.deepEqual(literalFacts('^/a'), literalFacts('^(?:/)a'));
  assert.deepEqual(literalFacts('ab'), literalFacts('(?:a)b'));
  for (const [plain, other] of [
    ['^a:80$', '^(?:a):80$'],
    ['b:80', '(?:b):80'],
    [':80$', '(?::)80$'],
    ['^a', '^(?:a)'],
    ['a:b$', '(?:a):b$'],
  ] as const) {
    assert.deepEqual(literalFacts(plain), literalFacts(other), plain);
  }
});
