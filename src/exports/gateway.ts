/**
 * `sluice/gateway`: a gateway within a program of yours. Every option has its default; durations are in milliseconds.
 *
 *     const gateway = await startGateway({ address: ':8080', 'routes-file': ['routes'] });
 */
export { UsageError } from '../config/index.ts';
export { type Gateway, type GatewayOptions, startGateway } from '../gateway/index.ts';
export type { Source, SourceChange } from '../sources/index.ts';
