/**
 * One request: lookup → request filters → backend → response filters → write.
 * May import src/upstream and everything below it; knows listeners only through the seam `Downstream`.
 * Invariant: every request gets exactly one answer (or a cut connection), and every filter whose request side was
 * reached sees that answer on its way back.
 */
export * from './error-response.ts';
export * from './exchange.ts';
export { PathGuard, type PathNormalization } from './path-guard.ts';
export type { ReceptionInit } from './reception.ts';
export * from './reverse-proxy.ts';
export * from './route-backend.ts';
