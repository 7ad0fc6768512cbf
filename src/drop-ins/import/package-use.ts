import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Who imports which packages, and what of them is loaded. */
export class PackageUse {
  /** By file URL of a module, or folder of a package, the folders of the packages that it imports. */
  readonly #imports = new Map<string, Set<string>>();
  /** By folder of a package, its files that are loaded, as they were then. */
  readonly #files = new Map<string, Map<string, string>>();

  /** Notes an import of a file of a package; URLs without versions. */
  note(importer: string, url: string): void {
    const folder = folderOf(url);
    const from = folderOf(importer) ?? importer;
    if (folder === null) return;
    add(this.#imports, from, folder);
    const files = this.#files.get(folder) ?? new Map<string, string>();
    this.#files.set(folder, files);
    if (!files.has(url)) files.set(url, stampOf(url));
  }

  /** The names of the packages that these modules import themselves. */
  namesUsedBy(modules: readonly string[]): string[] {
    const folders = new Set(modules.flatMap((at) => [...(this.#imports.get(at) ?? [])]));
    return [...folders].map((folder) => folder.slice(folder.lastIndexOf('/node_modules/') + '/node_modules/'.length));
  }

  /** A text that tells apart what is loaded of packages by these modules, directly or not. */
  usedBy(modules: readonly string[]): string {
    const used = new Set(modules);
    for (const at of used) for (const folder of this.#imports.get(at) ?? []) used.add(folder);
    const files = [...used].flatMap((at) => [...(this.#files.get(at) ?? [])]);
    return files
      .map(([url, stamp]) => `${url} ${stamp}`)
      .sort()
      .join('\n');
  }
}

function add(to: Map<string, Set<string>>, key: string, value: string): void {
  const values = to.get(key) ?? new Set();
  to.set(key, values.add(value));
}

/** The folder of the package that a file belongs to; null where it belongs to none. */
function folderOf(url: string): string | null {
  return /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? null;
}

function stampOf(url: string): string {
  const { mtimeMs, size } = statSync(fileURLToPath(url), { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs} ${size}`;
}
