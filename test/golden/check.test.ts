import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { command } from '../kit/command.ts';

/*
 * What `sluice check` says, whole: messages that people work with. A file is a list of cases:
 *
 *   === title
 *   the route file
 *   --- 1                (the exit code)
 *   all that is printed
 *
 * GOLDEN_UPDATE=1 writes what is, instead of comparing; read the diff before you commit it.
 */

const folder = new URL('./check/', import.meta.url);
const update = process.env['GOLDEN_UPDATE'] === '1';

interface Case {
  readonly title: string;
  readonly input: string;
  expected: string;
}

function readCases(text: string): Case[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const [head = '', expected = ''] = part.split(/^--- /m);
      const [title = '', ...input] = head.split('\n');
      return { title, input: input.join('\n'), expected: expected.trimEnd() };
    });
}

for (const name of readdirSync(folder)) {
  const place = new URL(name, folder);
  const cases = readCases(readFileSync(place, 'utf8'));
  for (const one of cases) {
    test(`${name}: ${one.title}`, async () => {
      const { code, out, err } = await command(['check', '-'], one.input);
      const found = `${code}\n${out}${err}`.trimEnd();
      if (update) one.expected = found;
      else assert.equal(found, one.expected);
    });
  }
  test(`${name}: is written anew when asked for`, { skip: !update }, () => {
    writeFileSync(place, cases.map((one) => `=== ${one.title}\n${one.input}--- ${one.expected}\n`).join('\n'));
  });
}
