/**
 * The way upstream: backends, connection pools, calls. `http1/` is the client's side of a connection, the mirror of src/server/http1.
 * May import src/routing and below; knows no listeners.
 * Invariant: every call ends in exactly one of response, upgrade, failure or abort, and gives back its endpoint and its
 * connection exactly once, on every path.
 */
export type { Backend } from './backend.ts';
export type { Call } from './call.ts';
export type { UpstreamOptions } from './options.ts';
export { BackendError } from './origin.ts';
export { type BalancerNames, Upstream } from './upstream.ts';
export type { UpstreamObserver, UpstreamRequest } from './upstream-request.ts';
