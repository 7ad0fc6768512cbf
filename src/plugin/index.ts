/**
 * THE public contract: what built-in and drop-in filters, predicates and balancers are made of.
 * May import grammar, src/http and src/regexp. No I/O, no state.
 * Invariant: built-ins get no privileges; what one of them needs stands here for all.
 */
export * from '../http/index.ts';
export * from './access-log.ts';
export * from './arg.ts';
export * from './balancer.ts';
export * from './bearer-payload.ts';
export * from './check.ts';
export * from './duration.ts';
export * from './example.ts';
export * from './filter.ts';
export * from './log.ts';
export * from './lru-cache.ts';
export * from './metrics.ts';
export * from './predicate.ts';
export * from './regexp.ts';
export * from './secret.ts';
export { balancerFault, filterFault, misspeltCreate, predicateFault } from './shape.ts';
export * from './state.ts';
export * from './template.ts';
export * from './tracing.ts';
