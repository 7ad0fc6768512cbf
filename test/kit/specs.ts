import {
  type Arg,
  ArgError,
  type ArgFault,
  type ArgValue,
  type Filter,
  type FilterContext,
  type FilterEnv,
  type FilterSpec,
  type Log,
  NO_METRICS,
  type Predicate,
  type PredicateEnv,
  type PredicateSpec,
  readArgs,
} from '../../src/plugin/index.ts';

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };
const filterEnv: FilterEnv = { routeId: 'test', log: quiet, metrics: NO_METRICS };

/** An instance of a filter with the arguments of a route. @throws Error when they are refused. */
export function makeFilter<A extends readonly Arg<unknown>[]>(spec: FilterSpec<A>, ...values: ArgValue[]): Filter {
  return makeFilterIn({}, spec, ...values);
}

/** The same, in an environment of which a test gives what matters to it. @throws Error when the arguments are refused. */
export function makeFilterIn<A extends readonly Arg<unknown>[]>(
  env: Partial<FilterEnv>,
  spec: FilterSpec<A>,
  ...values: ArgValue[]
): Filter {
  return make(spec, values, { ...filterEnv, ...env });
}

/** An instance of a predicate with the arguments of a route. @throws Error when they are refused. */
export function makePredicate<A extends readonly Arg<unknown>[]>(
  spec: PredicateSpec<A>,
  values: readonly ArgValue[],
  env: PredicateEnv = { draining: () => false },
): Predicate {
  return make(spec, values, env);
}

/** Runs both hooks of a filter on one context, as in a route with this filter alone. */
export async function runFilter(filter: Filter, ctx: FilterContext): Promise<void> {
  await filter.request?.(ctx);
  await filter.response?.(ctx);
}

/** What is wrong with arguments of a filter or predicate; null when they are taken. */
export function faultOf(spec: Creatable<never, unknown>, values: readonly ArgValue[]): ArgFault | null {
  const { read, faults } = readArgs(spec.args, values);
  if (faults[0] !== undefined) return faults[0];
  try {
    (spec as Creatable<unknown[], unknown>).create(read, { ...filterEnv, draining: () => false });
    return null;
  } catch (error) {
    if (error instanceof ArgError) return { index: error.index, message: error.message };
    throw error;
  }
}

interface Creatable<V, T> {
  readonly args: readonly Arg<unknown>[];
  create(values: V, env: FilterEnv & PredicateEnv): T;
}

function make<V, E, T>(
  spec: { readonly args: readonly Arg<unknown>[]; create(values: V, env: E): T },
  values: readonly ArgValue[],
  env: E,
): T {
  const { read, faults } = readArgs(spec.args, values);
  if (faults[0] !== undefined) throw new ArgError(faults[0].message, faults[0].index);
  return spec.create(read as V, env);
}
