import { createRequire } from 'node:module';
import type { buildConnector as BuildConnector, Client as UndiciClient } from 'undici';

export type { Dispatcher } from 'undici';

// The package's main file also loads fetch, caches, WebSocket and mocks: 130 ms instead of 40 at the start of each thread.
const require = createRequire(import.meta.url);

/** undici's HTTP/1.1 client: one connection, one request at a time. */
export const Client = require('undici/lib/dispatcher/client.js') as typeof UndiciClient;

/** Makes the function that opens undici's sockets. */
export const buildConnector = require('undici/lib/core/connect.js') as typeof BuildConnector;

/** Where undici keeps the parser of a socket, on the socket. */
export const { kParser: PARSER } = require('undici/lib/core/symbols.js') as { kParser: symbol };
