import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type DropInCode, importDropIn } from './import-drop-in.ts';
import { exportOffset, type FailedFile, locateFailure } from './locate.ts';
import {
  type DropInModule,
  dropModules,
  fileUrlOf,
  heldModule,
  heldUrls,
  holdModules,
  onImport,
} from './module-hooks.ts';
import { PluginError, placeIn } from './plugin-error.ts';
import { type DropInSpecs, specCount } from './specs.ts';

/** A drop-in file at one version, imported in this thread. */
export interface DropIn {
  readonly code: DropInCode;
  readonly specs: DropInSpecs;
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

/**
 * The drop-in files of this process: which there are, who imports whom, and their versions. A file gets a new version
 * when it, or a file that it imports, changed; files that did not change stay the modules they are, and keep their state.
 * One per process, in the main thread. It decides nothing about which version is in use.
 */
export class DropIns {
  /** By the file's URL. */
  readonly #files = new Map<string, File>();
  /** By URL of the imported file, the URLs of those that import it or tried to; without versions. */
  readonly #importers = new Map<string, Set<string>>();
  #version = 0;

  constructor() {
    onImport((importer, target) => {
      const importers = this.#importers.get(target) ?? new Set();
      this.#importers.set(target, importers.add(importer));
      return this.#files.get(target)?.module ?? null;
    });
  }

  /** Takes files that changed and files that are gone, by name, and imports anew all that depends on them. */
  async change(put: readonly FailedFile[], remove: readonly string[]): Promise<DropInChange> {
    const changed = [...put.map(({ name }) => urlOf(name)), ...remove.map(urlOf)];
    for (const name of remove) this.#files.delete(urlOf(name));
    for (const { name, text } of put)
      this.#files.set(urlOf(name), { name, text, module: this.#nextVersion(name, text) });
    const stale = this.#dependants(changed);
    for (const url of stale) {
      const file = this.#files.get(url);
      if (file !== undefined) file.module = this.#nextVersion(file.name, file.text);
    }
    holdModules([...this.#files.values()].map(({ module }) => module));
    const problems = new Map<string, PluginError | null>(remove.map((name) => [name, null]));
    const loaded: DropIn[] = [];
    for (const url of stale) {
      const file = this.#files.get(url);
      if (file === undefined) continue;
      const result = await this.#import(file);
      problems.set(file.name, result instanceof PluginError ? result : null);
      if (!(result instanceof PluginError)) loaded.push(result);
    }
    return this.#judge(loaded, remove, problems);
  }

  /** Forgets the texts of versions that are neither the newest of their file nor among `inUse`. */
  keepOnly(inUse: Iterable<DropInCode>): void {
    const kept = new Set([...this.#files.values()].map(({ module }) => module.url));
    for (const { modules } of inUse) for (const { url } of modules) kept.add(url);
    dropModules([...heldUrls()].filter((url) => !kept.has(url)));
  }

  /** Where a spec of a drop-in file is made wrong in its surroundings: at the export that has this name. */
  problemAt(name: string, specName: string, problem: string): PluginError {
    const text = this.#files.get(urlOf(name))?.text ?? '';
    const quoted = Math.max(text.indexOf(`'${specName}'`), text.indexOf(`"${specName}"`));
    return new PluginError(name, placeIn(text, quoted < 0 ? exportOffset(text, specName) : quoted), problem);
  }

  /** A module without specs is good when others import it, and else a mistake. */
  #judge(loaded: readonly DropIn[], gone: readonly string[], problems: Map<string, PluginError | null>): DropInChange {
    const put: DropIn[] = [];
    const remove = [...gone];
    for (const dropIn of loaded) {
      const { name, url } = dropIn.code;
      if (specCount(dropIn.specs) > 0) put.push(dropIn);
      else if (this.#importers.has(fileUrlOf(url))) remove.push(name);
      else
        problems.set(name, new PluginError(name, { line: 1, column: 1 }, 'exports no filter, predicate or balancer'));
    }
    return { put, remove, problems };
  }

  async #import(file: File): Promise<DropIn | PluginError> {
    const { name, module } = file;
    try {
      const specs = await importDropIn({ url: module.url, modules: [] }, 10_000);
      return { code: { name, url: module.url, modules: closureOf(module) }, specs };
    } catch (error) {
      return locateFailure(error, file, (url) => this.#files.get(url));
    }
  }

  #nextVersion(name: string, text: string): DropInModule {
    return { url: `${urlOf(name)}?v=${++this.#version}`, text, imports: {} };
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

/** A module and all it imports from the drop-in directories. */
function closureOf(entry: DropInModule): DropInModule[] {
  const found = new Set([entry]);
  for (const module of found) {
    for (const url of Object.values(module.imports)) {
      const imported = heldModule(url);
      if (imported !== undefined) found.add(imported);
    }
  }
  return [...found];
}
