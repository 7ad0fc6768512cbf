import { parseRoutes } from '../../../grammar/index.ts';
import {
  type Arg,
  type BalancerSpec,
  type FilterSpec,
  MASKED,
  NO_METRICS,
  type PredicateSpec,
  readArgs,
} from '../../plugin/index.ts';
import type { DropInSpecs } from '../specs.ts';

/** A spec without its code: all of it that can be sent to another thread. */
interface Described {
  readonly name: string;
  readonly args: readonly Readonly<Record<string, unknown>>[];
  /** Which hooks its instances have, as far as the examples tell; filters only. */
  readonly hooks: { readonly request: boolean; readonly response: boolean };
}

/** The specs of a drop-in without their code. */
export interface DropInDescription {
  readonly filters: readonly Described[];
  readonly predicates: readonly Described[];
  readonly balancers: readonly Described[];
}

/** Describes specs, for a thread that does not run their code. */
export function describe({ filters, predicates, balancers }: DropInSpecs): DropInDescription {
  return {
    filters: filters.map((spec) => ({ ...described(spec, spec.args), hooks: hooksOf(spec) })),
    predicates: predicates.map((spec) => described(spec, spec.args)),
    balancers: balancers.map((spec) => described(spec, [])),
  };
}

/**
 * Specs as they were described. Names, number of arguments and what the reference shows are right; the values of arguments
 * are not looked at, and instances do nothing: both is up to threads that have the code.
 */
export function describedSpecs({ filters, predicates, balancers }: DropInDescription): DropInSpecs {
  return {
    filters: filters.map((spec) => {
      const { request, response } = spec.hooks;
      const instance = { ...(request ? { request: nothing } : {}), ...(response ? { response: nothing } : {}) };
      return { ...spec, args: argsOf(spec), create: () => instance } as unknown as FilterSpec;
    }),
    predicates: predicates.map(
      (spec) => ({ ...spec, args: argsOf(spec), create: () => ({ match: () => true }) }) as unknown as PredicateSpec,
    ),
    balancers: balancers.map((spec) => ({ ...spec, create: () => ({ pick: () => null }) }) as unknown as BalancerSpec),
  };
}

function nothing(): void {}

function argsOf({ args }: Described): Arg<unknown>[] {
  // What of a secret may be shown only the drop-in's code knows; here nothing is.
  const masked = { mask: () => MASKED };
  return args.map(
    ({ isSecret, ...arg }) =>
      ({ ...arg, ...(isSecret === true ? masked : {}), read: (value: unknown) => value }) as unknown as Arg<unknown>,
  );
}

function described(spec: { readonly name: string }, args: readonly Arg<unknown>[]): Described {
  const about = sendable(spec);
  return {
    ...about,
    name: spec.name,
    args: args.map((one) => ({ ...sendable(one), isSecret: one.mask !== undefined })),
    hooks: { request: false, response: false },
  };
}

/** The properties of an object that can be sent to another thread. */
function sendable(from: object): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(from)) {
    if (typeof value === 'function' || key === 'args') continue;
    try {
      found[key] = structuredClone(value);
    } catch {
      // Somebody's own; nobody else reads it.
    }
  }
  return found;
}

/** The hooks of the instances that the examples make, taken together. */
function hooksOf(spec: FilterSpec): Described['hooks'] {
  const hooks = { request: false, response: false };
  const calls = (spec.examples ?? [])
    .flatMap(({ route }) => parseRoutes(route).value)
    .flatMap(({ filters }) => filters)
    .filter(({ name }) => name === spec.name);
  for (const call of calls) {
    const values = call.args.map(({ value }) => value);
    const { read, faults } = readArgs(spec.args, values);
    if (faults.length > 0) continue;
    try {
      const filter = spec.create(read as never, { routeId: '', log: SILENT, metrics: NO_METRICS });
      hooks.request ||= filter.request !== undefined;
      hooks.response ||= filter.response !== undefined;
      void filter.close?.();
    } catch {
      // An example of what is refused.
    }
  }
  return hooks;
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
