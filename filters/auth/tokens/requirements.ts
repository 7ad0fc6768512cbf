import { ArgError } from '../../../src/plugin/index.ts';
import type { Claims } from '../lib/auth-state.ts';

/** What facts about a token must say; made once, when a route is loaded. */
export type Requirement = (facts: Claims) => boolean;

/** How several requirements hold together. */
export type Quantifier = 'any' | 'all';

const joined = <T>(how: Quantifier, wanted: readonly T[], holds: (facts: Claims, each: T) => boolean): Requirement =>
  how === 'any'
    ? (facts) => wanted.some((each) => holds(facts, each))
    : (facts) => wanted.every((each) => holds(facts, each));

/** The scopes are among those of the token: a list, or one text with spaces between (RFC 6749 §3.3). */
export function scopesIn(how: Quantifier, scopes: readonly string[]): Requirement {
  return joined(how, scopes, (facts, scope) => {
    const granted = facts['scope'];
    return (typeof granted === 'string' ? granted.split(' ') : Array.isArray(granted) ? granted : []).includes(scope);
  });
}

/** The claims are there, at the top or below "claims". */
export function claimsIn(how: Quantifier, claims: readonly string[]): Requirement {
  return joined(how, claims, (facts, claim) => {
    const nested = facts['claims'];
    return (
      Object.hasOwn(facts, claim) || (typeof nested === 'object' && nested !== null && Object.hasOwn(nested, claim))
    );
  });
}

/** Keys have values, given as key, value, key, value … @throws ArgError for a key without value; `at`: index of the first. */
export function pairsIn(how: Quantifier, values: readonly string[], at: number): Requirement {
  if (values.length % 2 !== 0)
    throw new ArgError('expected pairs of key and value, found a key without a value', at + values.length - 1);
  const pairs = values.flatMap((key, index) => (index % 2 === 0 ? [{ key, value: values[index + 1] }] : []));
  return joined(how, pairs, (facts, { key, value }) => Object.hasOwn(facts, key) && facts[key] === value);
}
