/**
 * The built-in predicates, in the shape a drop-in has, in a folder for each thing they look at.
 * May import src/http, src/plugin and src/regexp.
 * Invariant: `match` is synchronous and changes nothing; an index hint never leaves out a request that would match.
 */
import type { PredicateSpec } from '../plugin/index.ts';
import { families } from './families.ts';

/** A family of predicates, named as its folder. */
export type PredicateFamily = keyof typeof families;

/** The built-in predicates of each family. */
export const predicateFamilies = Object.fromEntries(
  Object.entries(families).map(([family, modules]) => [family, modules.flatMap((each) => Object.values(each))]),
) as unknown as Readonly<Record<PredicateFamily, readonly PredicateSpec[]>>;

/** All built-in predicates. */
export const builtinPredicates: readonly PredicateSpec[] = Object.values(predicateFamilies).flat();
