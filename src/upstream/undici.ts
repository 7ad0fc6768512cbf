import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';
import type { buildConnector as BuildConnector, Client as UndiciClient } from 'undici';

export type { Dispatcher } from 'undici';

// The package's main file also loads fetch, caches, WebSocket and mocks: 130 ms instead of 40 at the start of each thread.
const require = createRequire(import.meta.url);

/** undici's HTTP/1.1 client: one connection, one request at a time. */
export const Client = require('undici/lib/dispatcher/client.js') as typeof UndiciClient;

/** Makes the function that opens undici's sockets. */
export const buildConnector = require('undici/lib/core/connect.js') as typeof BuildConnector;

/** Takes off a socket what undici listens for. */
export const { removeAllListeners } = require('undici/lib/core/util.js') as {
  removeAllListeners(socket: ClientSocket): void;
};

/** Under these symbols undici keeps what a response parser works with, on its client and on the client's socket. */
const symbols = require('undici/lib/core/symbols.js') as Readonly<Record<string, never>>;

export const PARSER: unique symbol = symbols.kParser as never;
export const CLIENT: unique symbol = symbols.kClient as never;
export const SOCKET: unique symbol = symbols.kSocket as never;
export const CONTEXT: unique symbol = symbols.kHTTPContext as never;
export const ERROR: unique symbol = symbols.kError as never;
export const RESET: unique symbol = symbols.kReset as never;
export const WRITING: unique symbol = symbols.kWriting as never;
export const QUEUE: unique symbol = symbols.kQueue as never;
export const RUNNING: unique symbol = symbols.kRunning as never;
export const RUNNING_INDEX: unique symbol = symbols.kRunningIdx as never;
export const RESUME: unique symbol = symbols.kResume as never;
export const URL: unique symbol = symbols.kUrl as never;

/** A client as its parser sees it. */
export interface ClientInternals extends InstanceType<typeof Client> {
  [SOCKET]: ClientSocket | null;
  [CONTEXT]: unknown;
  readonly [QUEUE]: (ClientRequest | null)[];
  /** Number of requests that were sent and not answered. */
  readonly [RUNNING]: number;
  /** Place of the first of them in the queue. */
  [RUNNING_INDEX]: number;
  readonly [URL]: unknown;
  [RESUME](): void;
}

/** A client's socket as its parser sees it. */
export interface ClientSocket extends Duplex {
  [PARSER]: ClientParser | null;
  [CLIENT]: ClientInternals | null;
  [ERROR]: Error | null;
  /** The connection is to end behind this request. */
  readonly [RESET]: boolean;
  /** The request's content is still being written. */
  readonly [WRITING]: boolean;
}

/** What undici asks of a socket's parser. */
export interface ClientParser {
  /** That of the response under way; 0: there is none. */
  readonly statusCode: number;
  readonly shouldKeepAlive: boolean;
  /** Which of undici's time-outs runs. */
  readonly timeoutType: number | null;
  readonly timeout: null;
  setTimeout(delayMs: number, type: number): void;
  readMore(): void;
  /** The origin ended the connection in the middle of a response: answers why that is an error, or null. */
  finish(): Error | null;
  destroy(): void;
}

/** A request in a client's queue. The head and the trailers that it is given are passed on to the handler as they are. */
export interface ClientRequest {
  readonly method: string;
  readonly upgrade: string | null;
  readonly aborted: boolean;
  onResponseStart(status: number, head: object, resume: () => void, statusText: string): boolean;
  onResponseData(content: Buffer): boolean;
  onResponseEnd(trailers: object | null): void;
  onRequestUpgrade(status: number, head: object, socket: Duplex, statusText: string): void;
}
