import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { compileIn, compileRegexp, RegexpError, stepsPerCharacter } from './index.ts';
import { parseRegexp } from './parser.ts';
import { shareBeginnings } from './shared-beginnings.ts';
import type { Node } from './tree.ts';

const words = Array.from({ length: 1000 }, (_, at) => `bot${((at * 2_654_435_761) >>> 0).toString(36)}`);

suite('steps at each character', () => {
  const CASES: readonly [pattern: string, least: number, most: number][] = [
    ['foo', 1, 10],
    ['a+b', 1, 10],
    ['(a+)+$', 1, 10],
    ['[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\\.[a-zA-Z]{2,}', 1, 20],
    ['^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+$', 60, 200],
    ['[ab]{100}c', 100, 200],
    ['.{1,500}x$', 1000, 3000],
    ['(a{1,100}){1,10}b', 1000, 3000],
    ['([^\\s]+\\s+){1,100}z', 500, 2000],
    ['\\pL+', 10, 200],
    [`(${words.join('|')})+$`, 20, 300],
    [`(?i)(${words.join('|')})`, 20, 300],
  ];
  for (const [pattern, least, most] of CASES) {
    test(pattern.slice(0, 60), () => {
      const steps = stepsPerCharacter(pattern);
      assert.ok(steps >= least && steps <= most, String(steps));
    });
  }
});

/** What the words and choices of a tree say, one after the other, as they stand. */
function textsOf(node: Node): string[] {
  switch (node.kind) {
    case 'codePoint':
      return [String.fromCodePoint(node.literal as number)];
    case 'concat':
      return node.parts.map(textsOf).reduce((all, next) => all.flatMap((one) => next.map((two) => one + two)), ['']);
    case 'choice':
      return node.alternatives.flatMap(textsOf);
    default:
      throw new Error(`no word: ${node.kind}`);
  }
}

test('words that share their beginnings are the same words', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (list) => {
      const shared = textsOf(shareBeginnings(parseRegexp(list.join('|')).root));
      assert.deepEqual(shared.toSorted(), list.toSorted());
    }),
  );
});

test('sharing beginnings changes no match', () => {
  const piece = fc.constantFrom('a', 'b', 'ab', 'abc', 'ba', 'a+', '(b)', '[ab]', '', 'c$', '^a');
  const subject = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), subject, (list, text) => {
      const plain = new RegExp(list.join('|')).exec(text);
      assert.deepEqual(compileRegexp(list.join('|')).exec(text)?.slice(), plain?.slice());
    }),
    { numRuns: 2000 },
  );
});

test('where the fallback is missing the linear engine runs all, and where that is missing too repetitions are refused', () => {
  assert.equal(compileIn('always', '(a+)+b').flags, 'l');
  assert.equal(compileIn('always', '(a+)+b').exec(`${'a'.repeat(50)}b`)?.index, 0);
  assert.equal(compileIn('none', '^/api/(v1|v2)/').test('/api/v2/x'), true);
  for (const pattern of ['a+', 'a*', '(ab){2}', 'a?']) assert.throws(() => compileIn('none', pattern), RegexpError);
});
