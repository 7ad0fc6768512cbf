import type { LoadedRoute, RouteReading, RouteText } from '../../routes/index.ts';
import { keysBetween, orderKeys } from './definition-order.ts';
import type { Candidates, PlacedRoute, RouteDiff, RouteFile, RouteFileVersion } from './route-file.ts';
import type { RouteSet } from './route-set.ts';

/** An id that two files claim. `file` is the one that is to be refused. */
export interface Conflict {
  readonly id: string;
  readonly file: RouteFile;
  readonly holder: RouteFile;
}

/** What becomes of routes. */
export interface RouteCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** The same, at another place among the others. */
  readonly moved: number;
  /** The same, made anew because a drop-in they use changed. */
  readonly rebuilt: number;
}

/** What a diff does, in numbers. */
export function countsOf({ came, gone, put, move, remove }: RouteDiff): RouteCounts {
  let added = 0;
  let changed = 0;
  for (const { route } of put) {
    if (!came.has(route.id)) continue;
    if (gone.has(route.id)) changed++;
    else added++;
  }
  return { added, changed, removed: remove.length, moved: move.length, rebuilt: put.length - added - changed };
}

/** The names of the files whose routes are others, or elsewhere. */
export function filesOf({ came, gone, put, move }: RouteDiff): string[] {
  const own = put.filter(({ route }) => came.has(route.id));
  return [...new Set([...own, ...move, ...gone.values()].map(({ file }) => file.name))].sort();
}

/** The definitions that files of the candidates do not have any more. */
function goneRoutes(candidates: Candidates): Map<string, PlacedRoute> {
  const gone = new Map<string, PlacedRoute>();
  for (const [file, reading] of candidates) {
    const { routes, orders } = file.live ?? { routes: [], orders: [] };
    const stays = new Uint8Array(routes.length);
    for (const index of reading?.from ?? []) if (index >= 0) stays[index] = 1;
    routes.forEach((route, at) => {
      if (stays[at] === 0) gone.set(route.id, { file, route, order: orders[at] as number });
    });
  }
  return gone;
}

/** The ids that candidates claim although another file, changed or not, has them. */
export function findConflicts(set: RouteSet, candidates: Candidates): Conflict[] {
  const gone = goneRoutes(candidates);
  const claimed = new Map<string, RouteFile>();
  const conflicts: Conflict[] = [];
  for (const [file, reading] of candidates) {
    reading?.routes.forEach(({ id }, at) => {
      if (reading.from[at] !== -1) return;
      const owner = set.ownerOf(id);
      const held = owner !== undefined && owner !== file && gone.get(id)?.file !== owner ? owner : claimed.get(id);
      if (held === undefined) claimed.set(id, file);
      else conflicts.push({ id, file, holder: held });
    });
  }
  return conflicts;
}

/** Compares the candidates with what is in use. `isConcerned` says which routes a drop-in changes. */
export function diffRoutes(
  set: RouteSet,
  candidates: Candidates,
  isConcerned: (route: LoadedRoute) => boolean,
): RouteDiff {
  const versions = versionsOf(set, candidates);
  const gone = goneRoutes(candidates);
  const came = new Map<string, PlacedRoute>();
  const put: PlacedRoute[] = [];
  const move: PlacedRoute[] = [];
  for (const [file, version] of versions) {
    const from = candidates.get(file)?.from;
    version?.routes.forEach((route, at) => {
      const order = version.orders[at] as number;
      const index = from === undefined ? at : (from[at] as number);
      if (index >= 0 && file.live?.orders[index] === order && !isConcerned(route)) return;
      const placed = { file, route, order };
      const before = index >= 0 ? placed : gone.get(route.id);
      if (index === -1) came.set(route.id, placed);
      if (before?.route.json !== route.json || isConcerned(route)) put.push(placed);
      else if (before === placed || before.order !== order) move.push(placed);
    });
  }
  for (const file of set.files()) {
    if (!versions.has(file)) put.push(...placedRoutes(file).filter(({ route }) => isConcerned(route)));
  }
  return { versions, came, gone, put, move, remove: [...gone.keys()].filter((id) => !came.has(id)) };
}

/** The routes in use of a file. */
export function placedRoutes(file: RouteFile): PlacedRoute[] {
  const { routes, orders } = file.live ?? { routes: [], orders: [] };
  return routes.map((route, at) => ({ file, route, order: orders[at] as number }));
}

function versionsOf(set: RouteSet, candidates: Candidates): Map<RouteFile, RouteFileVersion | null> {
  const versions = new Map<RouteFile, RouteFileVersion | null>();
  const orders = (file: RouteFile): readonly number[] =>
    (versions.has(file) ? versions.get(file) : candidates.get(file) === null ? null : file.live)?.orders ?? [];
  const files = set.files();
  for (const [at, file] of files.entries()) {
    const reading = candidates.get(file);
    if (reading === undefined) continue;
    if (reading === null) {
      versions.set(file, null);
      continue;
    }
    const low = nearest(files, at, -1, orders)?.at(-1) ?? Number.NEGATIVE_INFINITY;
    const high = nearest(files, at, 1, orders)?.at(0) ?? Number.POSITIVE_INFINITY;
    const keys = orderKeys({ before: file.live?.orders ?? [], from: reading.from, low, high });
    if (keys === null) return renumbered(files, candidates);
    versions.set(file, { source: wantedOf(file), routes: reading.routes, orders: keys, flawed: isFlawed(reading) });
  }
  return versions;
}

function isFlawed({ findings }: RouteReading): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

function wantedOf(file: RouteFile): RouteText {
  return file.wanted ?? { name: file.name, text: '' };
}

/** The orders of the next file in that direction that has routes. */
function nearest(
  files: readonly RouteFile[],
  at: number,
  step: -1 | 1,
  orders: (file: RouteFile) => readonly number[],
): readonly number[] | undefined {
  for (let index = at + step; index >= 0 && index < files.length; index += step) {
    const found = orders(files[index] as RouteFile);
    if (found.length > 0) return found;
  }
  return undefined;
}

/** Versions of all files with orders from scratch: after very many changes at one place. */
function renumbered(files: readonly RouteFile[], candidates: Candidates): Map<RouteFile, RouteFileVersion | null> {
  const versions = new Map<RouteFile, RouteFileVersion | null>();
  let low = Number.NEGATIVE_INFINITY;
  for (const file of files) {
    const reading = candidates.get(file);
    const source = reading === undefined ? file.live : reading;
    if (source === null) {
      if (reading === null) versions.set(file, null);
      continue;
    }
    const orders = keysBetween(low, Number.POSITIVE_INFINITY, source.routes.length, 'middle') ?? [];
    const text = reading === undefined ? (file.live?.source ?? wantedOf(file)) : wantedOf(file);
    const flawed = reading === undefined ? (file.live?.flawed ?? false) : reading !== null && isFlawed(reading);
    versions.set(file, { source: text, routes: source.routes, orders, flawed });
    low = orders.at(-1) ?? low;
  }
  return versions;
}
