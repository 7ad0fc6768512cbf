import { Prober } from '../drop-ins/index.ts';
import type { Finding, Registry } from '../routes/index.ts';
import { mapSource, type Source, type SourceChange } from '../sources/index.ts';
import { Reloader } from './reloader.ts';
import type { ReloaderOptions } from './reloader-options.ts';
import type { Stage } from './stage/generation.ts';

/** What delivers what is loaded. */
export interface LoadSources {
  readonly routes: readonly Source[];
  readonly dropIns: readonly Source[];
}

/** How routes are loaded once. */
export interface LoadOptions extends Pick<ReloaderOptions, 'check' | 'hidden' | 'tellAll'> {
  /** Where routes are made on trial. Default: nowhere, all are taken. */
  readonly stage?: Stage;
}

/** What was loaded. */
export interface LoadedRoutes {
  /** What can be served, and the names that it may use; it takes no further changes. */
  readonly loaded: Reloader;
  /** All that `sluice run` would say, in the order in which to mend it. */
  readonly findings: readonly Finding[];
  /** How many route files there are. */
  readonly files: number;
}

/** Starts sources that feed a reloader; everything that is there has been delivered when it resolves. */
export async function feed(reloader: Reloader, { routes, dropIns }: LoadSources): Promise<void> {
  await Promise.all([
    ...dropIns.map((source) => source.start((change) => reloader.changeDropIns(change, source))),
    ...routes.map((source) => source.start((change) => reloader.changeRoutes(change, source))),
  ]);
}

/**
 * Reads, checks and plans what sources deliver now, on the road that `sluice run` takes, up to the point where it would serve.
 * `vocabulary` are the names that come with Sluice.
 */
export async function loadRoutes(
  sources: LoadSources,
  vocabulary: Registry,
  { stage = ACCEPTING, ...options }: LoadOptions,
): Promise<LoadedRoutes> {
  const findings: Finding[] = [];
  const prober = new Prober();
  const loaded = new Reloader({
    ...options,
    stage,
    prober,
    builtins: vocabulary,
    loaded: ({ found }) => findings.push(...found),
  });
  try {
    let files = 0;
    const count = (change: SourceChange): SourceChange => {
      files += change.put.length + change.faults.length;
      return change;
    };
    await feed(loaded, { ...sources, routes: sources.routes.map((source) => mapSource(source, count)) });
    await loaded.start();
    return { loaded, findings, files };
  } finally {
    loaded.close();
    await prober.close();
  }
}

/** A stage that takes everything. */
const ACCEPTING: Stage = {
  prepare: async () => [],
  commit: async () => {},
  abort: async () => {},
};
