/**
 * The built-in predicates, in the shape a drop-in has, in a folder for each thing they look at.
 * May import src/http, src/plugin and src/regexp.
 * Invariant: `match` is synchronous and changes nothing; an index hint never leaves out a request that would match.
 */
import type { PredicateSpec } from '../plugin/index.ts';
import { families } from './families.ts';

/** All built-in predicates. */
export const builtinPredicates: readonly PredicateSpec[] = Object.values(families)
  .flat()
  .flatMap((each): PredicateSpec[] => Object.values(each));
