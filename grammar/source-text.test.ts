import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Finding, SourceText, suggest, type TextPlace } from './index.ts';

const text = 'ab\r\n\tcd\n\nlast';
const source = new SourceText('x.eskip', text);

const places: [offset: number, line: number, column: number][] = [
  [0, 1, 1],
  [2, 1, 3],
  [4, 2, 1],
  [5, 2, 2],
  [7, 2, 4],
  [8, 3, 1],
  [9, 4, 1],
  [text.length, 4, 5],
  [1000, 4, 5],
  [-1, 1, 1],
];

for (const [offset, line, column] of places) {
  test(`offset ${offset} is ${line}:${column}`, () => assert.deepEqual(source.position(offset), { line, column }));
}

function finding(start: number, end: number, more: Partial<Finding<TextPlace>> = {}): Finding<TextPlace> {
  return { code: 'oops', message: 'wrong', place: { start, end }, severity: 'error', ...more };
}

test('findings are shown in their place', () => {
  assert.equal(source.format(finding(0, 2)), 'x.eskip:1:1: oops: wrong\nab\n^^');
  assert.equal(source.format(finding(5, 7)), 'x.eskip:2:2: oops: wrong\n\tcd\n\t^^');
  assert.equal(source.format(finding(6, 12)), 'x.eskip:2:3: oops: wrong\n\tcd\n\t ^');
  assert.equal(source.format(finding(13, 13)), 'x.eskip:4:5: oops: wrong\nlast\n    ^');
  assert.equal(source.format(finding(8, 8)), 'x.eskip:3:1: oops: wrong');
});

test('a terminal obeys nothing that stands in a text or a message', () => {
  const hostile = new SourceText('x\x1b[2J', 'a\x1b[31m\x9b\u202eb\r\x7f');
  const shown = hostile.format(finding(5, 8, { message: 'found "\x07"' }));
  assert.equal(shown, 'x␛[2J:1:6: oops: found "␇"\na␛[31m\ufffd\ufffdb␍␡\n     ^^^');
});

test('suggestions and warnings are told', () => {
  assert.match(source.format(finding(0, 2, { help: 'abc' })), /: wrong; did you mean "abc"\?\n/);
  assert.match(source.format(finding(0, 2, { severity: 'warning' })), /^x.eskip:1:1: warning: oops: wrong\n/);
});

test('long lines are cut around the place', () => {
  const long = new SourceText('x', `${'a'.repeat(500)}!${'b'.repeat(500)}`);
  const [, line = '', carets = ''] = long.format(finding(500, 501)).split('\n');
  assert.ok(line.length < 170);
  assert.equal(line[carets.indexOf('^')], '!');
  const [, , many = ''] = long.format(finding(500, 1001)).split('\n');
  assert.ok(many.length < 170);
});

const known = ['setHeader', 'setPath', 'status', 'setQuery', 'Path', 'PathSubtree', 'a', 'modPath'];
const guesses: [name: string, expected: string | null][] = [
  ['setHeadr', 'setHeader'],
  ['setheader', 'setHeader'],
  ['SetPath', 'setPath'],
  ['path', 'Path'],
  ['stauts', 'status'],
  ['PathSubTree', 'PathSubtree'],
  ['completelyDifferent', null],
  ['b', null],
  ['A', 'a'],
  ['', null],
  ['status', null],
];

for (const [name, expected] of guesses) {
  test(`${JSON.stringify(name)} may mean ${expected}`, () => assert.equal(suggest(name, known), expected));
}
