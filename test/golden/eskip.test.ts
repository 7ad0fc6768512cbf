import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { formatText, SourceText } from '../../grammar/index.ts';
import { readDocument as parseRoutes, printRoutes, toJson } from '../../src/routes/index.ts';

/*
 * Golden files of the language. A file is a list of cases:
 *
 *   === title
 *   input
 *   --- print            (or pretty, json, errors, fmt; several may follow)
 *   expected
 *
 * GOLDEN_UPDATE=1 writes what is, instead of comparing; read the diff before you commit it.
 */

const folder = new URL('./eskip/', import.meta.url);

const sections: Record<string, (input: string) => string> = {
  print: (input) => printRoutes(readable(input)),
  pretty: (input) => printRoutes(readable(input), { pretty: true }),
  json: (input) => readable(input).map((route) => JSON.stringify(toJson(route))).join('\n'),
  errors: (input) => showErrors(input),
  fmt: (input) => formatText(input).text.trimEnd(),
};

function readable(input: string) {
  const { value, errors } = parseRoutes(input);
  assert.deepEqual(errors, []);
  return value;
}

function showErrors(input: string): string {
  const source = new SourceText('routes.eskip', input);
  return parseRoutes(input)
    .errors.map((error) => source.format(error))
    .join('\n');
}

interface Case {
  title: string;
  input: string;
  expected: { section: string; text: string }[];
}

function readCases(text: string): Case[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const [head = '', ...rest] = part.split(/^--- /m);
      const [title = '', ...input] = head.split('\n');
      const expected = rest.map((block) => {
        const [section = '', ...lines] = block.split('\n');
        return { section, text: lines.join('\n').trimEnd() };
      });
      return { title, input: input.join('\n').trimEnd(), expected };
    });
}

function writeCases(cases: readonly Case[]): string {
  return cases
    .map(({ title, input, expected }) => {
      const blocks = expected.map(({ section }) => `--- ${section}\n${sections[section]!(input)}\n`);
      return `=== ${title}\n${input}\n${blocks.join('')}`;
    })
    .join('\n');
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
  const place = new URL(file, folder);
  const cases = readCases(readFileSync(place, 'utf8'));
  if (process.env['GOLDEN_UPDATE']) writeFileSync(place, writeCases(cases));
  for (const { title, input, expected } of cases) {
    test(`${file}: ${title}`, () => {
      assert.ok(expected.length > 0);
      for (const { section, text } of expected) {
        const produce = sections[section];
        assert.ok(produce, `no section called ${section}`);
        if (!process.env['GOLDEN_UPDATE']) assert.equal(produce(input), text);
      }
    });
  }
}
