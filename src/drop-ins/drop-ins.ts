import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { DropInCode } from './import/import-drop-in.ts';
import { exportOffset, type FailedFile, locateFailure } from './import/locate.ts';
import { type DropInModule, fileUrlOf } from './import/module-hooks.ts';
import { isWatchable } from './import/outside.ts';
import { PluginError, placeIn } from './plugin-error.ts';
import { describedSpecs } from './probe/description.ts';
import type { ImportOutcome } from './probe/probe-protocol.ts';
import { Prober } from './probe/prober.ts';
import { type DropInSpecs, specCount } from './specs.ts';

/** A drop-in file at one version, with its specs as they were described: nothing of its code is in this thread. */
export interface DropIn {
  readonly code: DropInCode;
  readonly specs: DropInSpecs;
  /** What it imports whose changes are not noticed, in words. */
  readonly notLive?: readonly string[];
  /** How long its import keeps a thread busy, in ms of CPU. */
  readonly busyMs?: number;
}

/** What a change of drop-in files comes to. */
export interface DropInChange {
  /** Drop-ins with a new version. */
  readonly put: readonly DropIn[];
  /** Files that are gone or have no specs any more. */
  readonly remove: readonly string[];
  /** Of each file looked at what is wrong with it; null clears. */
  readonly problems: ReadonlyMap<string, PluginError | null>;
}

/** A drop-in file as it is on disk. */
interface File extends FailedFile {
  /** Its newest version, good or not. */
  module: DropInModule;
}

/** Files outside of the drop-in directories: with what they say now, and those that are gone. */
export interface OutsideChange {
  readonly put: readonly FailedFile[];
  readonly remove: readonly string[];
}

const NO_OUTSIDE: OutsideChange = { put: [], remove: [] };
const UNMADE: DropInModule = { url: '', text: '', imports: {} };
const NOTHING: DropInChange = { put: [], remove: [], problems: new Map() };

/**
 * The drop-in files of this process: which there are, who imports whom, and their versions. A file gets a new version
 * when it, or a file that it imports, changed; files that did not change stay the modules they are, and keep their state.
 * One per process, in the main thread. It decides nothing about which version is in use.
 */
export class DropIns {
  readonly #prober: Prober;
  /** By the file's URL. */
  readonly #files = new Map<string, File>();
  /** By URL of the imported file, the URLs of those that import it or tried to; without versions. */
  readonly #importers = new Map<string, Set<string>>();
  /** By the file's URL, the texts of what is imported and is no drop-in. */
  readonly #outside = new Map<string, string>();
  /** The modules that may still be asked for, by URL with version. */
  readonly #modules = new Map<string, DropInModule>();
  #version = 0;

  constructor(prober = new Prober()) {
    this.#prober = prober;
  }

  /**
   * Takes files that changed and files that are gone, by name, and has all that depends on them looked at. What that comes
   * to is there file by file: some may take their time. A file that changes meanwhile comes to nothing. `outside` are
   * files that drop-ins import and that are none.
   */
  change(
    put: readonly FailedFile[],
    remove: readonly string[],
    outside: OutsideChange = NO_OUTSIDE,
  ): Promise<DropInChange>[] {
    const changed = [...put.map(({ name }) => urlOf(name)), ...remove.map(urlOf), ...this.#changedOutside(outside)];
    for (const name of remove) this.#files.delete(urlOf(name));
    for (const { name, text } of put) this.#files.set(urlOf(name), { name, text, module: UNMADE });
    const stale: File[] = [];
    for (const url of this.#dependants(changed)) {
      const file = this.#files.get(url);
      if (file === undefined) continue;
      file.module = this.#nextVersion(file.name, file.text);
      stale.push(file);
    }
    const outcomes = this.#prober.import(
      stale.map(({ name, module }) => ({ name, url: module.url })),
      [...this.#files.values()].map(({ module }) => module),
      (importer, target) => this.#linked(importer, target),
    );
    const gone = { put: [], remove, problems: new Map(remove.map((name) => [name, null])) };
    return [Promise.resolve(gone), ...stale.map((file) => this.#changeBy(file, file.module, outcomes))];
  }

  /** The files to watch besides the drop-ins: those that they import, and those that they look for in vain. */
  outsideFiles(): string[] {
    const files = [...this.#importers.keys()].filter((url) => !this.#files.has(url) && isWatchable(url));
    return files.map((url) => fileURLToPath(url)).sort();
  }

  #changedOutside({ put, remove }: OutsideChange): string[] {
    const changed = put.filter(({ name, text }) => this.#outside.get(urlOf(name)) !== text);
    return [...changed.map(({ name }) => urlOf(name)), ...remove.map(urlOf).filter((url) => this.#outside.has(url))];
  }

  /** Forgets the texts of versions that are neither the newest of their file nor among `inUse`. */
  keepOnly(inUse: Iterable<DropInCode>): void {
    const kept = new Set([...this.#files.values()].map(({ module }) => module.url));
    for (const { modules } of inUse) for (const { url } of modules) kept.add(url);
    for (const url of this.#modules.keys()) if (!kept.has(url)) this.#modules.delete(url);
  }

  /** Whether the text of a version is at hand. */
  holds(url: string): boolean {
    return this.#modules.has(url);
  }

  /** Where a spec of a drop-in file is made wrong in its surroundings: at the export that has this name. */
  problemAt(name: string, specName: string, problem: string): PluginError {
    const text = this.#files.get(urlOf(name))?.text ?? '';
    const quoted = Math.max(text.indexOf(`'${specName}'`), text.indexOf(`"${specName}"`));
    return new PluginError(name, placeIn(text, quoted < 0 ? exportOffset(text, specName) : quoted), problem);
  }

  async #changeBy(
    file: File,
    module: DropInModule,
    outcomes: ReadonlyMap<string, Promise<ImportOutcome>>,
  ): Promise<DropInChange> {
    const outcome = await outcomes.get(module.url);
    const isNewest = (): boolean => this.#files.get(fileUrlOf(module.url))?.module === module;
    if (outcome === undefined || !isNewest()) return NOTHING;
    const { name } = file;
    if (outcome.kind === 'failed') {
      const problem = await locateFailure(outcome.failure, file, (url) => this.#files.get(url));
      return isNewest() ? { ...NOTHING, problems: new Map([[name, problem]]) } : NOTHING;
    }
    for (const one of outcome.outside) {
      this.#outside.set(fileUrlOf(one.url), one.text);
      if (!this.#modules.has(one.url)) this.#modules.set(one.url, { ...one, imports: {} });
    }
    for (const [url, imports] of Object.entries(outcome.imports))
      Object.assign(this.#modules.get(url)?.imports ?? {}, imports);
    const specs = describedSpecs(outcome.description);
    const { packages, notLive, busyMs } = outcome;
    const code = { name, url: module.url, modules: this.#closureOf(module), packages };
    return this.#judge({ code, specs, notLive, busyMs });
  }

  /** A module without specs is good when others import it, and else a mistake. */
  #judge(dropIn: DropIn): DropInChange {
    const { name, url } = dropIn.code;
    const well = new Map([[name, null]]);
    if (specCount(dropIn.specs) > 0) return { put: [dropIn], remove: [], problems: well };
    if (this.#importers.has(fileUrlOf(url))) return { put: [], remove: [name], problems: well };
    const problem = new PluginError(name, { line: 1, column: 1 }, 'exports no filter, predicate or balancer');
    return { ...NOTHING, problems: new Map([[name, problem]]) };
  }

  #linked(importer: string, target: string): void {
    const importers = this.#importers.get(target) ?? new Set();
    this.#importers.set(target, importers.add(importer));
  }

  #nextVersion(name: string, text: string): DropInModule {
    const module = { url: `${urlOf(name)}?v=${++this.#version}`, text, imports: {} };
    this.#modules.set(module.url, module);
    return module;
  }

  /** A module and all it imports from the drop-in directories. */
  #closureOf(entry: DropInModule): DropInModule[] {
    const found = new Set([entry]);
    for (const module of found) {
      for (const url of Object.values(module.imports)) {
        const imported = this.#modules.get(url);
        if (imported !== undefined) found.add(imported);
      }
    }
    return [...found];
  }

  /** `urls` and all that import one of them, directly or not. */
  #dependants(urls: readonly string[]): Set<string> {
    const found = new Set<string>();
    const queue = [...urls];
    for (let url = queue.pop(); url !== undefined; url = queue.pop()) {
      if (found.has(url)) continue;
      found.add(url);
      queue.push(...(this.#importers.get(url) ?? []));
    }
    return found;
  }
}

function urlOf(name: string): string {
  return pathToFileURL(path.resolve(name)).href;
}
