import { statSync } from 'node:fs';
import { UsageError } from '../config/index.ts';
import { type LoadedRoutes, type LoadOptions, loadRoutes } from '../reload/index.ts';
import { checkForm, isError } from '../routes/index.ts';
import { mapSource, pluginFilesNow, type Source } from '../sources/index.ts';
import { builtinRegistry, dropInFolders, withoutBuiltins } from '../vocabulary/index.ts';
import type { Console } from './command.ts';
import { routeSources } from './route-sources.ts';
import { TrialStage } from './trial-stage.ts';

/** What is inspected. */
export interface InspectionOptions {
  /** Route files, folders of *.eskip files, and "-" for standard input. */
  readonly routes: readonly string[];
  /** Folders of drop-ins; none: ./filters where it exists. Null: there are no drop-ins. */
  readonly filters: readonly string[] | null;
  readonly ignoreTrailingSlash?: boolean;
  /** Whether syntax alone counts: names may be unknown then, and no route is made. */
  readonly syntaxOnly?: boolean;
}

/**
 * Loads files on the road that `sluice run` takes, up to the point where it would serve.
 * @throws UsageError when a path is not there
 */
export async function inspect(options: InspectionOptions, io: Console): Promise<LoadedRoutes> {
  const { ignoreTrailingSlash = false, syntaxOnly = false } = options;
  const dropIns = options.filters === null ? [] : [dropInSource(options.filters)];
  const sources = { routes: await routeSources(options.routes, io), dropIns };
  const how: LoadOptions = syntaxOnly
    ? { check: (def) => checkForm(def).filter(isError), hidden: { upTo: 0 } }
    : { tellAll: true, stage: new TrialStage(), hidden: { ignoreTrailingSlash, upTo: Number.POSITIVE_INFINITY } };
  return loadRoutes(sources, builtinRegistry(), how);
}

function dropInSource(folders: readonly string[]): Source {
  for (const folder of folders) if (!isFolder(folder)) throw new UsageError(`there is no folder ${folder}`);
  return mapSource(pluginFilesNow(dropInFolders(folders), folders.length > 0), withoutBuiltins);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
