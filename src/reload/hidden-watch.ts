import { CooperativeYield, type Finding, hiddenRoutes, type Registry, recordIn } from '../routes/index.ts';
import type { PlacedRoute } from './plan/route-file.ts';
import { hiddenFinding, LivePlaces, type TableRecord } from './plan/route-finding.ts';

/** What the search for routes that no request reaches is bound by. */
export interface HiddenOptions {
  readonly ignoreTrailingSlash: boolean;
  /** The largest table that is searched: the search looks at all routes, however few of them changed. */
  readonly upTo: number;
}

/** Tells of the routes in use that no request reaches: of each once, as long as the same route hides it. */
export class Hidden {
  readonly #options: HiddenOptions;
  #known = new Set<string>();

  constructor(options: HiddenOptions) {
    this.#options = options;
  }

  /** The findings about `routes`, all that are in use, that were not told yet. */
  async search(size: number, routes: Iterable<PlacedRoute>, registry: Registry): Promise<Finding[]> {
    if (size > this.#options.upTo) return [];
    const hidden = hiddenRoutes(await records(routes), this.#options);
    const known = this.#known;
    const keyOf = ({ route, by }: (typeof hidden)[number]): string => `${route.id} ${by.id}`;
    this.#known = new Set(hidden.map(keyOf));
    const places = new LivePlaces();
    return hidden.filter((one) => !known.has(keyOf(one))).map((one) => hiddenFinding(one, places, registry));
  }
}

async function records(routes: Iterable<PlacedRoute>): Promise<TableRecord[]> {
  const found: TableRecord[] = [];
  const pause = new CooperativeYield();
  for (const { route, order, file } of routes) {
    const { id, predicates } = recordIn(route, order);
    found.push({ id, predicates, file });
    if (found.length % 64 === 0) await pause.yieldIfDue();
  }
  return found;
}
