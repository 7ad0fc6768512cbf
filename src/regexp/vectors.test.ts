import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  compileRegexp,
  compileReplacement,
  enableLinearRegexps,
  foldCase,
  literalFacts,
  RegexpError,
} from './index.ts';
import { parseRegexp } from './parser.ts';
import type { Node } from './tree.ts';

enableLinearRegexps();

type Case = [input: string, match: [number, ...(string | null)[]] | null, template: string, replaced: string];
type Vector = [pattern: string, cases: Case[] | 'error'];

const vectors = readFileSync(new URL('./vectors.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

test('patterns that Go refuses are refused', () => {
  for (const [pattern, cases] of vectors) {
    if (cases === 'error') assert.throws(() => compileRegexp(pattern), RegexpError, pattern);
  }
});

test('matches are those of Go', () => {
  let exact = 0;
  let tooLarge = 0;
  for (const [pattern, cases] of vectors) {
    if (cases === 'error') continue;
    const regexp = compileOrTooLarge(pattern);
    if (regexp === undefined) {
      tooLarge++;
      continue;
    }
    const differs = groupsMayDiffer(parseRegexp(pattern).root);
    for (const [input, expected, template, replaced] of cases) {
      const match = regexp.exec(input);
      const label = JSON.stringify({ pattern, input });
      assert.equal(match !== null, expected !== null, label);
      if (differs || hasDivergingEdge(pattern)) continue;
      exact++;
      assert.deepEqual(match && [match.index, ...Array.from(match, (text) => text ?? null)], expected, label);
      assert.equal(compileReplacement(pattern, template)(input), replaced, label);
    }
  }
  assert.ok(tooLarge < 5, `${tooLarge} patterns refused as too large`);
  assert.ok(exact > 1500, `${exact} cases compared in full`);
});

test('literal facts hold for every subject that matches', () => {
  const inputs = [...new Set(vectors.flatMap(([, cases]) => (cases === 'error' ? [] : cases.map(([input]) => input))))];
  for (const [pattern, cases] of vectors) {
    if (cases === 'error') continue;
    for (const source of [pattern, `^(?:${pattern})$`, `^${pattern}`, `${pattern}$`, `(?i)^${pattern}$`]) {
      if (parses(source)) checkFacts(source, inputs.slice(0, 400));
    }
  }
});

/** Go's own limit on size is larger than ours. */
function compileOrTooLarge(pattern: string): RegExp | undefined {
  try {
    return compileRegexp(pattern);
  } catch (error) {
    assert.match(String(error), /too large/, pattern);
    return undefined;
  }
}

/** A pattern that ends inside \Q swallows what is put behind it. */
function parses(source: string): boolean {
  try {
    parseRegexp(source);
    return true;
  } catch {
    return false;
  }
}

function checkFacts(source: string, inputs: readonly string[]): void {
  const facts = literalFacts(source);
  if (Object.keys(facts).length === 1) return;
  const regexp = compileOrTooLarge(source);
  if (regexp === undefined) return;
  for (const input of inputs) {
    const label = JSON.stringify({ source, input, facts });
    const subject = facts.caseInsensitive ? foldCase(input) : input;
    const matches = regexp.test(input);
    if (facts.exact !== undefined) assert.equal(facts.exact.includes(subject), matches, label);
    if (!matches) continue;
    const host = subject.split(':', 1)[0]!;
    assert.ok(facts.prefixes?.some((text) => subject.startsWith(text)) ?? true, label);
    assert.ok(facts.suffixes?.some((text) => subject.endsWith(text)) ?? true, label);
    assert.ok(facts.hostNames?.includes(host) ?? true, label);
    assert.ok(facts.hostSuffixes?.some((text) => host.endsWith(text)) ?? true, label);
  }
}

/** Line edges next to \r and U+2028, and \B inside a surrogate pair: the two known differences of edges. */
function hasDivergingEdge(pattern: string): boolean {
  return /\\B|\(\?[a-zA-Z]*m/.test(pattern);
}

/**
 * The known differences of captures: ECMAScript refuses empty turns of a loop and clears the captures of the last turn,
 * RE2 does neither. Which subjects match is the same.
 */
function groupsMayDiffer(node: Node): boolean {
  if (node.kind === 'repeat' && (matchesEmpty(node.body) || (node.max > 1 && hasSkippableGroup(node.body))))
    return true;
  return children(node).some(groupsMayDiffer);
}

function children(node: Node): readonly Node[] {
  if (node.kind === 'concat') return node.parts;
  if (node.kind === 'choice') return node.alternatives;
  return node.kind === 'group' || node.kind === 'repeat' ? [node.body] : [];
}

function matchesEmpty(node: Node): boolean {
  if (node.kind === 'edge') return true;
  if (node.kind === 'concat') return node.parts.every(matchesEmpty);
  if (node.kind === 'repeat' && node.min === 0) return true;
  return children(node).some(matchesEmpty);
}

function hasGroup(node: Node): boolean {
  return node.kind === 'group' || children(node).some(hasGroup);
}

function hasSkippableGroup(node: Node): boolean {
  const skippable = node.kind === 'choice' || (node.kind === 'repeat' && node.min === 0);
  return (skippable && hasGroup(node)) || children(node).some(hasSkippableGroup);
}
