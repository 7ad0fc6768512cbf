// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of the language look like this.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTemplate, type TemplatePart } from './index.ts';

const literal = (value: string): TemplatePart => ({ kind: 'literal', text: value });
const placeholder = (name: string): TemplatePart => ({ kind: 'placeholder', name });
const templates: [text: string, parts: TemplatePart[]][] = [
  ['', []],
  ['plain', [literal('plain')]],
  ['${a}', [placeholder('a')]],
  ['/x/${a}${b}/y', [literal('/x/'), placeholder('a'), placeholder('b'), literal('/y')]],
  ['${}', [literal('${}')]],
  ['${a', [literal('${a')]],
  ['${${a}}', [literal('${'), placeholder('a'), literal('}')]],
  ['${request.header.X-A}', [placeholder('request.header.X-A')]],
  ['$${ a }', [literal('$'), placeholder(' a ')]],
];

for (const [template, parts] of templates) {
  test(`template ${template}`, () => assert.deepEqual(parseTemplate(template), parts));
}
