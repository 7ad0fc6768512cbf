/**
 * Balancers: how a balanced backend chooses among its endpoints, and the endpoints themselves, shared by all routes of a
 * thread. May import src/plugin and below.
 * Invariant: a pick is synchronous, allocates nothing while nothing was tried yet, and never returns an endpoint that was
 * tried while there is another.
 */
import type { BalancerSpec } from '../plugin/index.ts';
import { consistentHash } from './consistent-hash.ts';
import { leastRequests } from './least-requests.ts';
import { powerOfRandomNChoices } from './power-of-choices.ts';
import { random } from './random.ts';
import { roundRobin, weightedRoundRobin } from './round-robin.ts';

export { consistentHash } from './consistent-hash.ts';
export { type EndpointFacts, EndpointRegistry, type EndpointRegistryInit } from './endpoint-registry.ts';
export { leastRequests } from './least-requests.ts';
export { LiveEndpoint } from './live-endpoint.ts';
export { powerOfRandomNChoices } from './power-of-choices.ts';
export { random } from './random.ts';
export { roundRobin, weightedRoundRobin } from './round-robin.ts';

/** All built-in balancers; the first is the default when a route names none. */
export const balancers: readonly BalancerSpec[] = [
  roundRobin,
  weightedRoundRobin,
  random,
  consistentHash,
  powerOfRandomNChoices,
  leastRequests,
];
