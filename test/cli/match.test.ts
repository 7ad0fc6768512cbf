import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { command } from '../kit/command.ts';
import { Folder } from '../kit/folder.ts';
import { sluice } from '../kit/sluice-process.ts';

const ROUTES = `user: Path("/users/:id/*rest") && Method("GET") -> "http://users";
post: Path("/users/:id/*rest") && Methods("POST", "PUT") && Header("X-Kind", "new") -> compress() -> "http://users";
inner: PathSubtree("/inner") && Source("10.0.0.0/8", "2001:db8::/32") -> <shunt>;
hosted: Host(/^h[.]example:8080$/) -> <shunt>;
heavy: Host(/^h[.]example:8080$/) && QueryParam("q", "^%zz") && Weight(10) -> <shunt>;
raw: PathRegexp(/^\\/raw/) -> <shunt>;
exact: Path("/exact") -> <shunt>;`;

/** Runs `match` on the routes and reads its lines. */
async function match(...args: string[]): Promise<Record<string, unknown>[]> {
  const { code, out, err } = await command(['match', '-', ...args], ROUTES);
  assert.deepEqual([code, err], [0, '']);
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('sluice match', () => {
  const cases: [args: string[], route: string | null, params?: Record<string, string>][] = [
    [['--url', 'http://any/users/7/a/b?c'], 'user', { id: '7', rest: '/a/b' }],
    [['--url=http://any/users/a%2Fb/x%20y', '--method=GET'], 'user', { id: 'a', rest: '/b/x y' }],
    [['-url', 'http://any/users/7/a', '-method', 'PUT', '-header', 'x-kind: new'], 'post', { id: '7', rest: '/a' }],
    [['--url', 'http://any/users/7/a', '--method', 'PUT', '--header', 'X-Kind: old'], null],
    [['--url', 'http://any/users/7/a', '--method', 'put', '--header', 'X-Kind: new'], null],
    [['--url', 'https://any/inner/x', '--client-ip', '10.1.2.3'], 'inner', { '*': '/x' }],
    [['--url', 'http://any/inner', '--client-ip', '2001:db8::7'], 'inner', { '*': '/' }],
    [['--url', 'http://any/inner', '--client-ip', '192.0.2.1'], null],
    [['--url', 'http://any/inner', '--header', 'X-Forwarded-For: 10.9.9.9'], null],
    [
      ['--url', 'http://any/inner', '--header', 'X-Forwarded-For: 10.9.9.9', '--trusted-proxies', '127.0.0.0/8,::1'],
      'inner',
      { '*': '/' },
    ],
    [['--url', 'http://any/inner'], null],
    // The authority is the Host header as sent.
    [['--url', 'http://h.example:8080'], 'hosted'],
    [['--url', 'http://h.example:8080?x'], 'hosted'],
    [['--url', 'http://h.example/'], null],
    [['--url', 'http://any/', '--header', 'Host: h.example:8080'], 'hosted'],
    [['--url', 'http://any/exact'], 'exact'],
    [['--url', 'http://any/exact/'], null],
    [['--url', 'http://any/exact/', '--ignore-trailing-slash'], 'exact'],
    [['--url', 'http://any/nowhere'], null],
  ];
  for (const [args, route, params = {}] of cases) {
    it(`${args.join(' ')}: ${route ?? 'none'}`, async () => {
      assert.deepEqual(await match(...args), [{ route, params }]);
    });
  }

  it('says with --explain which predicate refused each candidate, the first to be asked first', async () => {
    assert.deepEqual(await match('--url', 'http://any/users/7/a', '--method', 'POST', '--explain', '--json'), [
      {
        route: null,
        params: {},
        candidates: [
          { route: 'post', rank: 2, refusedBy: 'Header("X-Kind", "new")' },
          { route: 'user', rank: 1, refusedBy: 'Method("GET")' },
          // Then those without a path.
          { route: 'heavy', rank: 12, refusedBy: 'Host("^h[.]example:8080$")' },
          { route: 'hosted', rank: 1, refusedBy: 'Host("^h[.]example:8080$")' },
          { route: 'raw', rank: 1, refusedBy: 'PathRegexp("^/raw")' },
        ],
      },
    ]);
    const [found] = await match('--explain', '--json', '--url', 'http://h.example:8080/');
    const candidates = found?.candidates as { route: string; refusedBy?: string }[];
    assert.deepEqual(
      [found?.route, candidates[0]?.route, candidates[0]?.refusedBy],
      ['hosted', 'heavy', 'QueryParam("q", "^%zz")'],
    );
    assert.deepEqual(candidates.at(-1), { ...candidates.at(-1), route: 'hosted' });
    assert.ok(!('refusedBy' in (candidates.at(-1) as object)));
  });

  it('explains for people: the order, what was found instead, and paths that are near', async () => {
    await using folder = await Folder.make({ 'a.eskip': ROUTES });
    const explain = async (...args: string[]): Promise<string[]> => {
      const { code, out, err } = await command(['match', folder.at('a.eskip'), '--explain', ...args]);
      assert.deepEqual([code, err], [0, '']);
      return out.replaceAll(folder.at('a.eskip'), 'a.eskip').trimEnd().split('\n');
    };
    assert.deepEqual(await explain('--url', 'http://any/users/7/a', '--method', 'PUT', '--header', 'X-Kind: old'), [
      'PUT http://any/users/7/a',
      'leads to: no route matches',
      '',
      'asked in this order:',
      '  post    a.eskip:2:1  no: Header("X-Kind", "new"), but header X-Kind is "old"',
      '  user    a.eskip:1:1  no: Method("GET"), but the method is "PUT"',
      '  heavy   a.eskip:5:1  no: Host("^h[.]example:8080$"), but the host is "any"',
      '  hosted  a.eskip:4:1  no: Host("^h[.]example:8080$"), but the host is "any"',
      '  raw     a.eskip:6:1  no: PathRegexp("^/raw"), but the path is "/users/7/a"',
    ]);
    const found = await explain('--url', 'http://any/users/7/a');
    assert.deepEqual(found.slice(1, 4), ['leads to: user (a.eskip:1:1)', '  ${id} = "7"', '  ${rest} = "/a"']);
    const near = async (path: string): Promise<string | undefined> =>
      (await explain('--url', `http://any${path}`)).find((line) => line.startsWith('  exact '));
    assert.equal(
      await near('/exact/'),
      '  exact  a.eskip:7:1  Path("/exact") is the same but for the slash at the end',
    );
    assert.equal(await near('/Exact'), '  exact  a.eskip:7:1  Path("/exact") differs in case only');
    assert.equal(await near('/exat'), '  exact  a.eskip:7:1  Path("/exact") is like it');
    assert.match((await near('/exact/x')) ?? '', /takes only this path; PathSubtree takes what is below it$/);
    assert.equal(await near('/elsewhere'), undefined);
    const nothing = await command(['match', '-', '--explain', '--url', 'http://any/'], 'a: Path("/a") -> <shunt>;');
    assert.match(nothing.out, /nothing was asked: none of the paths is like it/);
  });

  it('answers each line of --requests with one, and takes the target byte for byte', async () => {
    const lines = [
      {
        method: 'POST',
        url: 'http://any/users/1/x',
        headers: [
          ['x-kind', 'old'],
          ['X-Kind', 'new'],
        ],
      },
      { url: 'http://any/inner', remote: '10.0.0.1' },
      { url: 'http://any//exact' },
      { url: 'http://any/users/%zz/x' },
      { url: 'http://any/raw/../exact' },
    ];
    await using folder = await Folder.make({
      'routes/main.eskip': ROUTES,
      'requests.jsonl': `${lines.map((line) => JSON.stringify(line)).join('\n\n')}\n`,
    });
    const fromFile = await command(['match', folder.at('routes'), '--requests', folder.at('requests.jsonl')]);
    const input = await folder.read('requests.jsonl');
    const fromInput = await sluice(['match', 'routes', '--requests', '-'], { cwd: folder.path, input });
    assert.deepEqual(fromFile, fromInput);
    assert.deepEqual([fromFile.code, fromFile.err], [0, '']);
    const routes = fromFile.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).route);
    assert.deepEqual(routes, ['post', 'inner', 'exact', 'user', 'exact']);
  });

  it('names a route without an id as run does, after its file', async () => {
    await using folder = await Folder.make({ 'only-one.eskip': 'Path("/x") -> <shunt>' });
    const { out } = await command(['match', folder.at('only-one.eskip'), '--url', 'http://any/x']);
    assert.deepEqual(JSON.parse(out), { route: 'only_one', params: {} });
  });

  it('answers nothing when routes or drop-ins have errors', async () => {
    await using folder = await Folder.make({
      'twice/a.eskip': 'a: Path("/a") -> <shunt>;',
      'twice/b.eskip': '\na: Path("/b") -> <shunt>;',
      'syntax.eskip': 'a: Path("/a" -> <shunt>;',
      'argument.eskip': 'a: Path("/a") && Weight("x") -> <shunt>;',
      'good.eskip': 'a: Path("/a") && Good() -> <shunt>;',
      'filters/good.ts': `export const good = { name: 'Good', create: () => ({ match: () => true }) };`,
      'broken/bad.ts': 'export const bad = ;',
    });
    const cases: [args: string[], problem: RegExp][] = [
      [['twice'], /^\S*twice\/b\.eskip:2:1: duplicate-id: the route id "a" is already taken at \S*a\.eskip:1:1\n/],
      [['syntax.eskip'], /syntax\.eskip:1:14: syntax: /],
      [['argument.eskip'], /Weight/],
      [['good.eskip'], /Good/],
      [['good.eskip', '--filters-dir', 'broken'], /broken\/bad\.ts:1:20: /],
    ];
    for (const [[routes, ...flags], problem] of cases) {
      const rest = flags.map((flag) => (flag.startsWith('-') ? flag : folder.at(flag)));
      const { code, out, err } = await command([
        'match',
        folder.at(routes as string),
        ...rest,
        '--url',
        'http://any/a',
      ]);
      assert.deepEqual([code, out], [1, ''], err);
      assert.match(err, problem);
    }
    const wrong = await command(['match', folder.at('syntax.eskip'), '--requests', '-'], '{"url":"http://h"}\n');
    assert.equal(wrong.code, 1);
    for (const line of [
      '{',
      'null',
      '{"uri":"http://h"}',
      '{"url":"http://h","headers":{"a":"b"}}',
      '{"url":"http://h","method":1}',
    ]) {
      const { code, err } = await command(['match', folder.at('twice/a.eskip'), '--requests', '-'], `\n${line}`);
      assert.deepEqual([code, /^sluice: -:2: expected a JSON object/.test(err)], [2, true], line);
    }
  });
});
