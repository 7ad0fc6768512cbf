import { suggest } from '../../grammar/index.ts';
import { described, errorOf } from '../http/index.ts';

/** What an instance that `create` returned has to look like. */
interface Shape {
  /** What it is, for messages. */
  readonly what: string;
  /** The functions that Sluice calls. */
  readonly hooks: readonly string[];
  /** Those it cannot be without. */
  readonly required: readonly string[];
  /** Those that have to answer at once. */
  readonly synchronous: readonly string[];
}

const FILTER: Shape = { what: 'a filter', hooks: ['request', 'response', 'close'], required: [], synchronous: [] };
const PREDICATE: Shape = {
  what: 'a predicate',
  hooks: ['match', 'close'],
  required: ['match'],
  synchronous: ['match'],
};
const BALANCER: Shape = { what: 'a balancer', hooks: ['pick'], required: ['pick'], synchronous: ['pick'] };

/** Why what `create` of a filter returned is none, with what was probably meant; null when it is one. Never throws. */
export function filterFault(made: unknown): string | null {
  return faultOf(made, FILTER);
}

/** The same of a predicate. */
export function predicateFault(made: unknown): string | null {
  return faultOf(made, PREDICATE) ?? weightFault(made);
}

/** The same of a balancer. */
export function balancerFault(made: unknown): string | null {
  return faultOf(made, BALANCER);
}

/** The key of an object that is no spec for want of `create`, but has it under a name close to that; null: it has not. */
export function misspeltCreate(value: object): string | null {
  const names = functionsOf(value).filter(
    (name) => plain(name) === 'create' || suggest(plain(name), ['create']) !== null,
  );
  return names[0] ?? null;
}

function faultOf(made: unknown, shape: Shape): string | null {
  try {
    return kindFault(made, shape) ?? hooksFault(made as object, shape);
  } catch (error) {
    return `create must return ${shape.what}, found what cannot be read: ${errorOf(error).message}`;
  }
}

function kindFault(made: unknown, { what, hooks }: Shape): string | null {
  const wanted = `create must return ${what}: an object with ${hooks.join(', ')}`;
  if (made === undefined) return `${wanted}; it returns nothing`;
  if (typeof made === 'function') return `${wanted}; it returns a function`;
  if (typeof made !== 'object' || made === null) return `${wanted}; it returns ${described(made)}`;
  if (typeof (made as { then?: unknown }).then !== 'function') return null;
  // It may fail, and nobody waits for it.
  Promise.resolve(made).catch(() => {});
  return `${wanted}; it returns a promise, and has to return at once`;
}

function hooksFault(made: object, { what, hooks, required, synchronous }: Shape): string | null {
  const functions = functionsOf(made);
  for (const hook of hooks) {
    const value = (made as Readonly<Record<string, unknown>>)[hook];
    if (value !== undefined && typeof value !== 'function')
      return `${hook} of ${what} must be a function, found ${described(value)}`;
    if (synchronous.includes(hook) && isAsync(value)) return `${hook} of ${what} must answer at once; it is async`;
  }
  const isUsable = hooks.some((hook) => hook !== 'close' && hook in made) && required.every((hook) => hook in made);
  for (const name of functions) {
    if (hooks.includes(name)) continue;
    // One that has hooks may have functions of its own besides.
    const meant = hooks.find((hook) => plain(name) === hook) ?? (isUsable ? undefined : suggest(plain(name), hooks));
    if (meant != null && !(meant in made)) return `${what} has no "${name}"; did you mean "${meant}"?`;
  }
  const missing = required.find((hook) => !(hook in made));
  if (missing !== undefined) return `${what} must have a function "${missing}"`;
  if (isUsable || functions.length === 0 || 'close' in made) return null;
  return `${what} has none of ${hooks.join(', ')}; found ${functions.join(', ')}`;
}

function weightFault(made: unknown): string | null {
  const { weight } = made as { weight?: unknown };
  if (weight === undefined || Number.isFinite(weight)) return null;
  return `weight of a predicate must be a number, found ${described(weight)}`;
}

/** A name as it is meant when somebody writes "onRequest", "Request", "handle_request". */
function plain(name: string): string {
  const bare = name.replace(/^_+|^(?:on|handle|before|after|do)(?=[A-Z_])/, '').replaceAll('_', '');
  return bare.toLowerCase();
}

/** The names of an object's functions, those of its class included; looks at no getter. */
function functionsOf(made: object): string[] {
  const names = new Set<string>();
  for (let at: object | null = made; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
  }
  return [...names];
}

function isAsync(value: unknown): boolean {
  return typeof value === 'function' && /^\[object Async/.test(Object.prototype.toString.call(value));
}
