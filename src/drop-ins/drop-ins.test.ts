import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { printPlace } from '../routes/index.ts';
import type { DropInCode } from './import/import-drop-in.ts';
import { type DropIn, type DropInChange, DropIns, PluginError, Prober } from './index.ts';

const dir = 'drop-in-test';
const prober = new Prober({ loadMs: 1500, createMs: 1500, maxHeapMib: 48 });
const dropIns = new DropIns(prober);
after(() => prober.close());
/** Applies a change of files; null removes. Names are unique to each test, since modules stay loaded. */
async function change(changes: Record<string, string | null>): Promise<DropInChange> {
  const put = [];
  const remove = [];
  for (const [file, text] of Object.entries(changes)) {
    const name = `${dir}/${file}`;
    if (text === null) remove.push(name);
    else put.push({ name, text });
  }
  const parts = await Promise.all(dropIns.change(put, remove));
  return {
    put: parts.flatMap((part): readonly DropIn[] => part.put),
    remove: parts.flatMap((part) => part.remove),
    problems: new Map(parts.flatMap(({ problems }) => [...problems])),
  };
}

const names = (result: DropInChange): string[] =>
  result.put.flatMap(({ specs }) =>
    [...specs.filters, ...specs.predicates, ...specs.balancers].map(({ name }) => name),
  );

const report = (result: DropInChange): string[] =>
  [...result.problems.values()]
    .filter((problem) => problem !== null)
    .map(({ finding: { message, place } }) => `${printPlace(place)}: ${message}`);

describe('DropIns', () => {
  it('finds filters, predicates and balancers, with the contract or without', async () => {
    const result = await change({
      'kinds.ts': `
        import { arg, defineBalancer, defineFilter, definePredicate, stateKey } from 'sluice';
        export const key = stateKey<string>('x');
        export const f = defineFilter({ name: 'f', summary: '', args: [arg.string('a')], examples: [], create: () => ({}) });
        export const p = definePredicate({ name: 'P', summary: '', args: [], examples: [], create: () => ({ match: () => true }) });
        export const b = defineBalancer({ name: 'b', summary: '', create: () => ({ pick: () => null }) });
        export default f;`,
      'bare.js': `export const stamp = { name: 'stamp', create: ([v]) => ({ v }) };`,
    });
    assert.deepEqual(report(result), []);
    const kinds = result.put.find(({ code }) => code.name.endsWith('kinds.ts'))?.specs;
    assert.deepEqual(
      kinds?.filters.map(({ name }) => name),
      ['f'],
    );
    assert.deepEqual(
      kinds?.predicates.map(({ name }) => name),
      ['P'],
    );
    assert.deepEqual(
      kinds?.balancers.map(({ name }) => name),
      ['b'],
    );
    const stamp = result.put.find(({ code }) => code.name.endsWith('bare.js'))?.specs.filters[0];
    assert.equal(stamp?.args.length, 1);
  });

  it('imports anew what changed and what depends on it, and nothing else', async () => {
    const first = await change({
      'dep/lib.ts': `export const word = 'one';`,
      'dep/middle.ts': `export * from './lib.ts';`,
      'dep/user.ts': `import { word } from './middle.ts'; export const u = { name: 'u_' + word, create: () => ({}) };`,
      'dep/other.ts': `import { word } from './lib.ts'; export const o = { name: 'o_' + word, create: () => ({}) };`,
      'dep/alone.ts': `export const a = { name: 'alone', create: () => ({}) };`,
    });
    assert.deepEqual(names(first).sort(), ['alone', 'o_one', 'u_one']);
    assert.deepEqual(report(first), []);
    const second = await change({ 'dep/lib.ts': `export const word = 'two';` });
    assert.deepEqual(names(second).sort(), ['o_two', 'u_two']);
    const user = second.put.find(({ code }) => code.name.endsWith('user.ts'));
    assert.deepEqual(user?.code.modules.map(({ text }) => text.slice(0, 30)).length, 3);
    const third = await change({ 'dep/other.ts': `export const o = { name: 'o3', create: () => ({}) };` });
    assert.deepEqual(names(third), ['o3']);
  });

  it('tries again when a missing file appears', async () => {
    const first = await change({
      'late/a.ts': `\nimport { x } from './b.ts';\nexport const a = { name: x, create: () => ({}) };`,
    });
    assert.deepEqual(report(first), [`${dir}/late/a.ts:2:19: cannot find "./b.ts"`]);
    const second = await change({ 'late/b.ts': `export const x = 'appeared';` });
    assert.deepEqual(names(second), ['appeared']);
    assert.deepEqual(report(second), []);
  });

  it('clears a problem when the file is mended or removed', async () => {
    await change({ 'mend.ts': 'export const', 'gone.ts': 'export const' });
    const mended = await change({ 'mend.ts': `export const m = { name: 'm', create: () => ({}) };`, 'gone.ts': null });
    assert.deepEqual([...mended.problems.values()], [null, null]);
    assert.deepEqual(mended.remove, [`${dir}/gone.ts`]);
  });

  it('forgets the texts of versions that nobody uses', async () => {
    const versions: DropInCode[] = [];
    for (const at of [1, 2, 3]) {
      const { put } = await change({ 'text.ts': `export const t = { name: 't${at}', create: () => ({}) };` });
      versions.push(put[0]?.code ?? assert.fail());
    }
    const held = (): boolean[] => versions.map(({ url }) => dropIns.holds(url));
    assert.deepEqual(held(), [true, true, true]);
    dropIns.keepOnly(versions.slice(0, 1));
    assert.deepEqual(held(), [true, false, true]);
  });

  const failures: [what: string, file: string, text: string, expected: string][] = [
    [
      'a TypeScript syntax error',
      'e1.ts',
      'export const a = 1;\nexport const b: number = ;\n',
      '2:26: Expression expected',
    ],
    [
      'TypeScript that cannot be stripped',
      'e2.ts',
      'const a = 1;\n  enum X { A }',
      '2:3: TypeScript enum is not supported in strip-only mode',
    ],
    ['a JavaScript syntax error', 'e3.js', 'const a = 1;\nconst b = ;\n', "2:11: Unexpected token ';'"],
    [
      'an error only V8 finds in TypeScript',
      'e4.ts',
      'let a: number = 1;\nlet a = 2;',
      "2:5: Identifier 'a' has already been declared",
    ],
    ['an unexpected end', 'e13.ts', 'function f() {\n  return 1;\n', "2:12: Expected '}', got '<eof>'"],
    ['an unexpected end of JavaScript', 'e14.js', 'const a = {\n', '2:1: Unexpected end of input'],
    ['a throw', 'e5.ts', 'function f(): never {\n  throw new Error("boom");\n}\nf();', '2:9: boom'],
    ['a throw of no error', 'e6.ts', 'throw "text";', '1:1: threw text'],
    ['a missing package', 'e7.ts', 'import a from "no-such-package";', '1:15: cannot find "no-such-package"'],
    [
      'an import that is not exported',
      'e8.ts',
      "import {\n  nothing,\n} from 'sluice';",
      "2:3: The requested module 'sluice' does not provide an export named 'nothing'",
    ],
    ['no spec at all', 'e9.ts', 'export const a = 1;', '1:1: exports no filter, predicate or balancer'],
    [
      'a spec without a name',
      'e10.ts',
      '\nexport const bad = { create: () => ({}) };',
      '2:14: the export "bad" is no spec: its name must be an identifier, found undefined',
    ],
    [
      'a spec with a broken create',
      'e11.ts',
      "export const bad = { name: 'x', create: 1 };",
      '1:14: the export "bad" is no spec: its create must be a function',
    ],
    [
      'a spec with broken args',
      'e12.ts',
      "export default { name: 'x', args: ['string'], create() {} };",
      '1:1: the export "default" is no spec: its args must be a list made with arg.string(…) and the like',
    ],
  ];
  for (const [what, file, text, expected] of failures) {
    it(`says where ${what} is`, async () => {
      const result = await change({ [file]: text });
      assert.deepEqual(report(result), [`${dir}/${file}:${expected}`]);
      assert.deepEqual(result.put, []);
    });
  }

  it('blames the imported file for what is wrong there', async () => {
    const result = await change({
      'blame/lib.ts': 'export const x: number = ;',
      'blame/a.ts': `import { x } from './lib.ts'; export const a = { name: 'a' + x, create: () => ({}) };`,
    });
    assert.deepEqual(new Set(report(result)), new Set([`${dir}/blame/lib.ts:1:26: Expression expected`]));
    assert.ok(result.problems.get(`${dir}/blame/a.ts`) instanceof PluginError);
  });
});
