// The routes that pages show are ones that `sluice check` finds nothing wrong with; where a page claims requests and
// answers in comments, they are asked of a proxy; options and commands that it names exist.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { OPTIONS } from '../../src/config/index.ts';
import { checkRoute } from '../../src/routes/index.ts';
import { builtinRegistry } from '../../src/vocabulary/index.ts';
import { optionsClaimed, verifyClaims } from '../kit/claims.ts';
import { command } from '../kit/command.ts';
import { type DemoProxy, startDemoProxy } from '../kit/demo.ts';
import { definitions as definitionsIn } from '../kit/proxy.ts';
import { blocksOf, pages } from './markdown.ts';

const registry = builtinRegistry();
// The reference's examples are the specs' own: test/examples.test.ts runs them.
const blocks = pages.filter(({ path }) => !path.startsWith('docs/reference/')).flatMap(blocksOf);
const routes = blocks.filter(({ language }) => language === 'eskip');
const claims = /^\/\/ > /m;

suite('routes that pages show', () => {
  let demo: DemoProxy;
  before(async () => {
    demo = await startDemoProxy();
  });
  after(() => demo.close());

  test('are many', () => assert.ok(routes.length > 30, String(routes.length)));

  for (const { code, place } of routes) {
    test(place, async () => {
      const definitions = definitionsIn(code);
      const found = definitions.flatMap((def) => checkRoute(def, registry));
      assert.deepEqual(
        found.filter(({ severity }) => severity === 'error'),
        [],
      );
      if (!claims.test(code)) return;
      const text = demo.localised(code);
      demo.proxy.route(text, optionsClaimed(text));
      await verifyClaims(text, demo.proxy.port);
    });
  }
});

suite('command lines that pages show', () => {
  const lines = blocks
    .filter(({ language }) => language === 'sh' || language === 'shell')
    .flatMap(({ code, place }) =>
      code
        .replace(/\\\n/g, ' ')
        .split('\n')
        .map((line) => ({ line, place })),
    )
    .filter(({ line }) => /(?:^|npx |run )sluice (?:-- )?\w/.test(line));

  test('are some', () => assert.ok(lines.length > 5, String(lines.length)));

  for (const { line, place } of lines) {
    test(`${place}: ${line}`, async () => {
      const [, name = '', rest = ''] = /sluice (?:-- )?([a-z]+)(.*)/.exec(line) ?? [];
      assert.equal((await command([name, '--help'])).code, 0, name);
      if (name !== 'run') return;
      for (const [, option = ''] of rest.matchAll(/\s--?([a-z][a-z0-9-]*)/g))
        assert.ok(Object.hasOwn(OPTIONS, option), option);
    });
  }
});
