import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readClaimQuery } from './claim-query.ts';
import { matchesGlob } from './glob.ts';

const TOKEN = {
  email: 'someone@example.org',
  groups: ['CD-xyz', 'appX-Test-Users', 'white space'],
  name: 'Some One',
  'dotted.name': 1,
  age: 42,
  admin: true,
  none: null,
  address: { city: { zip: '1' } },
  orders: [
    { id: 1, item: 'a' },
    { id: 2, item: 'b' },
    { id: 3, item: 'a' },
  ],
};

const CASES: [query: string, found: unknown][] = [
  ['email', 'someone@example.org'],
  ['address.city.zip', '1'],
  ['address|city|zip', '1'],
  ['address.city.none', undefined],
  ['email.length', undefined],
  ['toString', undefined],
  ['none', null],
  ['dotted\\.name', 1],
  ['em*', 'someone@example.org'],
  ['groups.1', 'appX-Test-Users'],
  ['groups.3', undefined],
  ['groups.#', 3],
  ['email.#', undefined],
  ['orders.#.id', [1, 2, 3]],
  ['orders.#(item=="a").id', 1],
  ['orders.#(item=="a")#.id', [1, 3]],
  ['orders.#(id>1)#.id', [2, 3]],
  ['orders.#(id<=1)#.id', [1]],
  ['orders.#(id>"1")#.id', []],
  ['orders.#(nope).id', undefined],
  ['groups.#(=="CD-xyz")', 'CD-xyz'],
  ['groups.#[=="CD-xyz"]', 'CD-xyz'],
  ['groups.#(=="CD-xy")', undefined],
  ['groups.#(%"*-Test-Users")', 'appX-Test-Users'],
  ['groups.#(!%"*-*")', 'white space'],
  ['groups.#(=="white space")', 'white space'],
  ['[name].#(%"*One")', 'Some One'],
  ['[nope,name].0', 'Some One'],
  ['[@this].#(email=="someone@example.org").age', 42],
  ['@_:email%"*@example.org"', TOKEN],
  ['@_:email%"*@example.com"', undefined],
  ['@_:age==42', TOKEN],
  ['@_:age=="42"', undefined],
  ['@_:admin==true', TOKEN],
  ['@_:nope!="x"', undefined],
  ['@_:email', TOKEN],
  ['@this', TOKEN],
];

for (const [query, found] of CASES)
  test(`${query} finds ${JSON.stringify(found)}`, () => assert.deepEqual(readClaimQuery(query)(TOKEN), found));

for (const query of [
  '',
  '.a',
  'a.',
  '@reverse',
  'a.#(b',
  'a.#(b==)',
  'a.#(b=="x)',
  '[a',
  '@_:',
  'a.#(b==~true)',
  'a.#(b))',
])
  test(`the query ${JSON.stringify(query)} is refused`, () => assert.throws(() => readClaimQuery(query), /expected/));

const GLOBS: [pattern: string, text: string, matches: boolean, separator?: string][] = [
  ['', '', true],
  ['*', '', true],
  ['a*b*c', 'aXbYbZc', true],
  ['a*b*c', 'aXbYbZ', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['a\\*c', 'a*c', true],
  ['a\\*c', 'abc', false],
  ['*a', 'aaab', false],
  ['x/*', 'x/y', true, '/'],
  ['x/*', 'x/y/z', false, '/'],
  ['x/*/z', 'x/y/z', true, '/'],
  ['x?y', 'x/y', false, '/'],
  ['*', 'x/y', false, '/'],
];

for (const [pattern, text, matches, separator] of GLOBS)
  test(`${pattern} ${matches ? 'fits' : 'does not fit'} ${text}`, () =>
    assert.equal(matchesGlob(pattern, text, separator), matches));

test('a hostile text costs little', () => {
  assert.equal(matchesGlob(`${'*a'.repeat(30)}b`, 'a'.repeat(20_000)), false);
});
