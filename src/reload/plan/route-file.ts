import type { Finding, LoadedRoute, Registry, RouteReading, RouteText } from '../../routes/index.ts';

/** A version of a route file that is in use. */
export interface RouteFileVersion {
  readonly source: RouteText;
  readonly routes: readonly LoadedRoute[];
  /** For each route its place among all routes; see `RouteRecord.order`. */
  readonly orders: readonly number[];
  /** Whether routes with errors were left out: they are tried again with each load. */
  readonly flawed: boolean;
}

/** A route file: as it is on disk, and as it is in use. */
export interface RouteFile {
  readonly name: string;
  /** Null when the file is gone. */
  wanted: RouteText | null;
  live: RouteFileVersion | null;
  /** What `wanted` says, under one registry. */
  reading: { source: RouteText; registry: Registry; result: RouteReading } | null;
  /** By id: the routes of `wanted` that could not be made under one registry, where single routes are left out. */
  unmade: { source: RouteText | null; registry: Registry; findings: Map<string, Finding> } | null;
}

/** A route in its file and order. */
export interface PlacedRoute {
  readonly file: RouteFile;
  readonly route: LoadedRoute;
  readonly order: number;
}

/** The files of a plan with what they say; null for a file that is gone. */
export type Candidates = ReadonlyMap<RouteFile, RouteReading | null>;

/** What becomes different when the candidates are put into use. */
export interface RouteDiff {
  /** The versions of files that change; null for a file that is gone. */
  readonly versions: ReadonlyMap<RouteFile, RouteFileVersion | null>;
  /** By id: definitions that their file did not have, and those it has no more. An id may be in both. */
  readonly came: ReadonlyMap<string, PlacedRoute>;
  readonly gone: ReadonlyMap<string, PlacedRoute>;
  /** Routes to make: new, changed, or concerned by a drop-in. */
  readonly put: PlacedRoute[];
  /** Routes that stay what they are at another place. */
  readonly move: readonly PlacedRoute[];
  readonly remove: readonly string[];
}
