/**
 * Everything that routes may name, and what comes built in: the same in every thread and command. May import what
 * defines words: filters, src/predicates, src/balance; and src/routes, which keeps them.
 */
import { builtinFilters } from '../../filters/index.ts';
import { balancers } from '../balance/index.ts';
import type { FilterSpec, PredicateSpec } from '../plugin/index.ts';
import { builtinPredicates } from '../predicates/index.ts';
import { Registry } from '../routes/index.ts';
import { refuseNames } from './refused-names.ts';

export { dropInFolders, isBuiltinFile, withoutBuiltins } from './builtin-files.ts';

/** A registry with everything that comes with Sluice: the same in every thread and command. */
export function builtinRegistry(): Registry {
  const registry = new Registry();
  for (const spec of builtinPredicates) registry.predicates.add(spec as PredicateSpec);
  for (const spec of builtinFilters) registry.filters.add(spec as FilterSpec);
  for (const spec of balancers) registry.balancers.add(spec);
  refuseNames(registry);
  return registry;
}
