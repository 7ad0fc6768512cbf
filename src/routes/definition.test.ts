import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRoutes } from '../../grammar/index.ts';
import { builtinRegistry } from '../vocabulary/index.ts';
import { definitionOf } from './definition.ts';
import { printRoute } from './index.ts';
import { recordOf } from './record.ts';

const registry = builtinRegistry();

function printed(text: string): string {
  const [def] = parseRoutes(text).value;
  assert.ok(def !== undefined);
  return printRoute(definitionOf(recordOf(def, 0), registry));
}

test('a record is printed as the definition it was made from', () => {
  for (const text of [
    'Path("/a") && Weight(3) -> setPath("/b") -> status(204) -> <shunt>',
    '* -> <roundRobin, "http://a:1?weight=2", "http://b:1">',
    '* -> "http://a"',
    '* -> mine(1, "two") -> <dynamic>',
  ]) {
    assert.equal(printed(text), text);
  }
});

test('a deprecated alias is printed as the name it stands for', () => {
  assert.equal(
    printed('* -> redirect(302, "/a") -> requestHeader("A", "b") -> <shunt>'),
    '* -> redirectTo(302, "/a") -> appendRequestHeader("A", "b") -> <shunt>',
  );
});
