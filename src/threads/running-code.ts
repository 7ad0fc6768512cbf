import { type DropInSpecs, inNameOf } from '../drop-ins/index.ts';
import type { Filter, FilterContext, Predicate } from '../plugin/index.ts';
import { setRunning, type VitalSigns } from './vital-signs.ts';

/** A drop-in at one version. */
interface Owner {
  readonly name: string;
  readonly version: number;
}

/** Notes in the vital signs which drop-in's code runs, so that it is known when the thread does not come back from it. */
export class RunningCode {
  readonly #signs: VitalSigns;

  constructor(signs: VitalSigns) {
    this.#signs = signs;
  }

  /** The specs of a drop-in, whose instances note when they run. */
  watched(specs: DropInSpecs, owner: Owner): DropInSpecs {
    return {
      filters: specs.filters.map((spec) => ({
        ...spec,
        create: (args, env) =>
          this.#filter(
            this.#make(owner, () => spec.create(args, env)),
            owner.version,
          ),
      })),
      predicates: specs.predicates.map((spec) => ({
        ...spec,
        create: (args, env) =>
          this.#predicate(
            this.#make(owner, () => spec.create(args, env)),
            owner.version,
          ),
      })),
      balancers: specs.balancers.map((spec) => ({
        ...spec,
        create: (endpoints) => {
          const balancer = this.#make(owner, () => spec.create(endpoints));
          return { pick: (request, tried) => this.#run(owner.version, () => balancer.pick(request, tried)) };
        },
      })),
    };
  }

  /** Loads a drop-in: until that is done, what runs is taken for its code, but for hooks of others in between. */
  async load<T>({ name, version }: Owner, load: () => Promise<T>): Promise<T> {
    const before = setRunning(this.#signs, version);
    try {
      return await inNameOf(name, load);
    } finally {
      setRunning(this.#signs, before);
    }
  }

  /** Runs what makes an instance; timers it sets are known as the drop-in's own. */
  #make<T>({ name, version }: Owner, code: () => T): T {
    return this.#run(version, () => inNameOf(name, code));
  }

  #run<T>(version: number, code: () => T): T {
    const before = setRunning(this.#signs, version);
    try {
      return code();
    } finally {
      setRunning(this.#signs, before);
    }
  }

  #filter(filter: Filter, version: number): Filter {
    const watched = likeness(filter);
    if (watched === null) return filter;
    if (typeof filter.request === 'function') watched.request = this.#hook(filter, filter.request, version);
    if (typeof filter.response === 'function') watched.response = this.#hook(filter, filter.response, version);
    if (typeof filter.close === 'function') watched.close = () => this.#run(version, () => filter.close?.());
    return watched;
  }

  #hook(filter: Filter, hook: NonNullable<Filter['request']>, version: number): NonNullable<Filter['request']> {
    const signs = this.#signs;
    return (ctx: FilterContext) => {
      const before = setRunning(signs, version);
      try {
        return hook.call(filter, ctx);
      } finally {
        setRunning(signs, before);
      }
    };
  }

  #predicate(predicate: Predicate, version: number): Predicate {
    const watched = likeness(predicate);
    if (watched === null || typeof predicate.match !== 'function') return predicate;
    const signs = this.#signs;
    watched.match = (request) => {
      const before = setRunning(signs, version);
      try {
        return predicate.match(request);
      } finally {
        setRunning(signs, before);
      }
    };
    if (typeof predicate.close === 'function') watched.close = () => this.#run(version, () => predicate.close?.());
    // Getters of a class are asked for its own instance.
    for (const key of ['index', 'weight'] as const) {
      if (predicate[key] !== undefined)
        Object.defineProperty(watched, key, { value: predicate[key], enumerable: true });
    }
    return watched;
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** An object with the same properties and prototype: what else is asked of an instance is answered alike. Null for none. */
function likeness<T extends Filter | Predicate>(instance: T): Writable<T> | null {
  if (typeof instance !== 'object' || instance === null || instance instanceof Promise) return null;
  const properties = Object.getOwnPropertyDescriptors(instance);
  // What is frozen there is to be replaced here.
  for (const property of Object.values(properties)) {
    property.configurable = true;
    if ('value' in property) property.writable = true;
  }
  return Object.create(Object.getPrototypeOf(instance), properties);
}
