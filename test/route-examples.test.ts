// Every file of routes/examples answers as its comments claim, and with all the others in one table.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { checkRoute, hiddenRoutes, recordOf } from '../src/routes/index.ts';
import { builtinRegistry } from '../src/vocabulary/index.ts';
import { optionsClaimed, verifyClaims } from './kit/claims.ts';
import { type DemoProxy, startDemoProxy } from './kit/demo.ts';
import { definitions } from './kit/proxy.ts';

const ROUTES = join(import.meta.dirname, '..', 'routes');
const EXAMPLES = join(ROUTES, 'examples');
const read = (...names: string[]): string => readFileSync(join(...names), 'utf8');

suite('routes/examples', () => {
  let demo: DemoProxy;
  before(async () => {
    demo = await startDemoProxy();
  });
  after(() => demo.close());

  for (const name of readdirSync(EXAMPLES)) {
    test(name, async () => {
      const text = demo.localised(read(EXAMPLES, name));
      demo.proxy.route(text, optionsClaimed(text));
      await verifyClaims(text, demo.proxy.port);
    });
  }
});

test('what `npm start` serves has nothing that check finds fault with', () => {
  const routes = definitions(read(ROUTES, 'main.eskip'));
  const registry = builtinRegistry();
  assert.deepEqual(
    routes.flatMap((def) => checkRoute(def, registry)),
    [],
  );
  assert.deepEqual(hiddenRoutes(routes.map(recordOf)), []);
});

test('the whole folder can be served at once: no id is taken twice', () => {
  const texts = ['main.eskip', ...readdirSync(EXAMPLES).map((name) => join('examples', name))];
  const ids = texts.flatMap((name) => definitions(read(ROUTES, name)).map(({ id }) => `${id} (${name})`));
  const bare = ids.map((id) => id.split(' ')[0]);
  assert.deepEqual(
    ids.filter((_, at) => bare.indexOf(bare[at]) !== at),
    [],
  );
});
