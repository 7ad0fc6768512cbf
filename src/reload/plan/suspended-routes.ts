import { type Finding, type LoadedRoute, type Registry, routeFinding } from '../../routes/index.ts';
import type { Plan } from './plan.ts';
import { liveText } from './route-file.ts';
import type { RouteSet } from './route-set.ts';

interface Suspended {
  readonly route: LoadedRoute;
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
    const route = this.#routes.suspend(id);
    const file = route === null ? undefined : this.#routes.fileOf(route);
    if (route === null || file === undefined) return false;
    const message = `the script is out of use, the route answers 503: ${why}`;
    const finding = routeFinding({ route, text: liveText(file) }, { code: 'out-of-use', message }, registry);
    this.#byId.set(id, { route, finding, isSent: false });
    return true;
  }

  /** The plan with the routes that data threads do not know of yet. */
  addTo(plan: Plan): Plan {
    const { diff } = plan;
    const unsent = [...this.#inUse(plan)].filter(({ isSent }) => !isSent).map(({ route }) => route);
    const known = new Set(diff.put.map(({ id }) => id));
    const put = unsent.filter(({ id }) => !known.has(id));
    return put.length === 0 ? plan : { ...plan, diff: { ...diff, put: [...diff.put, ...put] } };
  }

  /** Notes that data threads know what a plan says, and forgets the routes that are defined otherwise by now. */
  sent(plan: Plan): void {
    const inUse = new Set(this.#inUse(plan));
    for (const [id, suspended] of this.#byId) {
      if (inUse.has(suspended)) suspended.isSent = true;
      else this.#byId.delete(id);
    }
  }

  /** What there is to say of them, by id. */
  *findings(): Generator<[id: string, finding: Finding]> {
    for (const [id, { finding }] of this.#byId) yield [id, finding];
  }

  /** Those that a plan leaves as they are. */
  *#inUse({ diff }: Plan): Generator<Suspended> {
    for (const [id, suspended] of this.#byId)
      if (!diff.gone.has(id) && this.#routes.uses(suspended.route)) yield suspended;
  }
}
