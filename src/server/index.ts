/**
 * Listeners: the server side of the wire. Turns bytes of clients into requests for a handler, and its responses into bytes.
 * May import src/http, src/http1 and, of Node, net, tls, stream and Buffer; nothing of third parties, nothing above it.
 * Invariant: what is ambiguous is refused, never repaired, and a response that is not whole is never ended as if it were.
 * Half-close: a client that ends its sending side gets its answers, unless the connection is then silent for
 * `halfCloseGraceMs`; one that ends it in the middle of a request is gone.
 */
export { checkFree, listenError, type Place } from './addresses.ts';
export { cipherList, offerCiphers } from './cipher-suites.ts';
export { type Listener, listen, type UnderWay } from './listener.ts';
export type {
  ClientCertificates,
  ConnectionTimeouts,
  DescriptorRoom,
  KeepAliveLimits,
  KeyPair,
  ListenerObserver,
  ListenerOptions,
  MessageLimits,
  TlsOptions,
} from './options.ts';
