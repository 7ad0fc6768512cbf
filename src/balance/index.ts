/**
 * Balancers: how a balanced backend chooses among its endpoints, and the endpoints themselves, shared by all routes of a
 * thread. May import src/plugin and below.
 * Invariant: a pick is synchronous, allocates nothing while nothing was tried yet, and never returns an endpoint that was
 * tried while there is another.
 */
import type { BalancerSpec } from '../plugin/index.ts';
import { families } from './families.ts';

export { type EndpointFacts, EndpointRegistry, type EndpointRegistryInit } from './endpoint-registry.ts';
export { LiveEndpoint } from './live-endpoint.ts';

/** All built-in balancers. */
export const balancers: readonly BalancerSpec[] = families.algorithms.flatMap((each) => Object.values(each));
