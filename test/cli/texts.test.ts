import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { command } from '../kit/command.ts';
import { Folder } from '../kit/folder.ts';
import { sluice } from '../kit/sluice-process.ts';

const MESSY = `// about a
a:   Path( "/a/:id" )&&Method("GET")->setPath(\`/x\`)
  ->status(2.50) -> "https://b.example" ; // behind a
b: Host(/^b[.]example$/)  -> <roundRobin, "http://z:1",  "http://a:1">;`;

/** Laid out; the literals stay as they were written. */
const FORMATTED = `// about a
a: Path("/a/:id") && Method("GET")
  -> setPath(\`/x\`)
  -> status(2.50)
  -> "https://b.example"; // behind a
b: Host(/^b[.]example$/) -> <roundRobin, "http://z:1", "http://a:1">;
`;

const CANONICAL = `a: Path("/a/:id") && Method("GET") -> setPath("/x") -> status(2.5) -> "https://b.example";
b: Host(/^b[.]example$/) -> <roundRobin, "http://z:1", "http://a:1">;
`;

const BROKEN = 'x: Path("/x" -> <shunt>;\ny: -> <shunt>;\n';

describe('sluice print and fmt', () => {
  let folder: Folder;

  before(async () => {
    folder = await Folder.make({
      'routes/a.eskip': MESSY,
      'routes/b.eskip': 'c: NoSuchPredicate("x") -> noSuchFilter(1) -> <shunt>;',
      'routes/notes.txt': 'not a route',
      'routes/.hidden.eskip': BROKEN,
      'broken.eskip': BROKEN,
    });
  });

  after(() => folder[Symbol.asyncDispose]());

  it('print: a folder or standard input in canonical form, knowing syntax only', async () => {
    const { code, out, err } = await command(['print', folder.at('routes')]);
    assert.equal(out, `${CANONICAL}c: NoSuchPredicate("x") -> noSuchFilter(1) -> <shunt>;\n`);
    assert.deepEqual([code, err], [0, '']);
    assert.deepEqual(await command(['print', '-'], MESSY), { code: 0, out: CANONICAL, err: '' });
    assert.deepEqual(await command(['print', '-']), { code: 0, out: '', err: '' });
  });

  it('print: one filter a line with --pretty', async () => {
    const { out } = await command(
      ['print', '-pretty', '-'],
      'a: Path("/a") -> f(1) -> g("x") -> <shunt>; b: * -> <shunt>;',
    );
    assert.equal(out, 'a: Path("/a")\n  -> f(1)\n  -> g("x")\n  -> <shunt>;\n\nb: *\n  -> <shunt>;\n');
    const { out: tabs } = await command(['print', '--pretty', '--indent=\t', '-'], 'a: * -> f() -> <shunt>;');
    assert.equal(tabs, 'a: *\n\t-> f()\n\t-> <shunt>;\n');
  });

  // Made with Skipper's own `eskip print -json`.
  it("print: Skipper's JSON with --json", async () => {
    const { code, out } = await command(['print', '--json', '-'], MESSY);
    assert.equal(code, 0);
    assert.equal(
      out,
      '[{"id":"a","backend":{"type":"network","address":"https://b.example"},"predicates":[{"name":"Method","args":["GET"]},{"name":"Path","args":["/a/:id"]}],"filters":[{"name":"setPath","args":["/x"]},{"name":"status","args":[2.5]}]},' +
        '{"id":"b","backend":{"type":"lb","algorithm":"roundRobin","endpoints":["http://a:1","http://z:1"]},"predicates":[{"name":"Host","args":["^b[.]example$"]}]}]\n',
    );
  });

  it('print and fmt: all errors with their places, and nothing else', async () => {
    for (const args of [['print'], ['print', '--json'], ['fmt'], ['fmt', '-w'], ['fmt', '--check']]) {
      const { code, out, err } = await command([...args, folder.at('broken.eskip')]);
      assert.deepEqual([code, out], [1, ''], args.join(' '));
      const places = [...err.matchAll(/^\S*broken\.eskip:(\d+:\d+): syntax: expected /gm)].map(([, place]) => place);
      assert.deepEqual(places, ['1:14', '2:4']);
    }
    assert.equal(await folder.read('broken.eskip'), BROKEN);
    assert.match((await command(['print', '-'], BROKEN)).err, /^<stdin>:1:14: /);
  });

  it('fmt: shows, checks or writes one layout; comments survive', async () => {
    assert.deepEqual(await command(['fmt', '-'], MESSY), { code: 0, out: FORMATTED, err: '' });
    const files = [folder.at('routes/a.eskip'), folder.at('routes/b.eskip')];
    assert.deepEqual(await command(['fmt', '--check', '-'], MESSY), { code: 1, out: '<stdin>\n', err: '' });
    const { code, out } = await command(['fmt', '--check', ...files]);
    assert.deepEqual([code, out.split('\n')[0]], [1, files[0]]);
    assert.equal(await folder.read('routes/a.eskip'), MESSY);
    assert.deepEqual(await command(['fmt', '-w', folder.at('routes')]), { code: 0, out: '', err: '' });
    assert.equal(await folder.read('routes/a.eskip'), FORMATTED);
    assert.deepEqual(await command(['fmt', '-check', ...files]), { code: 0, out: '', err: '' });
  });

  it('the process: results on standard output, errors on standard error, and the exit code', async () => {
    assert.deepEqual(await sluice(['print', '-'], { input: 'a: * -> <shunt>;' }), {
      code: 0,
      out: 'a: * -> <shunt>;\n',
      err: '',
    });
    const { code, out, err } = await sluice(['fmt', 'broken.eskip'], { cwd: folder.path });
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /^broken\.eskip:1:14: syntax: .*\nx: Path\("\/x" -> <shunt>;\n {13}\^\^\n/);
  });
});

describe('sluice', () => {
  it('tells what it can do', async () => {
    for (const args of [[], ['help'], ['--help'], ['-h']]) {
      const { code, out, err } = await command(args);
      assert.deepEqual([code, err], [0, '']);
      for (const name of ['run', 'check', 'print', 'fmt', 'match', 'docs'])
        assert.match(out, new RegExp(`^ {2}${name} `, 'm'));
    }
    for (const name of ['run', 'check', 'print', 'fmt', 'match', 'docs']) {
      for (const flag of ['--help', '-h', '-help']) {
        const { code, out } = await command([name, flag, '--no-such-flag']);
        assert.equal(code, 0);
        assert.ok(out.startsWith(`sluice ${name} `), out);
      }
    }
    const { out } = await command(['run', '--help']);
    assert.match(out, /--routes-file PATH\n/);
    assert.match(out, /--shutdown-timeout DURATION\n.*\(default 30s\)/);
    assert.match((await command(['version'])).out, /^sluice \d+\.\d+\.\d+\n$/);
  });

  const misuses: [args: string[], message: RegExp][] = [
    [['chek'], /unknown command "chek"; did you mean check\?/],
    [['serve'], /unknown command "serve"; there are run, check, print, fmt, match, docs/],
    [['print', '--jsn', 'x'], /unknown option --jsn; did you mean --json\?/],
    [['print', '--json=maybe', '-'], /unknown option --json=maybe/],
    [['print'], /print needs a file, a folder, or -/],
    [['fmt'], /fmt needs a file, a folder, or -/],
    [['check'], /check needs a file, a folder, or -/],
    [['check', '--filters-dir'], /option --filters-dir needs a value/],
    [['check', '--filters-dir', 'nowhere', '-'], /there is no folder nowhere/],
    [['check', 'no-such-file'], /there is no file or folder no-such-file/],
    [['match'], /match needs a file or a folder/],
    [['match', '-'], /match needs --url or --requests/],
    [['match', '-', '--url', '/path'], /expected a URL such as http:\/\/host\/path, found "\/path"/],
    [['match', '-', '--url', 'http://h', '--header', 'none'], /expected --header 'Name: value', found "none"/],
    [['match', '-', '--requests', 'no-such-file'], /no-such-file/],
  ];
  for (const [args, message] of misuses) {
    it(`refuses: ${args.join(' ')}`, async () => {
      const { code, out, err } = await command(args);
      assert.match(err, message);
      assert.match(err, /^sluice: .*\n$/);
      assert.deepEqual([code, out], [2, '']);
    });
  }
});
