import { type Call, parseRoutes } from '../../../grammar/index.ts';
import {
  type Arg,
  type BalancerSpec,
  type Example,
  type FilterSpec,
  type Log,
  NO_METRICS,
  type PredicateSpec,
  type RestArg,
  readArgs,
} from '../../plugin/index.ts';
import { BUILT_IN, type Namespace, type Registry } from '../../routes/index.ts';

/** One argument as the reference shows it. */
export interface ArgEntry {
  name: string;
  type: string;
  optional: boolean;
  rest: boolean;
  /** How many values a rest argument needs at least. */
  min?: number;
  default?: unknown;
  doc?: string;
}

/** Which hooks a filter has. */
export type Phase = 'request' | 'response' | 'request and response' | 'none';

/** One filter, predicate or balancing algorithm as the reference shows it. */
export interface Entry {
  name: string;
  /** Why the name is known but cannot be used; the other fields are empty then. */
  refused?: string;
  summary: string;
  details?: string;
  /** When a filter acts, as its examples show it: on the request, on the response, or on both. */
  phase?: Phase;
  source?: string;
  aliases?: readonly string[];
  args: ArgEntry[];
  examples: readonly Example[];
  /** Where it comes from: "built-in" or a drop-in's file. */
  origin: string;
}

/** The whole vocabulary. */
export interface Reference {
  predicates: Entry[];
  filters: Entry[];
  balancers: Entry[];
}

/** The reference of what a registry knows, by name. */
export function referenceOf(registry: Registry): Reference {
  return {
    predicates: entries(registry.predicates, specEntry),
    filters: entries(registry.filters, filterEntry),
    balancers: entries(registry.balancers, balancerEntry),
  };
}

function entries<S extends { name: string }>(namespace: Namespace<S>, describe: (spec: S) => Described): Entry[] {
  const known = [...namespace].map((spec) => ({
    ...describe(spec),
    origin: namespace.originOf(spec.name) ?? BUILT_IN,
  }));
  const refused = [...namespace.refusals()].map(([name, reason]) => ({
    name,
    refused: reason,
    summary: '',
    args: [],
    examples: [],
    origin: BUILT_IN,
  }));
  return [...known, ...refused].sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

type Described = Omit<Entry, 'origin'>;

function specEntry(spec: FilterSpec | PredicateSpec): Described {
  const { name, summary, details, source, aliases, args, examples } = spec;
  return {
    name,
    summary,
    ...(details === undefined ? {} : { details }),
    ...(source === undefined ? {} : { source }),
    ...(aliases === undefined ? {} : { aliases }),
    args: args.map(argEntry),
    examples,
  };
}

function filterEntry(spec: FilterSpec): Described {
  const phase = phaseOf(spec);
  return { ...specEntry(spec), ...(phase === null ? {} : { phase }) };
}

/** The hooks of the instances that the examples make, taken together; null where none can be made. */
function phaseOf(spec: FilterSpec): Phase | null {
  const calls = spec.examples
    .flatMap((example) => parseRoutes(example.route).value)
    .flatMap((route) => route.filters)
    .filter(({ name }) => name === spec.name);
  const hooks = calls.map((call) => hooksOf(spec, call)).filter((each) => each !== null);
  if (hooks.length === 0) return null;
  const request = hooks.some((each) => each.request);
  const response = hooks.some((each) => each.response);
  return request ? (response ? 'request and response' : 'request') : response ? 'response' : 'none';
}

function hooksOf(spec: FilterSpec, call: Call): { request: boolean; response: boolean } | null {
  const { read, faults } = readArgs(
    spec.args,
    call.args.map(({ value }) => value),
  );
  if (faults.length > 0) return null;
  try {
    const filter = spec.create(read as never, { routeId: '', log: SILENT, metrics: NO_METRICS });
    void filter.close?.();
    return { request: filter.request !== undefined, response: filter.response !== undefined };
  } catch {
    return null;
  }
}

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

function balancerEntry({ name, summary, details, source }: BalancerSpec): Described {
  return {
    name,
    summary,
    ...(details === undefined ? {} : { details }),
    ...(source === undefined ? {} : { source }),
    args: [],
    examples: [],
  };
}

function argEntry(schema: Arg<unknown>): ArgEntry {
  const { name, type, optional, rest, fallback, doc } = schema;
  return {
    name,
    type,
    optional,
    rest,
    ...(rest ? { min: (schema as RestArg<unknown>).min } : {}),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(doc === undefined ? {} : { doc }),
  };
}
