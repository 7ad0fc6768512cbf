import { hasReadings, mayLeadOut, ProxyError, pathReadings, type Request } from '../http/index.ts';
import type { Generation, Route, RoutingTable } from '../routing/index.ts';

/**
 * What becomes of paths that servers read in different ways: `refuse` those that would lead to a route then that does
 * something else, forward the `clean` path that routes were looked up by (and refuse what is ambiguous still), or pass all on `raw`.
 */
export type PathNormalization = 'refuse' | 'clean' | 'raw';

/**
 * Keeps backends from reading a path so that it lies under another route than the one that was taken for it: a guard of
 * that route would be walked around. Ordinary paths (`Request.isPlainPath`) need no look.
 */
export class PathGuard<B> {
  readonly #table: RoutingTable<B>;
  readonly #normalization: PathNormalization;

  constructor(table: RoutingTable<B>, normalization: PathNormalization) {
    this.#table = table;
    this.#normalization = normalization;
  }

  /** Before the route of a request is looked up; may change the path. @throws ProxyError 400 */
  admit(request: Request, generation: Generation<B>): void {
    if (this.#normalization === 'raw') return;
    if (this.#normalization === 'clean') request.cleanPath();
    this.#check(request, generation, true);
  }

  /** Before a request goes to a backend with a path that filters made. @throws ProxyError 400 */
  forward(request: Request, generation?: Generation<B>): void {
    if (this.#normalization !== 'raw') this.#check(request, generation, false);
  }

  #check(request: Request, generation: Generation<B> | undefined, isRouted: boolean): void {
    if (!hasReadings(request.path)) return;
    // An encoded slash alone, or its like, is mostly part of a name: "no route" is then no other route.
    const ignoresNone = !mayLeadOut(request.path);
    const readings = pathReadings(request.path, ignoresNone && request.keepsReserved);
    if (readings === null) throw ambiguous();
    const routes = this.#table.possible(request, generation);
    // What no route takes is not forwarded, but by a filter, to where routes say nothing of its segments.
    if (routes.length === 0 && (isRouted || ignoresNone)) return;
    const leadsElsewhere = readings.some((reading) => {
      const others = request.readAs(reading, () => this.#table.possible(request, generation));
      return !((ignoresNone && others.length === 0) || areSame(routes, others));
    });
    if (leadsElsewhere) throw ambiguous();
  }
}

/** Two routes with the same filters and backend guard alike: no reading gets past either. */
function areSame<B>(some: readonly Route<B>[], others: readonly Route<B>[]): boolean {
  return some.length === others.length && some.every((route, at) => route.work === others[at]?.work);
}

function ambiguous(): ProxyError {
  const told = 'servers read this path in different ways, which lead to different routes';
  return new ProxyError({ code: 'ambiguous-path', status: 400, source: 'downstream', message: told, told });
}
