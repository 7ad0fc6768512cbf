import { suggest } from '../../../grammar/index.ts';

/** What a namespace needs to know of a spec. */
export interface NamedSpec {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly overrides?: boolean;
}

/** Thrown when a spec takes a name that is taken already and does not say that it overrides. */
export class NameClashError extends Error {
  override readonly name = 'NameClashError';
}

interface Entry<S> {
  readonly spec: S;
  readonly origin: string;
}

/** The origin of specs that come with Sluice. */
export const BUILT_IN = 'built-in';

/** The names of one kind of spec: filters, predicates or algorithms. */
export class Namespace<S extends NamedSpec> {
  readonly #kind: string;
  /** By name and alias; the last entry counts, those before it come back when it is removed. */
  readonly #entries: Map<string, readonly Entry<S>[]>;
  readonly #refusals: Map<string, string>;

  constructor(kind: string, like?: Namespace<S>) {
    this.#kind = kind;
    this.#entries = new Map(like === undefined ? [] : like.#entries);
    this.#refusals = new Map(like === undefined ? [] : like.#refusals);
  }

  /**
   * Adds a spec under its name and aliases. `origin` says where it comes from, such as a file.
   * @throws NameClashError when a name is taken, unless `spec.overrides`; nothing is added then.
   */
  add(spec: S, origin: string = BUILT_IN): void {
    const names = [spec.name, ...(spec.aliases ?? [])];
    for (const name of names) {
      const taken = this.#entries.get(name)?.at(-1);
      if (taken === undefined || spec.overrides === true) continue;
      const hint = `to take its place on purpose, set overrides: true`;
      throw new NameClashError(`the ${this.#kind} "${name}" of ${origin} exists already (${taken.origin}); ${hint}`);
    }
    for (const name of names) this.#entries.set(name, [...(this.#entries.get(name) ?? []), { spec, origin }]);
  }

  /** Makes `name` known but refused: using it is an error that says `reason`. A spec added under that name wins. */
  refuse(name: string, reason: string): void {
    this.#refusals.set(name, reason);
  }

  /** Removes what came from `origin`; what it had overridden is back. */
  remove(origin: string): void {
    for (const [name, entries] of this.#entries) {
      const kept = entries.filter((entry) => entry.origin !== origin);
      if (kept.length === 0) this.#entries.delete(name);
      else if (kept.length < entries.length) this.#entries.set(name, kept);
    }
  }

  get(name: string): S | undefined {
    return this.#entries.get(name)?.at(-1)?.spec;
  }

  /** Where the spec of `name` comes from. */
  originOf(name: string): string | undefined {
    return this.#entries.get(name)?.at(-1)?.origin;
  }

  /** Why `name` is refused, or undefined when it is not. */
  refusal(name: string): string | undefined {
    return this.#entries.has(name) ? undefined : this.#refusals.get(name);
  }

  /** The refused names with their reasons, but for those that a spec has taken. */
  *refusals(): Generator<[string, string]> {
    for (const entry of this.#refusals) if (!this.#entries.has(entry[0])) yield entry;
  }

  /** The known name most likely meant by `name`, or null. */
  suggest(name: string): string | null {
    return suggest(name, this.#entries.keys());
  }

  /** All names and aliases whose spec comes from `origin`. */
  *namesOf(origin: string): Generator<string> {
    for (const name of this.#entries.keys()) if (this.originOf(name) === origin) yield name;
  }

  /** Each spec once, under its proper name. */
  *[Symbol.iterator](): Generator<S> {
    for (const [name, entries] of this.#entries) {
      const spec = entries.at(-1)?.spec;
      if (spec !== undefined && spec.name === name) yield spec;
    }
  }
}
