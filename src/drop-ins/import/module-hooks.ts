import { registerHooks } from 'node:module';

/** A module of a drop-in at one version: what is imported under `url`, whatever is on disk by then. */
export interface DropInModule {
  /** The file's URL with a query that differs from version to version. */
  readonly url: string;
  readonly text: string;
  /** URLs of the drop-in modules it imports: by the file's URL, the URL with version. */
  readonly imports: Record<string, string>;
}

/** Thrown where a drop-in imports what does not exist. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  /** URL of the importing file, without version. */
  readonly importer: string;
  readonly specifier: string;

  constructor(importer: string, specifier: string, message: string) {
    super(message);
    this.importer = importer;
    this.specifier = specifier;
  }
}

/** The contract of the running process, in the repository and where Sluice is installed alike. */
const CONTRACT_URL = new URL(`../../plugin/index${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
  .href;

const modules = new Map<string, DropInModule>();
let linkImport: (importer: string, target: string) => DropInModule | null = () => null;
let seePackage: (importer: string, url: string) => void = () => undefined;
let installed = false;

/**
 * Makes modules importable in this thread. The first call installs hooks that serve their texts, carry versions over to
 * what they import, and lead `sluice` to the contract of this process.
 */
export function holdModules(held: Iterable<DropInModule>): void {
  if (!installed) registerHooks({ resolve, load });
  installed = true;
  for (const module of held) modules.set(module.url, module);
}

/** Forgets texts; what was imported from them lives on. */
export function dropModules(urls: Iterable<string>): void {
  for (const url of urls) modules.delete(url);
}

/** The module held under `url`. */
export function heldModule(url: string): DropInModule | undefined {
  return modules.get(url);
}

/** The URLs of all modules that are held. */
export function heldUrls(): Iterable<string> {
  return modules.keys();
}

/** Has `link` asked for the module behind a relative import that is not yet known; both URLs are without version. */
export function onImport(link: (importer: string, target: string) => DropInModule | null): void {
  linkImport = link;
}

/** Has `see` told of each file of a package that is imported, and by whom; both URLs are without version. */
export function onPackage(see: (importer: string, url: string) => void): void {
  seePackage = see;
}

/** A URL without its version. */
export function fileUrlOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

type Resolve = NonNullable<Parameters<typeof registerHooks>[0]['resolve']>;
type Load = NonNullable<Parameters<typeof registerHooks>[0]['load']>;

const resolve: Resolve = (specifier, context, next) => {
  if (modules.has(specifier)) return { url: specifier, shortCircuit: true };
  const importer = context.parentURL === undefined ? undefined : modules.get(context.parentURL);
  if (importer === undefined) return seen(next(specifier, context), context.parentURL);
  if (specifier === 'sluice' || specifier === 'sluice/plugin') return { url: CONTRACT_URL, shortCircuit: true };
  const from = fileUrlOf(importer.url);
  if (/^(\.{0,2}\/|file:)/.test(specifier)) {
    const target = fileUrlOf(new URL(specifier, from).href);
    const known = importer.imports[target] ?? linkImport(from, target)?.url;
    if (known !== undefined) {
      importer.imports[target] = known;
      return { url: known, shortCircuit: true };
    }
  }
  try {
    return seen(next(specifier, { ...context, parentURL: from }), from);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
    throw new ImportError(from, specifier, missing ? `cannot find "${specifier}"` : (error as Error).message);
  }
};

function seen<R extends { url: string }>(resolved: R, importer: string | undefined): R {
  if (importer !== undefined && resolved.url.includes('/node_modules/')) seePackage(importer, resolved.url);
  return resolved;
}

const load: Load = (url, context, next) => {
  const module = modules.get(url);
  if (module === undefined) return next(url, context);
  const file = fileUrlOf(url);
  if (file.endsWith('.json')) {
    // Node says what is wrong where the type is not given.
    if (context.importAttributes?.['type'] !== 'json') return next(file, context);
    return { format: 'json', source: module.text, shortCircuit: true };
  }
  // Drop-ins are ES modules, whatever a package.json near them says.
  return { format: /\.m?ts$/.test(file) ? 'module-typescript' : 'module', source: module.text, shortCircuit: true };
};
