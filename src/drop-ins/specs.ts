import { type BalancerSpec, type FilterSpec, misspeltCreate, type PredicateSpec } from '../plugin/index.ts';
import { completeSpec, type Registry } from '../routes/index.ts';

/** The specs a drop-in exports. */
export interface DropInSpecs {
  readonly filters: readonly FilterSpec[];
  readonly predicates: readonly PredicateSpec[];
  readonly balancers: readonly BalancerSpec[];
}

/** Thrown when an export looks like a spec but is none. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
  /** The export at fault. */
  readonly exportName: string;

  constructor(exportName: string, message: string) {
    super(message);
    this.exportName = exportName;
  }
}

type Loose = Readonly<Record<string, unknown>>;

/**
 * The specs among a module's exports. An object with `create` is one: a filter, unless its `kind` (set by
 * definePredicate and defineBalancer) says otherwise. @throws SpecError
 */
export function specsOf(exports: Loose): DropInSpecs {
  const filters = new Set<FilterSpec>();
  const predicates = new Set<PredicateSpec>();
  const balancers = new Set<BalancerSpec>();
  const seen = new Set<unknown>();
  for (const [exportName, value] of Object.entries(exports)) {
    refuseMisspelt(exportName, value);
    if (!looksLikeSpec(value) || seen.has(value)) continue;
    seen.add(value);
    checkShape(exportName, value);
    if (value['kind'] === 'predicate') predicates.add(completeSpec(value as unknown as PredicateSpec));
    else if (value['kind'] === 'balancer') balancers.add(value as unknown as BalancerSpec);
    else filters.add(completeSpec(value as unknown as FilterSpec));
  }
  return { filters: [...filters], predicates: [...predicates], balancers: [...balancers] };
}

/** How many specs there are. */
export function specCount({ filters, predicates, balancers }: DropInSpecs): number {
  return filters.length + predicates.length + balancers.length;
}

/** Adds specs under `origin`. @throws NameClashError; some may be added then, so give it a registry to throw away. */
export function addSpecs(registry: Registry, specs: DropInSpecs, origin: string): void {
  for (const spec of specs.filters) registry.filters.add(spec, origin);
  for (const spec of specs.predicates) registry.predicates.add(spec, origin);
  for (const spec of specs.balancers) registry.balancers.add(spec, origin);
}

/** An object that could be no other thing than a spec, right or wrong. */
function looksLikeSpec(value: unknown): value is Loose {
  if (typeof value !== 'object' || value === null) return false;
  return 'create' in value || ('name' in value && ('args' in value || 'summary' in value));
}

/** An object with a name and, in the place of create, something close to it. @throws SpecError */
function refuseMisspelt(exportName: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || 'create' in value || typeof (value as Loose)['name'] !== 'string')
    return;
  const misspelt = misspeltCreate(value);
  if (misspelt === null) return;
  const meant = `it has "${misspelt}"; did you mean "create"?`;
  throw new SpecError(exportName, `the export "${exportName}" is no spec: ${meant}`);
}

const KINDS = ['filter', 'predicate', 'balancer'];

function checkShape(exportName: string, spec: Loose): void {
  const refuse = (message: string): never => {
    throw new SpecError(exportName, `the export "${exportName}" is no spec: ${message}`);
  };
  const { name, create, kind, args, aliases } = spec;
  if (typeof name !== 'string' || !/^[A-Za-z_]\w*$/.test(name)) {
    refuse(`its name must be an identifier, found ${JSON.stringify(name)}`);
  }
  if (typeof create !== 'function') refuse('its create must be a function');
  if (kind !== undefined && !KINDS.includes(kind as string)) refuse(`its kind must be one of ${KINDS.join(', ')}`);
  if (args !== undefined && !(Array.isArray(args) && args.every((one) => typeof one?.read === 'function'))) {
    refuse('its args must be a list made with arg.string(…) and the like');
  }
  if (aliases !== undefined && !(Array.isArray(aliases) && aliases.every((alias) => typeof alias === 'string'))) {
    refuse('its aliases must be a list of names');
  }
}
