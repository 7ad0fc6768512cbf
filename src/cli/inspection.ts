import { statSync } from 'node:fs';
import { UsageError } from '../config/index.ts';
import { Prober } from '../drop-ins/index.ts';
import { Reloader, type ReloaderOptions } from '../reload/index.ts';
import { checkForm, type Finding, isError } from '../routes/index.ts';
import { pluginFilesNow } from '../sources/index.ts';
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

/** Files as `sluice run` would take them. */
export interface Inspection {
  /** What can be served, and the names that it may use. */
  readonly loaded: Reloader;
  /** All that `sluice run` would say about them, in the order in which to mend it. */
  readonly findings: readonly Finding[];
  /** How many route files there are. */
  readonly files: number;
}

/**
 * Reads, checks and loads files on the road that `sluice run` takes, up to the point where it would serve.
 * @throws UsageError when a path is not there
 */
export async function inspect(options: InspectionOptions, io: Console): Promise<Inspection> {
  const { ignoreTrailingSlash = false, syntaxOnly = false } = options;
  const findings: Finding[] = [];
  let files = 0;
  const prober = new Prober();
  const reloader = new Reloader({
    prober,
    builtins: builtinRegistry(),
    tellAll: !syntaxOnly,
    stage: syntaxOnly ? ACCEPTING : new TrialStage(),
    hidden: { ignoreTrailingSlash, upTo: syntaxOnly ? 0 : Number.POSITIVE_INFINITY },
    ...(syntaxOnly ? { check: (def) => checkForm(def).filter(isError) } : {}),
    loaded: ({ found }) => findings.push(...found),
  });
  try {
    for (const folder of options.filters ?? [])
      if (!isFolder(folder)) throw new UsageError(`there is no folder ${folder}`);
    const dropIns =
      options.filters === null ? [] : [pluginFilesNow(dropInFolders(options.filters), options.filters.length > 0)];
    for (const source of dropIns)
      await source.start((change) => reloader.changeDropIns(withoutBuiltins(change), source));
    for (const source of await routeSources(options.routes, io))
      await source.start((change) => {
        files += change.put.length + change.faults.length;
        reloader.changeRoutes(change, source);
      });
    await reloader.start();
  } finally {
    reloader.close();
    await prober.close();
  }
  return { loaded: reloader, findings, files };
}

/** A stage that takes everything. */
const ACCEPTING: ReloaderOptions['stage'] = {
  prepare: async () => [],
  commit: async () => {},
  abort: async () => {},
};

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
