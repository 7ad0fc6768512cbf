import {
  type checkRoute,
  type DefaultFilters,
  isError,
  type LoadedRoute,
  namesTester,
  type Registry,
  type RouteReading,
  type RouteText,
  readRoutes,
  suspendedRoute,
} from '../../routes/index.ts';
import type { Refusal } from './left-out.ts';
import type { RouteDiff, RouteFile } from './route-file.ts';

/** All route files and, by id, the routes in use. */
export class RouteSet {
  /** The filters that every route gets. */
  readonly defaults: DefaultFilters;
  readonly #files = new Map<string, RouteFile>();
  readonly #owners = new Map<string, RouteFile>();
  readonly #check: typeof checkRoute;
  /** What data threads could not take, as long as it stays what it was. */
  #rejected: readonly Refusal[] = [];
  #sorted: readonly RouteFile[] | null = null;

  /** `check` says what is wrong with a definition under a registry. */
  constructor(defaults: DefaultFilters, check: typeof checkRoute) {
    this.defaults = defaults;
    this.#check = check;
  }

  /** Notes what a file says now; null when it is gone. Each text is new: it is compared by identity. */
  setDesired(name: string, wanted: RouteText | null): void {
    const file = this.#files.get(name);
    if (file !== undefined) file.wanted = wanted;
    else if (wanted !== null) this.#files.set(name, { name, wanted, live: null, reading: null });
    if (wanted === null && file?.live === null) this.#files.delete(name);
    this.#sorted = null;
  }

  /** Number of routes in use. */
  get size(): number {
    return this.#owners.size;
  }

  /** The files by name: the order in which their routes are defined. */
  files(): readonly RouteFile[] {
    this.#sorted ??= [...this.#files.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return this.#sorted;
  }

  /** The files that are not as they are on disk. */
  pending(): RouteFile[] {
    return this.files().filter(({ wanted, live }) => wanted !== (live?.source ?? null) || live?.flawed === true);
  }

  /** The file that defines `id` at present. */
  ownerOf(id: string): RouteFile | undefined {
    return this.#owners.get(id);
  }

  /** The route in use that has an id. */
  routeOf(id: string): LoadedRoute | null {
    return this.#owners.get(id)?.live?.routes.find((route) => route.id === id) ?? null;
  }

  /** The routes in use, in definition order. */
  *live(): Generator<LoadedRoute> {
    for (const { live } of this.files()) yield* live?.routes ?? [];
  }

  /** The file that a route stands in. */
  fileOf({ file }: LoadedRoute): RouteFile | undefined {
    return this.#files.get(file);
  }

  /** Reads what a file wants, once for each text and registry. `changedNames` tells registry and current one apart. */
  async read(file: RouteFile, registry: Registry, changedNames: ReadonlySet<string>): Promise<RouteReading> {
    const { live } = file;
    const source = file.wanted ?? { name: file.name, text: '' };
    if (file.reading?.source === source && file.reading.registry === registry) return file.reading.result;
    const { defaults } = this;
    const known = { routes: live?.routes ?? [], isConcerned: namesTester(changedNames), defaults, check: this.#check };
    const read = await readRoutes(source, known, registry);
    const wrong = read.from.includes(-1) ? defaults.findings(registry).filter(isError) : [];
    const result = wrong.length === 0 ? read : { ...read, findings: [...wrong, ...read.findings] };
    file.reading = { source, registry, result };
    return result;
  }

  /** What was rejected and is still what it was then. */
  get rejected(): readonly Refusal[] {
    return this.#rejected;
  }

  /**
   * Leaves out of all plans what data threads could not take, as long as its text and the registry, which is the one in use now,
   * stay what they are. `refusals` are all that hold now, those of before included.
   */
  reject(refusals: readonly Refusal[], registry: Registry): void {
    this.#rejected = refusals.filter(({ subject, lasts }) => {
      if (subject.kind === 'drop-in' || lasts === 'load' || subject.under !== registry) return false;
      return this.#files.get(subject.file.name)?.wanted === subject.source;
    });
  }

  /** Forgets what was rejected: it is tried again. */
  reconsider(): void {
    this.#rejected = [];
  }

  /** Whether a route is in use as it is, wherever it stands. */
  uses(route: LoadedRoute): boolean {
    const live = this.routeOf(route.id);
    return live?.text === route.text && live.json === route.json;
  }

  /** Has a route in use answer 503 until its definition changes; null when there is none of this id. */
  suspend(id: string): LoadedRoute | null {
    const file = this.#owners.get(id);
    const at = file?.live?.routes.findIndex((route) => route.id === id) ?? -1;
    if (file === undefined || file.live === null || at < 0) return null;
    const route = suspendedRoute(file.live.routes[at] as LoadedRoute);
    file.live = { ...file.live, routes: file.live.routes.with(at, route) };
    // What was read of it holds on to the route as it was.
    file.reading = null;
    return route;
  }

  /** Puts the outcome of a diff into use. */
  commit({ versions, came, gone }: RouteDiff): void {
    for (const [id, { file }] of gone) if (this.#owners.get(id)?.name === file) this.#owners.delete(id);
    for (const [id, { file }] of came) this.#owners.set(id, this.#files.get(file) as RouteFile);
    for (const [file, version] of versions) {
      file.live = version;
      file.reading = null;
      if (version !== null || file.wanted !== null) continue;
      this.#files.delete(file.name);
      this.#sorted = null;
    }
  }
}
