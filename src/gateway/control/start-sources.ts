import type { Config } from '../../config/index.ts';
import type { Log } from '../../plugin/index.ts';
import { feed, type Reloader } from '../../reload/index.ts';
import {
  InlineRoutes,
  mapSource,
  pluginFiles,
  routeFiles,
  type Source,
  type SourceChange,
} from '../../sources/index.ts';
import { dropInFolders, withoutBuiltins } from '../../vocabulary/index.ts';

/** What delivers routes and drop-ins. */
export interface Started {
  readonly sources: readonly Source[];
  /** Whether there are drop-ins that may come or be mended. */
  readonly hasDropIns: boolean;
}

/** Starts what delivers routes and drop-ins; everything that is there has been delivered when it resolves. */
export async function startSources(
  config: Config,
  feeds: readonly Source[],
  { reloader, log }: { reloader: Reloader; log: Log },
): Promise<Started> {
  const inline = config['inline-routes'];
  const given = config['routes-file'];
  const paths = given.length > 0 || inline !== '' || feeds.length > 0 ? given : ['./routes'];
  const routes: Source[] = [...feeds];
  if (paths.length > 0) routes.push(routeFiles(paths));
  if (inline !== '') routes.push(new InlineRoutes(inline));
  const named = config['filters-dir'];
  const folders = dropInFolders(named);
  let isFirst = true;
  const ownDropIns = (change: SourceChange): SourceChange => {
    const own = withoutBuiltins(change);
    if (isFirst) tellOfCode(own, folders, { log, wasNamed: named.length > 0 });
    isFirst = false;
    return own;
  };
  const dropIns = folders.length > 0 ? [mapSource(pluginFiles(folders, named.length > 0), ownDropIns)] : [];
  await feed(reloader, { routes, dropIns });
  return { sources: [...routes, ...dropIns], hasDropIns: dropIns.length > 0 };
}

/** Drop-ins are code with all the rights of this process; a folder that nobody named is told as a warning. */
function tellOfCode(
  { put }: SourceChange,
  folders: readonly string[],
  { log, wasNamed }: { log: Log; wasNamed: boolean },
): void {
  if (put.length === 0) return;
  const fields = { folders: folders.join(', '), files: put.map(({ name }) => name).join(', ') };
  if (wasNamed) log.info('drop-ins are run as code', fields);
  else log.warn('drop-ins are run as code: the folder was not named, but is there', fields);
}
