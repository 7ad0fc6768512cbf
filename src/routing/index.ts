/**
 * From route definitions to the route of a request: registry of names, checks, provisioning, path trie, candidates,
 * filter chain, routing table.
 * May import grammar and src/plugin (which brings src/http).
 * Invariant: a lookup sees one generation, whole; changing the table costs what is changed, not what there is.
 */
export { type ChainContext, FilterChain, type HookOwner } from './chain.ts';
export * from './check-route.ts';
export * from './definition.ts';
export type { Generation } from './generation.ts';
export * from './hidden-routes.ts';
export type { Candidacy, Explanation, Match } from './match.ts';
export { BUILT_IN, NameClashError, type Namespace } from './namespace.ts';
export { type ProvisionEnv, ProvisionError, type ProvisionFault, provisionRoute } from './provision.ts';
export * from './record.ts';
export { type BareSpec, completeSpec, Registry } from './registry.ts';
export { Route, type RouteEnd } from './route.ts';
export { shownRoute } from './shown.ts';
export * from './table.ts';
