import {
  type checkRoute,
  type DefaultFilters,
  type Finding,
  type LoadedRoute,
  namesTester,
  type Registry,
  type RouteReading,
  type RouteText,
  readRoutes,
  suspendedRoute,
} from '../../routes/index.ts';
import type { PlacedRoute, RouteDiff, RouteFile } from './route-file.ts';

const NONE: ReadonlyMap<string, Finding> = new Map();

/** All route files and, by id, the routes in use. */
export class RouteSet {
  /** The filters that every route gets. */
  readonly defaults: DefaultFilters;
  readonly #files = new Map<string, RouteFile>();
  readonly #owners = new Map<string, RouteFile>();
  readonly #check: typeof checkRoute;
  #sorted: readonly RouteFile[] | null = null;

  /** `check` says what is wrong with a definition under a registry. */
  constructor(defaults: DefaultFilters, check: typeof checkRoute) {
    this.defaults = defaults;
    this.#check = check;
  }

  /** Notes what a file says now; null when it is gone. Each text is new: it is compared by identity. */
  want(name: string, wanted: RouteText | null): void {
    const file = this.#files.get(name);
    if (file !== undefined) file.wanted = wanted;
    else if (wanted !== null) this.#files.set(name, { name, wanted, live: null, reading: null, unmade: null });
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

  /** Adds a finding to what was read of a file, which is then refused until its text or the registry changes. */
  spoil(file: RouteFile, finding: Finding): void {
    if (file.reading === null) return;
    const { result } = file.reading;
    file.reading = { ...file.reading, result: { ...result, findings: [...result.findings, finding] } };
  }

  /** Forgets what was added to readings: they are tried again. */
  unspoil(): void {
    for (const file of this.pending()) {
      file.reading = null;
      file.unmade = null;
    }
  }

  /** Whether a route is in use as it is. */
  uses({ file, route }: PlacedRoute): boolean {
    return this.#owners.get(route.id) === file && file.live?.routes.includes(route) === true;
  }

  /** Has a route in use answer 503 until its definition changes; null when there is none of this id. */
  suspend(id: string): PlacedRoute | null {
    const file = this.#owners.get(id);
    const at = file?.live?.routes.findIndex((route) => route.id === id) ?? -1;
    if (file === undefined || file.live === null || at < 0) return null;
    const route = suspendedRoute(file.live.routes[at] as LoadedRoute);
    file.live = { ...file.live, routes: file.live.routes.with(at, route) };
    // What was read of it holds on to the route as it was.
    file.reading = null;
    return { file, route, order: file.live.orders[at] as number };
  }

  /** Leaves out a route that could not be made until the text of its file or the registry changes. */
  leaveOut(file: RouteFile, id: string, registry: Registry, finding: Finding): void {
    const { wanted: source } = file;
    const findings = new Map(this.unmade(file, registry)).set(id, finding);
    file.unmade = { source, registry, findings };
  }

  /** The routes of a file that cannot be made under a registry, by id. */
  unmade(file: RouteFile, registry: Registry): ReadonlyMap<string, Finding> {
    const { unmade } = file;
    return unmade?.source === file.wanted && unmade.registry === registry ? unmade.findings : NONE;
  }

  /** Puts the outcome of a diff into use. */
  adopt({ versions, came, gone }: RouteDiff): void {
    for (const [id, { file }] of gone) if (this.#owners.get(id) === file) this.#owners.delete(id);
    for (const [id, { file }] of came) this.#owners.set(id, file);
    for (const [file, version] of versions) {
      file.live = version;
      file.reading = null;
      if (version !== null || file.wanted !== null) continue;
      this.#files.delete(file.name);
      this.#sorted = null;
    }
  }
}

function isError({ severity }: Finding): boolean {
  return severity === 'error';
}
