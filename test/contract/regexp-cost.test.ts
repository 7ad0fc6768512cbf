// Expressions of routes that cost much: refused or told when routes are checked, and bounded where clients send what is matched.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { ask } from '../kit/client.ts';
import { command } from '../kit/command.ts';
import { startTestProxy, type TestProxy } from '../kit/proxy.ts';

const check = async (route: string) => {
  const { code, out } = await command(['check', '--json', '-'], `r: ${route};`);
  return { code, findings: JSON.parse(out) as { line: number; column: number; severity: string; message: string }[] };
};

suite('expressions that cost much', () => {
  let proxy: TestProxy;
  before(async () => {
    proxy = await startTestProxy(`
      dear: Path("/dear") && HeaderRegexp("X-A", ".{1,150}x$") -> status(200) -> <shunt>;
      cheap: Path("/cheap") && HeaderRegexp("X-A", "(a+)+$") -> status(200) -> <shunt>;
      other: Path("/cheap") -> status(204) -> <shunt>;
    `);
  });
  after(() => proxy.close());

  for (const [route, column] of [
    ['HeaderRegexp("X-A", ".{1,500}x$") -> <shunt>', 24],
    ['* -> modPath("(a{1,100}){1,10}b", "") -> <shunt>', 17],
    ['* -> sedRequest("a.{1,900}b", "") -> <shunt>', 20],
  ] as const) {
    test(`${route} is refused, at the expression`, async () => {
      const { code, findings } = await check(route);
      assert.deepEqual([code, findings.length, findings[0]?.line, findings[0]?.column], [1, 1, 1, column]);
      assert.match(findings[0]?.message as string, /the expression costs too much: .*use smaller counts/);
    });
  }

  test('one that refuses long texts is told', async () => {
    const { findings } = await check('HeaderRegexp("X-A", ".{1,150}x$") -> <shunt>');
    assert.equal(findings[0]?.severity, 'warning');
    assert.match(findings[0]?.message as string, /texts of more than \d+ characters are answered 400/);
  });

  test('a buffer that could hold up all requests is refused', async () => {
    const { findings } = await check('* -> sed("(foo|bar)+[a-z]+x", "", 4000000) -> <shunt>');
    assert.match(
      findings[0]?.message as string,
      /maxBuffer.*expected at most \d+ characters for this pattern, found 4000000/,
    );
  });

  test('a header that is too long for the expression is a 400, for one that costs little it is matched', async () => {
    const long = 'y'.repeat(60_000);
    assert.equal((await ask({ port: proxy.port, target: '/dear', headers: { 'X-A': long } })).status, 400);
    assert.equal((await ask({ port: proxy.port, target: '/dear', headers: { 'X-A': 'yx' } })).status, 200);
    const blanks = `${'a'.repeat(60_000)}!`;
    assert.equal((await ask({ port: proxy.port, target: '/cheap', headers: { 'X-A': blanks } })).status, 204);
    assert.equal((await ask({ port: proxy.port, target: '/cheap', headers: { 'X-A': 'aaa' } })).status, 200);
  });
});
