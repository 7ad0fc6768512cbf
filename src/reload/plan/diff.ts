import {
  type InText,
  isError,
  type LoadedRoute,
  placedAt,
  type RouteReading,
  type RouteText,
} from '../../routes/index.ts';
import { keysBetween, orderKeys } from './definition-order.ts';
import {
  type Candidates,
  liveText,
  type RouteDiff,
  type RouteFile,
  type RouteFileVersion,
  wantedText,
} from './route-file.ts';
import type { RouteSet } from './route-set.ts';

/** An id that two routes claim. */
export interface Conflict {
  /** The one that is to be refused, and its file. */
  readonly at: InText;
  readonly file: RouteFile;
  /** The one that has it. */
  readonly holder: InText;
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
  for (const { id } of put) {
    if (!came.has(id)) continue;
    if (gone.has(id)) changed++;
    else added++;
  }
  return { added, changed, removed: remove.length, moved: move.length, rebuilt: put.length - added - changed };
}

/** The names of the files whose routes are others, or elsewhere. */
export function filesOf({ came, gone, put, move }: RouteDiff): string[] {
  const own = put.filter(({ id }) => came.has(id));
  return [...new Set([...own, ...move, ...gone.values()].map(({ file }) => file))].sort();
}

/** The definitions that files of the candidates do not have any more. */
function goneRoutes(candidates: Candidates): Map<string, LoadedRoute> {
  const gone = new Map<string, LoadedRoute>();
  for (const [file, reading] of candidates) {
    const routes = file.live?.routes ?? [];
    const stays = new Uint8Array(routes.length);
    for (const index of reading?.from ?? []) if (index >= 0) stays[index] = 1;
    for (const [at, route] of routes.entries()) if (stays[at] === 0) gone.set(route.id, route);
  }
  return gone;
}

/** The ids that candidates claim although another file, changed or not, has them. */
export function findConflicts(set: RouteSet, candidates: Candidates): Conflict[] {
  const gone = goneRoutes(candidates);
  const claimed = new Map<string, RouteFile>();
  const conflicts: Conflict[] = [];
  for (const [file, reading] of candidates) {
    for (const [at, route] of (reading?.routes ?? []).entries()) {
      if (reading?.from[at] !== -1) continue;
      const { id } = route;
      const owner = set.ownerOf(id);
      const isOwned = owner !== undefined && owner !== file && gone.get(id)?.file !== owner.name;
      const holder = isOwned ? owner : claimed.get(id);
      if (holder === undefined) claimed.set(id, file);
      else conflicts.push({ at: { route, text: wantedText(file) }, file, holder: holding(holder, id, candidates) });
    }
  }
  return conflicts;
}

/** The route that has an id in a file, as it is on disk where it is to be used so. */
function holding(file: RouteFile, id: string, candidates: Candidates): InText {
  const hasId = (route: LoadedRoute): boolean => route.id === id;
  const wanted = candidates.get(file)?.routes.find(hasId);
  if (wanted !== undefined) return { route: wanted, text: wantedText(file) };
  return { route: file.live?.routes.find(hasId) as LoadedRoute, text: liveText(file) };
}

/** Compares the candidates with what is in use. `isConcerned` says which routes a drop-in changes. */
export function diffRoutes(
  set: RouteSet,
  candidates: Candidates,
  isConcerned: (route: LoadedRoute) => boolean,
): RouteDiff {
  const versions = versionsOf(set, candidates);
  const gone = goneRoutes(candidates);
  const came = new Map<string, LoadedRoute>();
  const put: LoadedRoute[] = [];
  const move: LoadedRoute[] = [];
  for (const [file, version] of versions) {
    const from = candidates.get(file)?.from;
    for (const [at, route] of (version?.routes ?? []).entries()) {
      const index = from === undefined ? at : (from[at] as number);
      const before = index >= 0 ? file.live?.routes[index] : gone.get(route.id);
      if (index === -1) came.set(route.id, route);
      if (before?.json !== route.json || isConcerned(route)) put.push(route);
      else if (before.order !== route.order) move.push(route);
    }
  }
  for (const file of set.files()) {
    if (!versions.has(file)) for (const route of file.live?.routes ?? []) if (isConcerned(route)) put.push(route);
  }
  return { versions, came, gone, put, move, remove: [...gone.keys()].filter((id) => !came.has(id)) };
}

function versionsOf(set: RouteSet, candidates: Candidates): Map<RouteFile, RouteFileVersion | null> {
  const versions = new Map<RouteFile, RouteFileVersion | null>();
  const routesOf = (file: RouteFile): readonly LoadedRoute[] =>
    (versions.has(file) ? versions.get(file) : candidates.get(file) === null ? null : file.live)?.routes ?? [];
  const files = set.files();
  for (const [at, file] of files.entries()) {
    const reading = candidates.get(file);
    if (reading === undefined) continue;
    if (reading === null) {
      versions.set(file, null);
      continue;
    }
    const low = nearest(files, at, -1, routesOf)?.at(-1)?.order ?? Number.NEGATIVE_INFINITY;
    const high = nearest(files, at, 1, routesOf)?.at(0)?.order ?? Number.POSITIVE_INFINITY;
    const before = (file.live?.routes ?? []).map(({ order }) => order ?? 0);
    const keys = orderKeys({ before, from: reading.from, low, high });
    if (keys === null) return renumbered(files, candidates);
    versions.set(file, versionAt(wantedText(file), reading.routes, keys, isFlawed(reading)));
  }
  return versions;
}

function versionAt(
  source: RouteText,
  routes: readonly LoadedRoute[],
  keys: readonly number[],
  flawed: boolean,
): RouteFileVersion {
  return { source, routes: routes.map((route, at) => placedAt(route, keys[at] as number)), flawed };
}

function isFlawed({ findings }: RouteReading): boolean {
  return findings.some(isError);
}

/** The routes of the next file in that direction that has any. */
function nearest(
  files: readonly RouteFile[],
  at: number,
  step: -1 | 1,
  routesOf: (file: RouteFile) => readonly LoadedRoute[],
): readonly LoadedRoute[] | undefined {
  for (let index = at + step; index >= 0 && index < files.length; index += step) {
    const found = routesOf(files[index] as RouteFile);
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
    const keys = keysBetween(low, Number.POSITIVE_INFINITY, source.routes.length, 'middle') ?? [];
    const text = reading === undefined ? liveText(file) : wantedText(file);
    const flawed = reading === undefined ? (file.live?.flawed ?? false) : reading !== null && isFlawed(reading);
    versions.set(file, versionAt(text, source.routes, keys, flawed));
    low = keys.at(-1) ?? low;
  }
  return versions;
}
