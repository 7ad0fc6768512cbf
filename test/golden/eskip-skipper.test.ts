import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { RouteJson } from '../../grammar/index.ts';
import { readDocument as parseRoutes, toJson } from '../../src/routes/index.ts';

/*
 * skipper.json holds what Skipper v0.27 makes of small documents, recorded from its own parser: the JSON of the routes,
 * (headers sorted, since their order is left to chance there) or the error. Sluice must agree on all of them but the listed ones.
 */

interface Verdict {
  text: string;
  routes?: RouteJson[];
  refused?: string;
}

const place = new URL('./eskip/skipper.json', import.meta.url);
const verdicts = JSON.parse(readFileSync(place, 'utf8')) as Verdict[];

/** Why Sluice refuses what Skipper accepts. */
const stricter: [RegExp, string][] = [
  [/[(],/, 'a list of arguments that begins with a comma'],
  [/<"a:80">|<"\/a">|<"http:\/\/">/, 'an endpoint without scheme or host'],
  [/^a: .*; a: /, 'an id that stands twice'],
];

/** Why Sluice accepts what Skipper refuses. */
const laxer: [RegExp, string][] = [
  [/^\ufeff/, 'a byte order mark is what editors write'],
  [/predicate expects/, 'arguments are checked against the registry, later'],
];

function excused(text: string, list: [RegExp, string][]): boolean {
  return list.some(([pattern]) => pattern.test(text));
}

for (const { text, routes, refused } of verdicts) {
  test(`as Skipper: ${JSON.stringify(text)}`, () => {
    const { value, errors } = parseRoutes(text);
    if (refused !== undefined) {
      assert.equal(errors.length === 0, excused(text, laxer) || excused(refused, laxer));
    } else if (excused(text, stricter)) {
      assert.notDeepEqual(errors, []);
    } else {
      assert.deepEqual(errors, []);
      assert.deepEqual(JSON.parse(JSON.stringify(value.map(toJson))), routes);
    }
  });
}
