import type { BackendRecord } from '../routes/index.ts';
import type { Backend, Upstream } from '../upstream/index.ts';

/** The backend of a live route: one that is called, or one of the special ones, which have nothing to close. */
export type RouteBackend =
  | { readonly kind: 'upstream'; readonly backend: Backend }
  | { readonly kind: 'shunt' | 'loopback' | 'dynamic' | 'forward' | 'none' };

const SPECIAL = {
  shunt: { kind: 'shunt' },
  loopback: { kind: 'loopback' },
  dynamic: { kind: 'dynamic' },
  forward: { kind: 'forward' },
  /** A network backend without a URL: its filters must answer (Skipper). */
  network: { kind: 'none' },
  balanced: { kind: 'none' },
} as const satisfies Record<string, RouteBackend>;

/** Makes the backend of a route of its record; closed by `closeRouteBackend`. @throws BackendError */
export function routeBackend(record: BackendRecord, routeId: string, upstream: Upstream): RouteBackend {
  const backend = upstream.makeBackend(record, routeId);
  return backend === null ? SPECIAL[record.kind] : { kind: 'upstream', backend };
}

/** Lets a backend go, after the last request that used it. */
export function closeRouteBackend(backend: RouteBackend): void {
  if (backend.kind === 'upstream') backend.backend.close();
}
