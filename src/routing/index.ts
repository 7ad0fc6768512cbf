/**
 * From records of routes to the route of a request: provisioning and filter chain (`route/`), path trie, candidates and
 * routing table (`table/`).
 * May import src/http, src/plugin and src/routes.
 * Invariant: a lookup sees one generation, whole; changing the table costs what is changed, not what there is.
 */
export { type ChainContext, FilterChain, type HookOwner } from './route/chain.ts';
export { type ProvisionEnv, ProvisionError, provisionRoute } from './route/provision.ts';
export { Route, type RouteEnd } from './route/route.ts';
export type { Generation } from './table/generation.ts';
export type { Candidacy, Explanation, Match } from './table/match.ts';
export * from './table/table.ts';
