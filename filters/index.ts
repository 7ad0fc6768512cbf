/**
 * Every built-in filter, in exactly the shape a user's drop-in has, in a folder a family; helpers of several families are
 * in `lib`. May import src/plugin only: what a filter needs and the contract lacks is added there, for all.
 * Invariant: an instance is shared by concurrent requests; what belongs to one request lives in its context.
 */
import type { FilterSpec } from '../src/plugin/index.ts';
import { GRANT_VARIABLES } from './auth/grant/grant-options.ts';
import { SECRETS_VARIABLE } from './auth/oidc/oidc-options.ts';
import { families } from './families.ts';

function isFilter(value: unknown): value is FilterSpec {
  return typeof value === 'object' && value !== null && 'create' in value;
}

/** All built-in filters. */
export const builtinFilters: readonly FilterSpec[] = Object.values(families)
  .flat()
  .flatMap((each): unknown[] => Object.values(each))
  .filter(isFilter);

/** The folders beside this file that built-in filters lie in. */
export const filterFolders: readonly string[] = [...Object.keys(families), 'lib'];

/** The variables of the environment, of those that begin with SLUICE_, that filters read. */
export const filterVariables: readonly string[] = [...GRANT_VARIABLES, SECRETS_VARIABLE];
