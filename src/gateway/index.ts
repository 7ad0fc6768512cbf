/**
 * The composition roots: `control/` of the main thread, `data-thread/` of the threads that serve. May import all rooms
 * but src/cli; only src/cli and src/exports import it.
 */
export { upstreamOptions } from './data-thread/thread-options.ts';
export { type Gateway, type GatewayOptions, startGateway } from './start-gateway.ts';
export { readTlsFiles } from './tls-files.ts';
