import type { LoadedRoute, Registry, RouteReading, RouteText } from '../../routes/index.ts';

/** A version of a route file that is in use. */
export interface RouteFileVersion {
  readonly source: RouteText;
  /** In definition order, each at its place among all routes. */
  readonly routes: readonly LoadedRoute[];
  /** Whether routes with errors were left out: they are tried again with each load. */
  readonly flawed: boolean;
}

/** A route file: as it is on disk, and as it is in use. `RouteSet` alone changes it. */
export interface RouteFile {
  readonly name: string;
  /** Null when the file is gone. */
  wanted: RouteText | null;
  live: RouteFileVersion | null;
  /** What `wanted` says under one registry, compared with `live`: remembered, since a plan asks again and again. */
  reading: { source: RouteText; registry: Registry; result: RouteReading } | null;
}

/** The files of a plan with what they say; null for a file that is gone. */
export type Candidates = ReadonlyMap<RouteFile, RouteReading | null>;

/** What becomes different when the candidates are put into use. */
export interface RouteDiff {
  /** The versions of files that change; null for a file that is gone. */
  readonly versions: ReadonlyMap<RouteFile, RouteFileVersion | null>;
  /** By id: definitions that their file did not have, and those it has no more. An id may be in both. */
  readonly came: ReadonlyMap<string, LoadedRoute>;
  readonly gone: ReadonlyMap<string, LoadedRoute>;
  /** Routes to make: new, changed, or concerned by a drop-in. */
  readonly put: readonly LoadedRoute[];
  /** Routes that stay what they are at another place. */
  readonly move: readonly LoadedRoute[];
  readonly remove: readonly string[];
}

/** The text of a file as it is in use. */
export function liveText({ name, live }: RouteFile): RouteText {
  return live?.source ?? { name, text: '' };
}

/** The text of a file as it is on disk. */
export function wantedText({ name, wanted }: RouteFile): RouteText {
  return wanted ?? { name, text: '' };
}
