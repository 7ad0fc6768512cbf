import {
  addSpecs,
  type DropIn,
  type DropInChange,
  type DropInSpecs,
  type DropIns,
  standInsFor,
} from '../../drop-ins/index.ts';
import { type Finding, NameClashError, Registry } from '../../routes/index.ts';
import { type Refusal, withoutDropIn } from './left-out.ts';

/** Drop-ins of a plan, and the names that mean something else with them than before. */
export interface DropInPlan {
  readonly registry: Registry;
  /** By file: the version to use from now on; null removes. */
  readonly changes: ReadonlyMap<string, DropIn | null>;
  /** The names of specs that come, change or go. */
  readonly names: ReadonlySet<string>;
}

/** The drop-ins in use, and the versions that wait to take their place. */
export class DropInSet {
  readonly #builtins: Registry;
  readonly #dropIns: DropIns;
  readonly #live = new Map<string, DropIn>();
  readonly #waiting = new Map<string, DropIn | null>();
  /** Why the newest version of a file is not waiting any more; `again` when it may have been no fault of its own. */
  readonly #rejected = new Map<string, { finding: Finding; dropIn: DropIn | null; again: boolean }>();
  #current: DropInPlan;
  #lastPlan: { key: string; plan: DropInPlan } | null = null;

  constructor(builtins: Registry, dropIns: DropIns) {
    this.#builtins = builtins;
    this.#dropIns = dropIns;
    this.#current = { registry: builtins, changes: new Map(), names: new Set() };
  }

  /** The names that may be used now. */
  get registry(): Registry {
    return this.#current.registry;
  }

  /** The drop-ins in use. */
  live(): DropIn[] {
    return [...this.#live.values()];
  }

  /** The drop-ins in use, and the versions that wait. */
  known(): DropIn[] {
    return [...this.#live.values(), ...this.#waiting.values()].filter((dropIn) => dropIn !== null);
  }

  /** Wants a drop-in in use to be out of use, until there is another version; says whether it is in use. */
  setOutOfUse(name: string, why: string): boolean {
    const live = this.#live.get(name);
    if (live === undefined || live.code.standIns !== undefined || this.#waiting.has(name)) return false;
    const code = { ...live.code, url: `${live.code.url}&out`, modules: [], standIns: standInsFor(live.specs, why) };
    this.#waiting.set(name, { code, specs: live.specs });
    return true;
  }

  /** The drop-ins that are out of use, with the reasons. */
  *outOfUse(): Generator<[name: string, why: string]> {
    for (const { code } of this.#live.values()) if (code.standIns !== undefined) yield [code.name, code.standIns.why];
  }

  /** Notes versions that are to be used if nothing speaks against it. */
  setDesired({ put, remove, problems }: DropInChange): void {
    for (const [name, problem] of problems) {
      this.#rejected.delete(name);
      if (problem !== null) this.#waiting.delete(name);
    }
    for (const dropIn of put) this.#waiting.set(dropIn.code.name, dropIn);
    for (const name of remove) {
      if (this.#live.has(name)) this.#waiting.set(name, null);
      else this.#waiting.delete(name);
    }
  }

  /**
   * The drop-ins as they would be with all waiting versions but those of `leftOut`; or the ones that take names which others
   * have. The same registry comes back as long as the answer is the same.
   */
  plan(leftOut: ReadonlySet<string>): DropInPlan | { readonly refuse: readonly Refusal[] } {
    const changes = new Map([...this.#waiting].filter(([name]) => !leftOut.has(name)));
    if (changes.size === 0) return this.#current;
    const key = [...changes].map(([name, dropIn]) => dropIn?.code.url ?? `-${name}`).join('\n');
    if (this.#lastPlan?.key === key) return this.#lastPlan.plan;
    const registry = this.#registryWith(changes);
    if (!(registry instanceof Registry)) return registry;
    const plan = { registry, changes, names: this.#namesIn(changes) };
    this.#lastPlan = { key, plan };
    return plan;
  }

  /** The files whose change concerns `name`. */
  changesOf(plan: DropInPlan, name: string): string[] {
    return this.#holders(plan.changes, name);
  }

  /** Waits no longer for a version to be usable; `again` when it is worth another try some time. */
  reject(name: string, finding: Finding, again: boolean): void {
    const dropIn = this.#waiting.get(name) ?? null;
    this.#waiting.delete(name);
    this.#rejected.set(name, { finding, dropIn, again });
  }

  /** The files whose newest version was given up, with the reasons. */
  *rejected(): Generator<[name: string, finding: Finding]> {
    for (const [name, { finding }] of this.#rejected) yield [name, finding];
  }

  /** Waits again for versions that are worth another try. */
  reconsider(): void {
    for (const [name, { dropIn, again }] of this.#rejected) {
      if (!again) continue;
      this.#rejected.delete(name);
      this.#waiting.set(name, dropIn);
    }
  }

  /** Puts a plan into use; says whether a drop-in loads other packages, or others' content, than its version before. */
  commit(plan: DropInPlan): boolean {
    let loadsOther = false;
    for (const [name, dropIn] of plan.changes) {
      const before = this.#live.get(name)?.code.packages;
      const now = dropIn?.code.packages;
      if (before !== undefined && now !== undefined && before !== now) loadsOther = true;
      if (dropIn === null) this.#live.delete(name);
      else this.#live.set(name, dropIn);
      this.#waiting.delete(name);
    }
    this.#current = { registry: plan.registry, changes: new Map(), names: new Set() };
    this.#lastPlan = null;
    this.#dropIns.keepOnly(this.known().map(({ code }) => code));
    return loadsOther;
  }

  #registryWith(changes: ReadonlyMap<string, DropIn | null>): Registry | { readonly refuse: readonly Refusal[] } {
    const registry = this.#builtins.clone();
    const all = [...new Map([...this.#live, ...changes]).values()].filter((dropIn) => dropIn !== null);
    // By name, as data threads do: of two that override one name the last counts.
    for (const { code, specs } of all.sort((a, b) => (a.code.name < b.code.name ? -1 : 1))) {
      try {
        addSpecs(registry, specs, code.name);
      } catch (error) {
        if (!(error instanceof NameClashError)) throw error;
        const clashing = [...namesOf(specs)].find((name) => error.message.includes(`"${name}"`)) ?? '';
        // What is in use stays: the newcomer is to blame, whichever comes first.
        const culprits = changes.has(code.name) ? [code.name] : this.#holders(changes, clashing);
        const problem = (name: string) => this.#dropIns.problemAt(name, clashing, error.message).finding;
        return { refuse: culprits.map((name) => withoutDropIn(name, [problem(name)])) };
      }
    }
    return registry;
  }

  #holders(changes: ReadonlyMap<string, DropIn | null>, name: string): string[] {
    const has = (specs: DropInSpecs | undefined): boolean => specs !== undefined && [...namesOf(specs)].includes(name);
    return [...changes]
      .filter(([file, dropIn]) => has(dropIn?.specs) || has(this.#live.get(file)?.specs))
      .map(([file]) => file);
  }

  #namesIn(changes: ReadonlyMap<string, DropIn | null>): Set<string> {
    const names = new Set<string>();
    for (const [file, dropIn] of changes) {
      for (const specs of [dropIn?.specs, this.#live.get(file)?.specs]) {
        if (specs !== undefined) for (const name of namesOf(specs)) names.add(name);
      }
    }
    return names;
  }
}

function* namesOf({ filters, predicates, balancers }: DropInSpecs): Generator<string> {
  for (const { name, aliases } of [...filters, ...predicates]) yield* [name, ...(aliases ?? [])];
  for (const { name } of balancers) yield name;
}
