/**
 * The support listener: /routes, /metrics, /health, /ready, for operators and machines, not for clients.
 * May import grammar, src/http and what it is given to look at.
 * Invariant: it only reads.
 */
export * from './support-pages.ts';
