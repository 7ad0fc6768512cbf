import { type DropInModule, holdModules } from './module-hooks.ts';
import { type DropInSpecs, specsOf } from './specs.ts';

/** A drop-in file at one version, as data threads receive it: what it is imported from. */
export interface DropInCode {
  /** The file as diagnostics name it; the origin of its specs in a registry. */
  readonly name: string;
  /** URL of the module that is the drop-in itself. */
  readonly url: string;
  /** That module and the ones it imports, directly or not, from the drop-in directories. */
  readonly modules: readonly DropInModule[];
}

/** How long a module may take to load, in ms: it must not hold up all reloads with an `await` at its top level. */
const LOAD_TIMEOUT_MS = 5000;

/** Imports a drop-in and collects its specs. @throws whatever the module does, SpecError, ImportError */
export async function importDropIn({ url, modules }: Pick<DropInCode, 'url' | 'modules'>): Promise<DropInSpecs> {
  holdModules(modules);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = (): void => reject(new Error(`did not finish loading within ${LOAD_TIMEOUT_MS / 1000} s`));
    timer = setTimeout(fail, LOAD_TIMEOUT_MS);
  });
  try {
    return specsOf(await Promise.race([import(url), late]));
  } finally {
    clearTimeout(timer);
  }
}
