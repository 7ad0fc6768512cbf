import { type ArgValue, arg, type BalancerSpec, type FilterSpec, type PredicateSpec } from '../../plugin/index.ts';
import { Namespace } from './namespace.ts';

/**
 * The vocabulary of routes: which filters, predicates and balancing algorithms exist, and where they come from.
 *
 * Reloading plugins works on a `clone`, which takes the old one's place when all went well.
 */
export class Registry {
  readonly filters: Namespace<FilterSpec>;
  readonly predicates: Namespace<PredicateSpec>;
  readonly balancers: Namespace<BalancerSpec>;

  constructor(like?: Registry) {
    this.filters = new Namespace('filter', like?.filters);
    this.predicates = new Namespace('predicate', like?.predicates);
    this.balancers = new Namespace('algorithm', like?.balancers);
  }

  /** Removes all that came from `origin`. */
  remove(origin: string): void {
    this.filters.remove(origin);
    this.predicates.remove(origin);
    this.balancers.remove(origin);
  }

  /** A registry with the same names, to be changed without touching this one. */
  clone(): Registry {
    return new Registry(this);
  }
}

/** A filter or predicate as a drop-in may write it without importing anything: no schema, `create` gets the raw values. */
export interface BareSpec<Env, Instance> {
  readonly name: string;
  readonly summary?: string;
  readonly overrides?: boolean;
  readonly args?: undefined;
  create(args: ArgValue[], env: Env): Instance;
}

/** A spec with everything it lacks filled in: a bare one takes any arguments. */
export function completeSpec<Env, Instance, S extends { readonly args: unknown }>(
  spec: S | BareSpec<Env, Instance>,
): S {
  if (spec.args !== undefined) return spec as S;
  const bare = spec as BareSpec<Env, Instance>;
  return {
    ...bare,
    summary: bare.summary ?? '',
    examples: [],
    args: [arg.rest(arg.any('argument'))],
    create: ([values]: [ArgValue[]], env: Env) => bare.create(values, env),
  } as unknown as S;
}
