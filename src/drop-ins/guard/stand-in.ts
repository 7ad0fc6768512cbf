import { type BalancerSpec, type FilterSpec, type PredicateSpec, ProxyError } from '../../plugin/index.ts';
import { completeSpec } from '../../routes/index.ts';
import type { DropInSpecs } from '../specs.ts';

/** What a name means by which routes may call a spec. */
interface Named {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly overrides?: boolean;
}

/** What stands in for a drop-in that is out of use: its names, without its code. */
export interface StandIns {
  /** Why it is out of use. */
  readonly why: string;
  readonly filters: readonly Named[];
  readonly predicates: readonly Named[];
  readonly balancers: readonly Named[];
}

/** The stand-ins of a drop-in with these specs. */
export function standInsFor({ filters, predicates, balancers }: DropInSpecs, why: string): StandIns {
  return { why, filters: filters.map(nameIn), predicates: predicates.map(nameIn), balancers: balancers.map(nameIn) };
}

function nameIn({ name, aliases, overrides }: Named): Named {
  return { name, ...(aliases === undefined ? {} : { aliases }), ...(overrides === undefined ? {} : { overrides }) };
}

/**
 * Specs whose instances answer 503. A predicate cannot be asked, and with it not whether its route matches: requests that
 * come to that question are answered 503 too, rather than by a route that they might not be meant for.
 */
export function standInSpecs({ why, filters, predicates, balancers }: StandIns): DropInSpecs {
  const refuse = (): never => {
    throw new ProxyError({ code: 'drop-in-out-of-use', status: 503, source: 'internal', message: why });
  };
  return {
    filters: filters.map((spec) => completeSpec<unknown, unknown, FilterSpec>({ ...spec, create: () => UNAVAILABLE })),
    predicates: predicates.map((spec) =>
      completeSpec<unknown, unknown, PredicateSpec>({ ...spec, create: () => ({ match: refuse }) }),
    ),
    balancers: balancers.map((spec): BalancerSpec => ({ ...spec, summary: '', create: () => ({ pick: refuse }) })),
  };
}

const UNAVAILABLE: ReturnType<FilterSpec['create']> = {
  request(ctx) {
    const headers = { 'Content-Type': 'text/plain; charset=utf-8' };
    ctx.serve({ status: 503, headers, body: 'Service Unavailable\n' });
  },
};
