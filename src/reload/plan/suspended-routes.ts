import type { Finding, Registry } from '../../routes/index.ts';
import type { Plan } from './plan.ts';
import type { PlacedRoute } from './route-file.ts';
import { routeFinding } from './route-finding.ts';
import type { RouteSet } from './route-set.ts';

interface Suspended {
  readonly placed: PlacedRoute;
  readonly finding: Finding;
  /** Whether data threads know of it. */
  isSent: boolean;
}

/** Routes that answer 503 as long as their definition is the one that did the harm. */
export class SuspendedRoutes {
  readonly #routes: RouteSet;
  readonly #byId = new Map<string, Suspended>();

  constructor(routes: RouteSet) {
    this.#routes = routes;
  }

  /** Has a route in use answer 503; says whether there is one. */
  add(id: string, why: string, registry: Registry): boolean {
    const placed = this.#routes.suspend(id);
    if (placed === null) return false;
    const message = `the script is out of use, the route answers 503: ${why}`;
    const finding = routeFinding(placed, 'out-of-use', message, registry);
    this.#byId.set(id, { placed, finding, isSent: false });
    return true;
  }

  /** Adds to a plan the routes that data threads do not know of yet, and forgets those that are defined otherwise by now. */
  addTo({ diff }: Plan): Suspended[] {
    for (const [id, { placed }] of this.#byId) {
      if (diff.gone.has(id) || !this.#routes.uses(placed)) this.#byId.delete(id);
    }
    const unsent = [...this.#byId.values()].filter(({ isSent }) => !isSent);
    const known = new Set(diff.put.map(({ route }) => route));
    diff.put.push(...unsent.map(({ placed }) => placed).filter(({ route }) => !known.has(route)));
    return unsent;
  }

  /** What there is to say of them, by id. */
  *findings(): Generator<[id: string, finding: Finding]> {
    for (const [id, { finding }] of this.#byId) yield [id, finding];
  }
}
