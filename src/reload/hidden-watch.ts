import {
  CooperativeYield,
  type Finding,
  hiddenFinding,
  hiddenRoutes,
  type InText,
  type LoadedRoute,
  type Registry,
  RoutePlaces,
  type RouteRecord,
  recordIn,
} from '../routes/index.ts';

/** What the search for routes that no request reaches is bound by. */
export interface HiddenOptions {
  readonly ignoreTrailingSlash: boolean;
  /** The largest table that is searched: the search looks at all routes, however few of them changed. */
  readonly upTo: number;
}

/** Tells of the routes in use that no request reaches: of each once, as long as the same route hides it. */
export class HiddenWatch {
  readonly #options: HiddenOptions;
  #known = new Set<string>();

  constructor(options: HiddenOptions) {
    this.#options = options;
  }

  /** The findings about `routes`, all that are in use, that were not told yet; `inText` finds the text of one. */
  async search(
    size: number,
    routes: Iterable<LoadedRoute>,
    inText: (route: LoadedRoute) => InText,
    registry: Registry,
  ): Promise<Finding[]> {
    if (size > this.#options.upTo) return [];
    const all = [...routes];
    const hidden = hiddenRoutes(await records(all), this.#options);
    const known = this.#known;
    const keyOf = ({ route, by }: (typeof hidden)[number]): string => `${route.id} ${by.id}`;
    this.#known = new Set(hidden.map(keyOf));
    const untold = hidden.filter((one) => !known.has(keyOf(one)));
    if (untold.length === 0) return [];
    const byId = new Map(all.map((route) => [route.id, route]));
    const textOf = ({ id }: { id: string }): InText => inText(byId.get(id) as LoadedRoute);
    const places = new RoutePlaces();
    return untold.map(({ route, by }) => hiddenFinding(textOf(route), textOf(by), registry, places));
  }
}

async function records(routes: Iterable<LoadedRoute>): Promise<Pick<RouteRecord, 'id' | 'predicates'>[]> {
  const found: Pick<RouteRecord, 'id' | 'predicates'>[] = [];
  const pause = new CooperativeYield();
  for (const route of routes) {
    const { id, predicates } = recordIn(route);
    found.push({ id, predicates });
    if (found.length % 64 === 0) await pause.yieldIfDue();
  }
  return found;
}
