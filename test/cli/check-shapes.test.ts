// `sluice check` on drop-ins that make what is no filter, predicate or balancer: a finding at their place in the route,
// never a stack trace. What `run` says comes from the same check.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { command } from '../kit/command.ts';
import { Folder } from '../kit/folder.ts';

const DROP_IN = `
const none = () => {};
export const nothing = { name: 'nothing', create() {} };
export const late = { name: 'late', create: async () => { throw null; } };
export const bare = { name: 'bare', create: () => none };
export const named = { name: 'named', create: () => ({ onRequest: none, response: none }) };
export const thrown = { name: 'thrown', create() { throw Symbol('no'); } };
export const matches = { kind: 'predicate', name: 'Matches', create: () => ({ matches: none }) };
export const slow = { kind: 'predicate', name: 'Slow', create: () => ({ async match() {} }) };
export const choosing = { kind: 'balancer', name: 'choosing', create: () => ({ choose: none }) };
export const empty = { kind: 'balancer', name: 'empty', create() {} };
`;

const ROUTES: readonly [route: string, column: number, says: RegExp][] = [
  ['* -> nothing() -> <shunt>', 9, /nothing: create must return a filter: .*returns nothing/],
  ['* -> late() -> <shunt>', 9, /late: .*returns a promise/],
  ['* -> bare() -> <shunt>', 9, /bare: .*returns a function/],
  ['* -> named() -> <shunt>', 9, /named: a filter has no "onRequest"; did you mean "request"\?/],
  ['* -> thrown() -> <shunt>', 9, /Symbol\(no\) was thrown/],
  ['Matches() -> <shunt>', 4, /Matches: a predicate has no "matches"; did you mean "match"\?/],
  ['Slow() -> <shunt>', 4, /Slow: match of a predicate must answer at once/],
  ['* -> <choosing, "http://127.0.0.1:1">', 10, /choosing: a balancer must have a function "pick"/],
  ['* -> <empty, "http://127.0.0.1:1">', 10, /empty: create must return a balancer/],
];

suite('sluice check on what create returns', () => {
  let folder: Folder;
  before(async () => {
    folder = await Folder.make({
      'filters/shapes.js': DROP_IN,
      'misspelt/a.js': `export const a = { name: 'a', creat() {} };`,
    });
  });
  after(() => folder[Symbol.asyncDispose]());

  for (const [route, column, says] of ROUTES) {
    test(route, async () => {
      const text = `r: ${route};`;
      const { code, out, err } = await command(['check', '--json', '--filters-dir', folder.at('filters'), '-'], text);
      const findings = JSON.parse(out) as { line: number; column: number; message: string }[];
      assert.deepEqual([code, err, findings.length], [1, '', 1]);
      assert.deepEqual([findings[0]?.line, findings[0]?.column], [1, column]);
      assert.match(findings[0]?.message as string, says);
    });
  }

  test('an export whose create has another name', async () => {
    const { out } = await command(['check', '--filters-dir', folder.at('misspelt'), '-'], 'r: * -> <shunt>;');
    assert.match(out, /a\.js:1:14: plugin: the export "a" is no spec: it has "creat"; did you mean "create"\?/);
  });
});
