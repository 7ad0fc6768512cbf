// One road for all commands: what `run` says about files, `check`, `match`, `docs` and `print` say too.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Folder } from '../kit/folder.ts';
import { SluiceProcess, sluice } from '../kit/sluice-process.ts';

/** Files with something odd; those that are right keep the others company. */
const ROUTES: Readonly<Record<string, string | Buffer>> = {
  'a-syntax.eskip': 'syntax: Path("/syntax" -> <shunt>;\nfine: Path("/fine") -> <shunt>;\n',
  'b-names.eskip': 'names: Pth("/x") -> setPth("/y") -> <rondRobin, "http://a.example">;\n',
  'c-lost.eskip': 'lost: Path("/lost") -> lostFilter() -> <shunt>;\n',
  'd-credentials.eskip': 'credentials: Path("/credentials") -> "http://user:secret@a.example";\n',
  'e-weight.eskip': 'weight: Path("/weight") -> <"http://a.example?weight=0", "http://b.example">;\n',
  'f-first.eskip': 'first: Path("/first") -> <shunt>;\nhider: PathSubtree("/hidden") -> <shunt>;\n',
  'g-twice.eskip': '\n  first: Path("/second") -> <shunt>;\n',
  'h-hidden.eskip': 'hidden: PathSubtree("/hidden") -> <shunt>;\n',
  'i-latin.eskip': Buffer.from('latin: Path("/caf\xe9") -> <shunt>;\n', 'latin1'),
  'j-utf16.eskip': Buffer.from('\ufeffwide: * -> <shunt>;\n', 'utf16le'),
  'k-anonymous.eskip': '* -> <shunt>;\n* -> <shunt>;\n',
  'l-create.eskip': 'create: Path("/create") -> picky("no") -> <shunt>;\n',
  'm-advice.eskip': 'advice: Path("/advice") -> deepFilter(9) -> <shunt>;\n',
  'n-mark.eskip': '\ufeffmark: Path("/mark") -> <shunt>;\n',
  'o-empty.eskip': '',
  'sub/not-looked-at.eskip': 'no',
  '.hidden.eskip': 'no',
};

const FILTERS: Readonly<Record<string, string>> = {
  'deep/er/filter.ts': `import { arg, defineFilter } from 'sluice';
export const deepFilter = defineFilter({
  name: 'deepFilter', summary: 'From a sub-folder.', examples: [], create: () => ({}),
  args: [arg.advised(arg.int('n'), (n) => (n > 8 ? 'more than eight is hardly meant' : null))],
});`,
  'deep/lost.ts': `export const lost = { name: 'lostFilter', create: () => };`,
  'picky.js': `export const picky = { name: 'picky', create: ([word]) => { throw new Error('it takes no ' + word); } };`,
  'clash.mjs': `export const clash = { name: 'setPath', create: () => ({}) };`,
  'none.ts': 'export const nothing = 1;',
};

const START = /^\S+?:\d+:\d+: /;

/** The findings in a text, without the lines that show their places, and without what masks credentials. */
function heads(text: string): string[] {
  return text
    .replace(/\/\/[^\s/@]*@/g, '//@')
    .split('\n')
    .filter((line) => START.test(line) && !/: (it is taken here|this one is asked first)$/.test(line));
}

async function fill(folder: Folder): Promise<void> {
  for (const [name, text] of Object.entries(FILTERS)) await folder.write(`filters/${name}`, text);
  await folder.write('routes/sub/not-looked-at.eskip', 'no');
  for (const [name, text] of Object.entries(ROUTES)) await writeFile(folder.at('routes', name), text);
}

const EXPECTED = [
  /^filters\/clash\.mjs:1:\d+: plugin: the filter "setPath" of filters\/clash\.mjs exists already/,
  /^filters\/deep\/lost\.ts:1:\d+: /,
  /^filters\/none\.ts:1:1: plugin: exports no filter, predicate or balancer/,
  /^routes\/a-syntax\.eskip:1:24: syntax: /,
  /^routes\/b-names\.eskip:1:8: unknown-predicate: .*"Path"\?$/,
  /^routes\/b-names\.eskip:1:21: unknown-filter: .*"setPath"\?$/,
  /^routes\/b-names\.eskip:1:38: unknown-algorithm: .*"roundRobin"\?$/,
  /^routes\/c-lost\.eskip:1:24: unknown-filter: unknown filter "lostFilter"; filters\/deep\/lost\.ts, which has that name, did not load$/,
  /^routes\/d-credentials\.eskip:1:\d+: bad-backend: .*credentials/,
  /^routes\/e-weight\.eskip:1:\d+: .*weight/,
  /^routes\/g-twice\.eskip:2:3: duplicate-id: the route id "first" is already taken at routes\/f-first\.eskip:1:1$/,
  /^routes\/h-hidden\.eskip:1:1: warning: never-matches: .*"hider" \(routes\/f-first\.eskip:2:1\)/,
  /^routes\/i-latin\.eskip:1:18: encoding: the file is no UTF-8: found the byte 0xE9; save it as UTF-8$/,
  /^routes\/j-utf16\.eskip:1:1: encoding: the file is no UTF-8: it seems to be UTF-16; save it as UTF-8$/,
  /^routes\/k-anonymous\.eskip:1:1: anonymous-route: /,
  /^routes\/k-anonymous\.eskip:2:1: anonymous-route: /,
  /^routes\/l-create\.eskip:1:\d+: bad-argument: picky: it takes no no$/,
  /^routes\/m-advice\.eskip:1:\d+: warning: advice: deepFilter: argument 1 \(n\): more than eight is hardly meant$/,
];

const CLEAN = '1 route in 1 file, no problems\n';

describe('the commands about the same files', () => {
  it('check: all of it, in the order in which to mend it', async () => {
    await using folder = await Folder.make();
    await fill(folder);
    const { code, out, err } = await sluice(['check', 'routes'], { cwd: folder.path });
    assert.equal(code, 1);
    const found = heads(out);
    assert.equal(found.length, EXPECTED.length, `${out}${err}`);
    for (const [at, pattern] of EXPECTED.entries()) assert.match(found[at] ?? '', pattern);
    assert.doesNotMatch(out + err, /^ {4}at /m, 'no stack trace');
    assert.doesNotMatch(out, /secret/, 'credentials are not shown');
  });

  it('run and match say the same, docs says the same of drop-ins, print of syntax', async () => {
    await using folder = await Folder.make({ 'routes/ok.eskip': 'ok: Path("/ok") -> <shunt>;', 'filters/a.txt': '' });
    await using run = await SluiceProcess.run(['--application-log-json-enabled'], { cwd: folder.path });
    await fill(folder);
    const check = heads((await sluice(['check', 'routes'], { cwd: folder.path })).out).sort();
    const logged = (): string[] => {
      const lines = run.err.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
      return [...new Set(lines.flatMap((line) => heads(String(JSON.parse(line).msg ?? '')).slice(0, 1)))].sort();
    };
    const missing = (): string[] => check.filter((line) => !logged().includes(line));
    await eventually('run to have said it all', () => missing().length === 0).catch(() =>
      assert.deepEqual(missing(), []),
    );

    const match = await sluice(['match', 'routes', '--url', 'http://a/ok'], { cwd: folder.path });
    assert.deepEqual([match.code, match.out, heads(match.err).sort()], [1, '', check]);

    const docs = await sluice(['docs', 'deepFilter'], { cwd: folder.path });
    assert.deepEqual([docs.code, heads(docs.err).sort()], [1, check.filter((line) => line.startsWith('filters/'))]);
    assert.match(docs.out, /^## deepFilter\n/);

    const ofSyntax = /: (syntax|bad-endpoint|duplicate-id|anonymous-route|encoding): /;
    const print = await sluice(['print', 'routes'], { cwd: folder.path });
    assert.deepEqual([print.code, print.out, heads(print.err).sort()], [1, '', check.filter((l) => ofSyntax.test(l))]);
  });

  it('fmt leaves alone what it cannot read whole, and keeps mode and links', async () => {
    await using folder = await Folder.make({ 'real.txt': 'a:   * -> <shunt>;' });
    await fill(folder);
    await folder.link('routes/z-link.eskip', '../real.txt');
    const { chmod, readFile, stat, readdir } = await import('node:fs/promises');
    await chmod(folder.at('real.txt'), 0o640);
    const { code, err } = await sluice(['fmt', '-w', 'routes'], { cwd: folder.path });
    assert.equal(code, 1);
    assert.match(err, /^routes\/i-latin\.eskip:1:18: encoding: /m);
    assert.deepEqual(await readFile(folder.at('routes/i-latin.eskip')), ROUTES['i-latin.eskip']);
    assert.equal(await folder.read('real.txt'), 'a: * -> <shunt>;\n');
    assert.equal((await stat(folder.at('real.txt'))).mode & 0o777, 0o640);
    const left = (await readdir(folder.at('routes'))).filter(
      (name) => !/^(\.hidden|[a-z]-\w+)\.eskip$|^sub$/.test(name),
    );
    assert.deepEqual([left, await readdir(folder.path)], [[], ['filters', 'real.txt', 'routes']]);
  });

  it('a drop-in that leaves timers, throws in them or ends the process gets check neither stuck nor to say yes', async () => {
    await using folder = await Folder.make({
      'timer/filters/t.js': `setInterval(() => {}, 1e6); export const t = { name: 't', create: () => ({}) };`,
      'exit/filters/e.js': `export const e = { name: 'e', create: () => process.exit(0) };`,
    });
    const check = (name: string, text: string) => sluice(['check', '-'], { cwd: folder.at(name), input: text });
    assert.deepEqual(await check('timer', 'a: * -> t() -> <shunt>;'), { code: 0, out: '', err: CLEAN });
    const { code, out } = await check('exit', 'a: * -> e() -> <shunt>;');
    assert.equal(code, 1);
    assert.match(out, /^<stdin>:1:9: bad-argument: e: .*(?:exit|ended)/);
  });
});
