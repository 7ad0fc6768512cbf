import { hash } from 'node:crypto';
import { type PathPattern, parsePathPattern } from '../../http/index.ts';
import {
  type Arg,
  ArgError,
  errorOf,
  type FilterEnv,
  type FilterSpec,
  filterFault,
  type IndexHint,
  type Predicate,
  type PredicateEnv,
  predicateFault,
  readArgs,
} from '../../plugin/index.ts';
import {
  type BackendRecord,
  type CallRecord,
  type NamedSpec,
  type Namespace,
  ONE_PATH,
  type Registry,
  type RouteRecord,
} from '../../routes/index.ts';
import { FilterChain } from './chain.ts';
import { ConditionPool, type Conditions } from './conditions.ts';
import { frugal, NOTHING } from './frugal.ts';
import { type Closeable, closeAll, Route, type RouteEnd } from './route.ts';

/** What provisioning needs from its surroundings; one for all routes of a thread. */
export interface ProvisionEnv<B> extends RouteEnd<B> {
  readonly registry: Registry;
  readonly predicateEnv: PredicateEnv;
  /** What the filters of a route get. */
  filterEnv(routeId: string): FilterEnv;
  /** Makes the backend of a route, which owns it. @throws Error when it cannot be. */
  makeBackend(record: BackendRecord, routeId: string): B;
}

/** The part of a route that could not be made. */
export interface ProvisionFault {
  readonly routeId: string;
  readonly part: 'predicate' | 'filter' | 'backend';
  /** Number of the predicate or filter in its route, from 0; 0 for the backend. */
  readonly index: number;
  /** The argument at fault, from 0; -1 when it is none in particular. */
  readonly argIndex: number;
}

/** Thrown when a route cannot be made: which part, which argument, and why. */
export class ProvisionError extends Error implements ProvisionFault {
  override readonly name = 'ProvisionError';
  readonly routeId: string;
  readonly part: ProvisionFault['part'];
  readonly index: number;
  readonly argIndex: number;

  constructor(fault: ProvisionFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.routeId = fault.routeId;
    this.part = fault.part;
    this.index = fault.index;
    this.argIndex = fault.argIndex;
  }
}

type PathHint = Extract<IndexHint, { kind: 'path' }>;

const NO_FILTERS = new FilterChain(NOTHING, NOTHING);

/**
 * Makes a route of its record: predicate and filter instances, chain, backend.
 * @throws ProvisionError; what was made before the fault is closed then.
 */
export function provisionRoute<B>(record: RouteRecord, env: ProvisionEnv<B>): Route<B> {
  const owned: Closeable[] = [];
  try {
    const { conditions, pattern } = provisionPredicates(record, env, owned);
    const chain = provisionChain(record, env, owned);
    // Last, so that a fault never leaves a backend to close.
    const backend = provisionBackend(record, env);
    const { id, order } = record;
    const work = workOf(record);
    return new Route({ id, order, conditions, pattern, chain, backend, work, owned: frugal(owned), end: env });
  } catch (error) {
    closeAll(owned, record.id, env);
    throw error;
  }
}

/** A short name for what a route does, since routes are many and their texts long. */
function workOf({ filters, backend }: RouteRecord): string {
  return hash('sha256', JSON.stringify([filters, backend]), 'binary');
}

/** The pools go with the environment that predicates are made in. */
const pools = new WeakMap<PredicateEnv, ConditionPool>();

function poolOf(env: PredicateEnv): ConditionPool {
  let pool = pools.get(env);
  if (pool === undefined) pools.set(env, (pool = new ConditionPool()));
  return pool;
}

function provisionPredicates<B>(
  record: RouteRecord,
  env: ProvisionEnv<B>,
  owned: Closeable[],
): { conditions: Conditions; pattern: PathPattern | null } {
  const pool = poolOf(env.predicateEnv);
  const predicates: Predicate[] = [];
  const calls: CallRecord[] = [];
  let path: PathHint | null = null;
  let pattern: PathPattern | null = null;
  let rank = 0;
  for (const [index, call] of record.predicates.entries()) {
    const fault: ProvisionFault = { routeId: record.id, part: 'predicate', index, argIndex: -1 };
    const predicate = provisionPredicate(call, env, fault);
    if (predicate.close !== undefined) owned.push(predicate);
    rank += predicate.weight ?? (predicate.index?.kind === 'path' ? 0 : 1);
    if (predicate.index?.kind !== 'path') {
      predicates.push(predicate);
      calls.push(call);
    } else if (path === null) {
      const hint = (path = predicate.index);
      pattern = made(() => parsePathPattern(hint.pattern, hint.subtree), { ...fault, argIndex: 0 });
    } else throw new ProvisionError(fault, ONE_PATH);
  }
  return { conditions: pool.conditions(rank, predicates, calls), pattern };
}

function provisionPredicate<B>(call: CallRecord, env: ProvisionEnv<B>, fault: ProvisionFault): Predicate {
  const spec = specOf(call, env.registry.predicates, fault);
  return poolOf(env.predicateEnv).predicate(spec, call, () => {
    const args = argsOf(call, spec, fault);
    return sound(
      created(() => spec.create(args, env.predicateEnv), spec, fault),
      predicateFault,
      call,
      fault,
    );
  });
}

function provisionChain<B>(record: RouteRecord, env: ProvisionEnv<B>, owned: Closeable[]): FilterChain {
  if (record.filters.length === 0) return NO_FILTERS;
  const filterEnv = env.filterEnv(record.id);
  const owners: FilterSpec[] = [];
  const filters = record.filters.map((call, index) => {
    const fault: ProvisionFault = { routeId: record.id, part: 'filter', index, argIndex: -1 };
    const spec = specOf(call, env.registry.filters, fault);
    const args = argsOf(call, spec, fault);
    const filter = sound(
      created(() => spec.create(args, filterEnv), spec, fault),
      filterFault,
      call,
      fault,
    );
    owners.push(spec);
    if (filter.close !== undefined) owned.push(filter);
    return filter;
  });
  return new FilterChain(filters, poolOf(env.predicateEnv).owners(owners));
}

function provisionBackend<B>(record: RouteRecord, env: ProvisionEnv<B>): B {
  const fault: ProvisionFault = { routeId: record.id, part: 'backend', index: 0, argIndex: -1 };
  return made(() => env.makeBackend(record.backend, record.id), fault);
}

function specOf<S extends NamedSpec>([name]: CallRecord, names: Namespace<S>, fault: ProvisionFault): S {
  const spec = names.get(name);
  if (spec !== undefined) return spec;
  throw new ProvisionError(fault, names.refusal(name) ?? `unknown ${fault.part} "${name}"`);
}

/** The arguments of a call as read by the schema. */
function argsOf(call: CallRecord, { args }: { readonly args: readonly Arg<unknown>[] }, fault: ProvisionFault) {
  const [name, ...values] = call;
  const { read, faults } = readArgs(args, values);
  const [first] = faults;
  if (first !== undefined) throw new ProvisionError({ ...fault, argIndex: first.index }, `${name}: ${first.message}`);
  return read;
}

/** What `create` makes; what it complains of is told with the name of the spec, and of the argument at fault. */
function created<T>(
  create: () => T,
  { name, args }: NamedSpec & { readonly args: readonly Arg<unknown>[] },
  fault: ProvisionFault,
): T {
  try {
    return create();
  } catch (error) {
    const message = errorOf(error).message;
    const argIndex = error instanceof ArgError ? error.index : -1;
    const arg = args[Math.min(argIndex, args.length - 1)];
    const where = argIndex < 0 || arg === undefined ? name : `${name}: argument ${argIndex + 1} (${arg.name})`;
    throw new ProvisionError({ ...fault, argIndex }, `${where}: ${message}`, error);
  }
}

/** What `create` returned, where `faultOf` finds nothing wrong with it. @throws ProvisionError otherwise */
function sound<T>(
  instance: T,
  faultOf: (made: unknown) => string | null,
  [name]: CallRecord,
  fault: ProvisionFault,
): T {
  const wrong = faultOf(instance);
  if (wrong !== null) throw new ProvisionError(fault, `${name}: ${wrong}`);
  return instance;
}

function made<T>(make: () => T, fault: ProvisionFault): T {
  try {
    return make();
  } catch (error) {
    throw new ProvisionError(fault, errorOf(error).message, error);
  }
}
