import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunkText, splitRoutes } from './split.ts';

const cases: [title: string, text: string, chunks: string[]][] = [
  ['nothing', '', []],
  ['blanks, comments and semicolons', ' ;; // a: b;\n\t; // c', []],
  ['one without a semicolon', 'a: * -> <shunt>', ['a: * -> <shunt>']],
  ['several', 'a;b ; c\n;\n\n d;', ['a', 'b', 'c', 'd']],
  ['a semicolon in a string', 'a: f("x;y") ; b', ['a: f("x;y")', 'b']],
  ['an escaped quote', 'a: f("x\\";y"); b', ['a: f("x\\";y")', 'b']],
  ['the other quote', 'a: f(`";`); b', ['a: f(`";`)', 'b']],
  ['a semicolon in a regular expression', 'a: f(/;/); b', ['a: f(/;/)', 'b']],
  ['a slash in a class', 'a: f(/[/;]/); b', ['a: f(/[/;]/)', 'b']],
  ['an escaped slash', 'a: f(/\\/;/); b', ['a: f(/\\/;/)', 'b']],
  ['an escaped bracket', 'a: f(/\\[/); b', ['a: f(/\\[/)', 'b']],
  ['a bracket behind two backslashes', 'a: f(/\\\\[;/]/); b', ['a: f(/\\\\[;/]/)', 'b']],
  ['a quote in a regular expression', 'a: f(/"/); b', ['a: f(/"/)', 'b']],
  ['a comment inside a route', 'a: // ; "\n *; b', ['a: // ; "\n *', 'b']],
  ['a comment before a route belongs to none', '// x;\n a; // y\nb', ['a', 'b']],
  ['a comment behind a route', 'a // x;\n', ['a // x;']],
  ['an open string takes the rest', 'a; b "c; d', ['a', 'b "c; d']],
  ['an open regular expression takes the rest', 'a; b /[/; d', ['a', 'b /[/; d']],
  ['a trailing backslash', 'a; "\\', ['a', '"\\']],
  ['a byte order mark', '\ufeffa; b', ['a', 'b']],
];

for (const [title, text, expected] of cases) {
  test(`split: ${title}`, () => {
    assert.deepEqual(
      splitRoutes(text).map((chunk) => chunkText(text, chunk)),
      expected,
    );
  });
}
