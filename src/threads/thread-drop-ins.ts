import {
  addSpecs,
  type DropInCode,
  type DropInSpecs,
  dropModules,
  importDropIn,
  versionOf,
} from '../drop-ins/index.ts';
import type { StageFault } from '../reload/index.ts';
import type { Registry } from '../routes/index.ts';
import type { RunningCode } from './running-code.ts';

interface Imported {
  readonly code: DropInCode;
  readonly specs: DropInSpecs;
}

/** The drop-ins of a data thread: those in use, and those of the generation that is being prepared. */
export class ThreadDropIns {
  readonly #builtins: Registry;
  readonly #running: RunningCode;
  readonly #loadTimeoutMs: number;
  /** The URLs of all modules that were ever imported: Node forgets none. */
  readonly #imported = new Set<string>();
  #live: ReadonlyMap<string, Imported> = new Map();
  #registry: Registry;
  #staged: { live: ReadonlyMap<string, Imported>; registry: Registry } | null = null;

  constructor(builtins: Registry, running: RunningCode, loadTimeoutMs: number) {
    this.#builtins = builtins;
    this.#running = running;
    this.#loadTimeoutMs = loadTimeoutMs;
    this.#registry = builtins;
  }

  /** Imports what a generation brings. The registry is the one to make its routes with. */
  async stage(
    put: readonly DropInCode[],
    remove: readonly string[],
  ): Promise<{ registry: Registry; faults: StageFault[] }> {
    if (put.length + remove.length === 0) return { registry: this.#registry, faults: [] };
    const live = new Map(this.#live);
    const faults: StageFault[] = [];
    for (const name of remove) live.delete(name);
    for (const code of put) {
      try {
        live.set(code.name, { code, specs: await this.#import(code) });
      } catch (error) {
        const message = `cannot be loaded in a data thread: ${(error as Error).message}`;
        faults.push({ kind: 'drop-in', name: code.name, message });
      }
    }
    const registry = this.#registryOf(live, faults);
    this.#staged = { live, registry };
    return { registry, faults };
  }

  /** Puts what was staged into use. */
  commit(): void {
    if (this.#staged === null) return;
    const before = this.#live;
    this.#live = this.#staged.live;
    this.#registry = this.#staged.registry;
    this.#staged = null;
    this.#forgetTexts(before);
  }

  /** Forgets what was staged. */
  abort(): void {
    if (this.#staged === null) return;
    const { live } = this.#staged;
    this.#staged = null;
    this.#forgetTexts(live);
  }

  /** How many versions of modules are held that nothing in use was made of. */
  get oldVersions(): number {
    return this.#imported.size - this.#used().size;
  }

  async #import(code: DropInCode): Promise<DropInSpecs> {
    const owner = { name: code.name, version: versionOf(code.url) };
    for (const { url } of code.modules) this.#imported.add(url);
    const specs = await this.#running.load(owner, () => importDropIn(code, this.#loadTimeoutMs));
    return this.#running.watched(specs, owner);
  }

  #registryOf(live: ReadonlyMap<string, Imported>, faults: StageFault[]): Registry {
    const registry = this.#builtins.clone();
    // By name, as the main thread does: of two that override one name the last counts.
    for (const [name, { specs }] of [...live].sort(([a], [b]) => (a < b ? -1 : 1))) {
      try {
        addSpecs(registry, specs, name);
      } catch (error) {
        faults.push({ kind: 'drop-in', name, message: (error as Error).message });
      }
    }
    return registry;
  }

  #forgetTexts(before: ReadonlyMap<string, Imported>): void {
    const used = this.#used();
    for (const { code } of before.values())
      dropModules(code.modules.map(({ url }) => url).filter((url) => !used.has(url)));
  }

  #used(): Set<string> {
    return new Set([...this.#live.values()].flatMap(({ code }) => code.modules.map(({ url }) => url)));
  }
}
