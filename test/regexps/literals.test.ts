// No regular expression of our own goes back and forth over what others send: on texts made to hurt it, twice the text takes
// about twice the steps. V8's linear engine is the net below; this is so that nobody falls.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseRegexp } from '../../src/regexp/parser.ts';
import type { Node } from '../../src/regexp/tree.ts';
import { literals } from './literals.ts';
import { alphabetOf, sampleOf, stepsOf } from './steps.ts';

const LENGTH = 30;
/** Steps beyond which there is no end in sight. */
const MOST = 50_000;
/** Of twice the text: below three times the steps. A square takes four times as many. */
const MAX_GROWTH = 3;

/** Folders that read what operators write only: routes, options, drop-ins. */
const OPERATORS = /^(?:grammar|src\/(?:cli|config|reload|sources))\//;

/** Expressions that may take a square of steps, and who writes what they read: nobody outside. */
const TRUSTED: Readonly<Record<string, string>> = {
  '^(?:(?:)x+x+)+y': 'it goes back and forth on purpose, over a text of our own',
  '\\\\.|\\[[^\\]]*\\]': 'an expression, in a route',
  '^\\s*(\\d+(?:\\.\\d+)?)\\s*([a-z]*)\\s*$': 'a duration, in a route or an option',
  '\\/+$': 'the URL of an issuer, in a route',
  '=+$': 'base64 that was checked: two "=" at most',
  '\\$\\{([^}]*)\\}': 'a format, in an option',
  '(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)': 'a duration, in a route or an option',
  '(["\'`])(?:\\\\.|(?!\\1)[^\\\\])*\\1': 'arguments of a route, to be shown without secrets',
  '^([+-]?)((?:(?:\\d+\\.?\\d*|\\.\\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$': 'a duration, in a route or an option',
};

const all = literals();

/** The expression in RE2's syntax: without looks ahead and behind, which may only make it match less, and with what \1 repeats. */
function asRe2(source: string, flags: string): string {
  const text = source
    .replace(/\(\?<?[=!](?:[^()\\]|\\.|\([^()]*\))*\)/g, '')
    .replace(/\\u([0-9a-f]{4})/gi, '\\x{$1}')
    .replaceAll('\\1', `["'\`]`);
  return flags.includes('s') ? `(?s)${text}` : text;
}

/** The worst growth of steps, over texts that begin as the expression wants and then repeat what it wants again and again. */
function growthOf(root: Node, sticky: boolean): { growth: number; text: string } {
  const sample = sampleOf(root);
  const alphabet = [...alphabetOf(root)].slice(0, 5);
  const terms = { most: MOST, sticky };
  const pumps = [...alphabet, ...alphabet.flatMap((one) => alphabet.map((two) => one + two))];
  let worst = { growth: 0, text: '' };
  for (let cut = 0; cut <= Math.min(sample.length, 6); cut++) {
    for (const pump of pumps) {
      const make = (count: number): string => `${sample.slice(0, cut)}${pump.repeat(count)}\u0001`;
      const [once, twice] = [LENGTH, 2 * LENGTH].map((count) => stepsOf(root, make(count), terms)) as [number, number];
      const growth = twice > MOST ? Number.POSITIVE_INFINITY : twice / Math.max(once, 2 * LENGTH);
      if (growth > worst.growth) worst = { growth, text: make(3) };
    }
  }
  return worst;
}

suite('regular expressions of our own', () => {
  for (const bad of ['^\\s*([^=\\s]+)=(.*?)\\s*$', '(a+)+$', 'a*a*b', '\\s+$', '^(\\w+\\s?)*$', '"(\\\\.|[^"])*"x'])
    test(`${bad} would be told`, () => assert.ok(growthOf(parseRegexp(bad).root, false).growth >= MAX_GROWTH));

  test('are found', () => assert.ok(all.length > 150, String(all.length)));

  for (const { file, source, flags } of all) {
    test(`${file}: /${source}/${flags}`, (t) => {
      let root: Node;
      try {
        root = parseRegexp(asRe2(source, flags)).root;
      } catch (error) {
        t.skip(`not RE2: ${(error as Error).message}`);
        return;
      }
      if (OPERATORS.test(file) || !/[*+{]/.test(source)) return;
      const { growth, text } = growthOf(root, flags.includes('y'));
      if (TRUSTED[source] === undefined)
        assert.ok(growth < MAX_GROWTH, `grows ${growth.toFixed(1)} times on ${JSON.stringify(text)}`);
    });
  }
});
