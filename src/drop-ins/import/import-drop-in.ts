import { type StandIns, standInSpecs } from '../guard/stand-in.ts';
import { type DropInSpecs, specsOf } from '../specs.ts';
import { type DropInModule, holdModules } from './module-hooks.ts';

/** A drop-in file at one version, as data threads receive it: what it is imported from. */
export interface DropInCode {
  /** The file as findings name it; the origin of its specs in a registry. */
  readonly name: string;
  /** URL of the module that is the drop-in itself. */
  readonly url: string;
  /** That module and the ones it imports, directly or not, from the drop-in directories, and JSON and files outside of them. */
  readonly modules: readonly DropInModule[];
  /** Tells apart what it loads of packages: other files, or the same with another content, make another text. */
  readonly packages?: string;
  /** Present when it is out of use: it is not imported then. */
  readonly standIns?: StandIns;
}

/**
 * Imports a drop-in and collects its specs. `timeoutMs` bounds an `await` at its top level.
 * @throws whatever the module does, SpecError, ImportError
 */
export async function importDropIn(
  { url, modules, standIns }: Pick<DropInCode, 'url' | 'modules' | 'standIns'>,
  timeoutMs: number,
): Promise<DropInSpecs> {
  if (standIns !== undefined) return standInSpecs(standIns);
  holdModules(modules);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = (): void => reject(new Error(`did not finish loading within ${timeoutMs / 1000} s`));
    timer = setTimeout(fail, timeoutMs);
  });
  try {
    return specsOf(await Promise.race([import(url), late]));
  } finally {
    clearTimeout(timer);
  }
}

/** The number of a version, of the module's URL; 0 for a module without. */
export function versionOf(url: string): number {
  return Number(/\?v=(\d+)/.exec(url)?.[1] ?? 0);
}
