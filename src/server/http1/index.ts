/**
 * HTTP/1.1 on a socket: parser, framing, and the state machine of one connection. See connection.ts first.
 * May import src/http and src/http1, and of src/server the options and the timer wheel.
 * Invariant: one exchange at a time, in the order of the requests; what follows a message that is not whole is never read
 * as another.
 */
export { Connection } from './connection.ts';
export type { ConnectionContext, OpenConnection } from './context.ts';
export { refusal, refusalMessage, refusalText } from './refusal.ts';
export { answerRefused, refusedRequest } from './refused-request.ts';
export { peerOf } from './serve.ts';
