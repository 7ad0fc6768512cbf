import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { showFindings } from '../../src/cli/findings.ts';
import { wantsColours } from '../../src/cli/style.ts';
import { command } from '../kit/command.ts';
import { Folder } from '../kit/folder.ts';

const WRONG = `a: Path("/a") -> setPth("/x") -> <shunt>;
b: Pth("/a") -> setPath() -> status("x") -> <shunt>;
c: Path("/c" -> <shunt>;
d: Path("/d") -> <rondRobin, "http://a:1">;
e: PathRegexp(/(?=x)/) -> modPath("(", "") -> <shunt>;
a: * -> <shunt>;
`;

const SHOUT = `import { arg, defineFilter } from 'sluice';
export const shout = defineFilter({
  name: 'shout', summary: 'Says it loudly.', examples: [], create: () => ({}),
  args: [arg.advised(arg.int('times', { min: 1, max: 3 }), (times) => (times < 3 ? null : 'thrice is hard to bear'))],
});`;

const CLEAN = '1 route in 1 file, no problems\n';

describe('sluice check', () => {
  let folder: Folder;

  before(async () => {
    folder = await Folder.make({
      'wrong.eskip': WRONG,
      'good.eskip': 'good: Path("/good") -> setPath("/x") -> <shunt>;',
      'team/a.eskip': 'x: Path("/x") -> <shunt>; t: Path("/t") && Traffic(0.5) -> <shunt>;',
      'team/b.eskip': 'y: Path("/y") -> <shunt>;\nx: Path("/other") -> <shunt>;\nt2: Path("/t") -> <shunt>;',
      'filters/shout.ts': SHOUT,
      'broken/bad.ts': 'export const bad = ;\n',
      'broken/clash.js': `export const it = { name: 'setPath', create: () => ({}) };`,
    });
  });

  after(() => folder[Symbol.asyncDispose]());

  it('says nothing about what is right', async () => {
    assert.deepEqual(await command(['check', folder.at('good.eskip')]), { code: 0, out: '', err: CLEAN });
    assert.deepEqual(await command(['check', '--json', '-'], 'a: * -> <shunt>;'), { code: 0, out: '[]\n', err: '' });
  });

  const found: [place: string, code: string, message: RegExp, suggestion?: string][] = [
    ['1:18', 'unknown-filter', /^unknown filter "setPth"$/, 'setPath'],
    ['2:4', 'unknown-predicate', /^unknown predicate "Pth"$/, 'Path'],
    ['2:17', 'bad-argument', /^setPath: expects 1 argument \(path\), found 0$/],
    ['2:37', 'bad-argument', /^status: .*"x"/],
    ['3:14', 'syntax', /^expected ',' or '\)', found '->'$/],
    ['4:19', 'unknown-algorithm', /^unknown algorithm "rondRobin"$/, 'roundRobin'],
    ['5:16', 'bad-argument', /^PathRegexp: /],
    ['5:36', 'bad-argument', /^modPath: /],
    ['6:1', 'duplicate-id', /^the route id "a" is already taken at 1:1$/],
  ];

  it('finds everything that is wrong, in the order of the file, as JSON', async () => {
    const { code, out, err } = await command(['check', '--json', folder.at('wrong.eskip')]);
    assert.deepEqual([code, err], [1, '']);
    const findings = JSON.parse(out);
    assert.deepEqual(
      findings.map(({ line, column, code }: Record<string, unknown>) => [`${line}:${column}`, code]),
      found.map(([place, code]) => [place, code]),
    );
    for (const [at, [, , message, suggestion]] of found.entries()) {
      assert.match(findings[at].message, message);
      assert.equal(findings[at].suggestion, suggestion);
      assert.deepEqual([findings[at].file, findings[at].severity], [folder.at('wrong.eskip'), 'error']);
    }
  });

  it('and for people, with the place and what was meant', async () => {
    const { code, out } = await command(['check', folder.at('wrong.eskip')]);
    assert.equal(code, 1);
    const places = [...out.matchAll(/^\S+\/wrong\.eskip:(\d+:\d+): ([a-z-]+): /gm)].map((match) => match.slice(1));
    assert.deepEqual(
      places,
      found.map(([place, code]) => [place, code]),
    );
    const first = `${folder.at('wrong.eskip')}:1:18: unknown-filter: unknown filter "setPth"; did you mean "setPath"?\n`;
    assert.ok(out.startsWith(`${first}a: Path("/a") -> setPth("/x") -> <shunt>;\n${' '.repeat(17)}^^^^^^\n`), out);
  });

  it('reads all files together: ids are taken, and routes hidden, across them', async () => {
    const { code, out } = await command(
      ['check', '--json', folder.at('team'), folder.at('good.eskip'), '-'],
      '\nlate: Path("/good") && Method("GET") && True() -> <shunt>;\nhidden: Path("/good") -> <shunt>;',
    );
    assert.equal(code, 1);
    const findings = JSON.parse(out).map(({ file, line, severity, code }: Record<string, unknown>) => [
      file,
      line,
      severity,
      code,
    ]);
    assert.deepEqual(findings, [
      [folder.at('team/b.eskip'), 2, 'error', 'duplicate-id'],
      ['<stdin>', 3, 'warning', 'never-matches'],
    ]);
  });

  it('knows the drop-ins of --filters-dir, and what is wrong with them', async () => {
    const routes = 'a: * -> shout(2) -> <shunt>;';
    assert.match((await command(['check', '-'], routes)).out, /unknown filter "shout"/);
    const filters = `--filters-dir=${folder.at('filters')}`;
    assert.deepEqual(await command(['check', filters, '-'], routes), { code: 0, out: '', err: CLEAN });
    const { code, out } = await command(['check', filters, '-'], 'a: * -> shout(4) -> <shunt>;');
    assert.equal(code, 1);
    assert.match(out, /^<stdin>:1:15: bad-argument: shout: .*3/);
    const advised = await command(['check', filters, '-'], 'a: * -> shout(3) -> <shunt>;');
    assert.match(
      advised.out,
      /^<stdin>:1:15: warning: advice: shout: argument 1 \(times\): thrice is hard to bear\n.*\n {14}\^\n/,
    );
    assert.equal(advised.code, 0);
    assert.equal((await command(['check', filters, '--strict', '-'], 'a: * -> shout(3) -> <shunt>;')).code, 1);
    const broken = await command(['check', '--filters-dir', folder.at('broken'), '-'], '');
    assert.deepEqual([broken.code, broken.err], [1, '2 errors in 2 files\n']);
    assert.match(broken.out, /\/bad\.ts:1:20: /);
    assert.match(broken.out, /\/clash\.js:1:\d+: .*"setPath"/);
  });
});

describe('sluice docs', () => {
  it('prints the reference of all there is, or of some', async () => {
    const { code, out } = await command(['docs']);
    assert.equal(code, 0);
    for (const heading of [
      '# Predicates',
      '## Path',
      '# Filters',
      '## setPath',
      '# Balancing algorithms',
      '## roundRobin',
    ])
      assert.match(out, new RegExp(`^${heading}$`, 'm'));
    const some = await command(['docs', 'Host', 'status']);
    assert.deepEqual(some.out.match(/^## .*/gm), ['## Host', '## status']);
    const none = await command(['docs', 'zzzz', 'statuz']);
    assert.deepEqual(
      [none.code, none.err],
      [1, 'sluice: there is nothing called zzzz\nsluice: there is nothing called statuz; did you mean status?\n'],
    );
  });

  it('searches for words that are no names: in names, tasks and texts', async () => {
    const found = async (word: string): Promise<string[]> => {
      const { code, out, err } = await command(['docs', word]);
      assert.deepEqual([code, err], [0, '']);
      return [...out.matchAll(/^ {2}(\S+) +(?:predicate|filter|algorithm) /gm)].map(([, name]) => name as string);
    };
    const cases: [word: string, ...names: string[]][] = [
      ['cors', 'corsOrigin'],
      ['auth', 'basicAuth', 'webhook'],
      ['canary', 'Traffic'],
      ['mirror', 'tee'],
      ['prefix', 'modPath'],
      ['allow', 'ClientIP'],
      ['maintenance', 'inlineContent'],
      ['rate limit', 'clientRatelimit'],
      ['sticky', 'consistentHashKey'],
    ];
    for (const [word, ...names] of cases) {
      const hits = await found(word);
      for (const name of names) assert.ok(hits.includes(name), `${word}: ${hits.join(' ')}`);
    }
    assert.match((await command(['docs', 'SETRESPONSEHEADER'])).out, /^## setResponseHeader\n/);
  });

  it('shows each name in the overview of its page once, by task', async () => {
    const { out } = await command(['docs']);
    const entries = [...out.matchAll(/^- \[(\w+)\]\(#/gm)].map(([, name]) => name);
    assert.deepEqual(new Set(entries).size, entries.length);
    for (const title of ['Authentication', 'Redirects', 'Traffic and time'])
      assert.match(out, new RegExp(`^### ${title}$`, 'm'));
    assert.doesNotMatch(out, /^### Others$/m, 'each built-in name has a task');
  });

  it('is JSON with --json, drop-ins included', async () => {
    await using folder = await Folder.make({ 'filters/shout.ts': SHOUT });
    const { code, out } = await command(['docs', '--json', '--filters-dir', folder.at('filters'), 'shout', 'Weight']);
    assert.equal(code, 0);
    const { predicates, filters, balancers } = JSON.parse(out);
    assert.deepEqual([predicates.map(({ name }: { name: string }) => name), balancers], [['Weight'], []]);
    const [{ name, summary, origin, args }] = filters;
    assert.deepEqual([name, summary, origin], ['shout', 'Says it loudly.', folder.at('filters/shout.ts')]);
    assert.deepEqual([args[0].name, args[0].optional, args[0].rest], ['times', false, false]);
  });
});

describe('colours', () => {
  const found = {
    code: 'syntax',
    severity: 'error',
    message: 'no',
    place: { file: 'a', line: 1, column: 2, excerpt: ' x: y\n ^' },
    related: [{ message: 'it is taken here', place: { file: 'b', line: 1, column: 1, excerpt: 'x\n^' } }],
  } as const;
  const report = 'a:1:2: syntax: no\n x: y\n ^\nb:1:1: it is taken here\nx\n^';

  it('set off places, codes and carets on a terminal, and nothing else', () => {
    const shown = (colours: boolean): string => {
      let text = '';
      showFindings([found], (line) => (text += line), { colours });
      return text;
    };
    assert.equal(shown(false), `${report}\n`);
    const bold = (text: string): string => `\x1b[1m${text}\x1b[22m`;
    const red = (text: string): string => `\x1b[31m${text}\x1b[39m`;
    assert.equal(
      shown(true),
      `${bold('a:1:2:')} ${red('syntax: ')}no\n x: y\n${red(' ^')}\n${bold('b:1:1:')} it is taken here\nx\n${red('^')}\n`,
    );
  });

  it('are for terminals, unless NO_COLOR or FORCE_COLOR say otherwise', () => {
    const cases: [isTerminal: boolean, env: Record<string, string>, wanted: boolean][] = [
      [true, {}, true],
      [false, {}, false],
      [true, { NO_COLOR: '1' }, false],
      [true, { NO_COLOR: '' }, true],
      [true, { TERM: 'dumb' }, false],
      [false, { FORCE_COLOR: '1' }, true],
      [true, { FORCE_COLOR: '0' }, false],
      [false, { FORCE_COLOR: '3', NO_COLOR: '1' }, true],
    ];
    for (const [isTerminal, env, wanted] of cases)
      assert.equal(wantsColours(isTerminal, env), wanted, JSON.stringify([isTerminal, env]));
  });
});
