import assert from 'node:assert/strict';
import { parseRoutes } from '../../grammar/index.ts';
import type { ArgValue, FilterSpec } from '../../src/plugin/index.ts';

/** The arguments with which the examples of a filter use it, each list once. Where they name the origin nobody listens. */
export function usesOf(spec: FilterSpec): ArgValue[][] {
  const uses = new Map<string, ArgValue[]>();
  for (const { route } of spec.examples) {
    const { value, errors } = parseRoutes(route.replaceAll('origin.example', '127.0.0.1:1'));
    assert.deepEqual(errors, [], `${spec.name}: ${route}`);
    for (const { filters } of value) {
      for (const { name, args } of filters) {
        const values = args.map((each) => each.value);
        if (name === spec.name) uses.set(JSON.stringify(values), values);
      }
    }
  }
  return [...uses.values()];
}
