/**
 * The message vocabulary: header list, body, request, response, and the seam between a listener and its handler.
 * May import nothing of ours, and of Node only Buffer and types.
 * Invariant: header values, paths and queries are byte strings as they travel on the wire; bodies are consumed once.
 */
export { type Address, readAddress } from './address.ts';
export * from './alike-names.ts';
export * from './authority.ts';
export * from './baggage.ts';
export * from './body.ts';
export * from './cidr.ts';
export * from './client.ts';
export * from './client-connection.ts';
export * from './cookies.ts';
export * from './downstream.ts';
export * from './errors.ts';
export * from './field-names.ts';
export * from './filter-bounds.ts';
export * from './forwarded.ts';
export type { ForwardedElement } from './forwarded-elements.ts';
export * from './forwarded-headers.ts';
export * from './headers.ts';
export * from './hop.ts';
export * from './octets.ts';
export * from './path.ts';
export {
  CATCH_ALL,
  cleanPathPattern,
  type PathPattern,
  PathPatternError,
  parsePathPattern,
  pathKeysOf,
  pathParams,
  trimTrailingSlash,
} from './path-pattern.ts';
export * from './path-readings.ts';
export * from './peer-certificate.ts';
export * from './query.ts';
export * from './request.ts';
export * from './response.ts';
export * from './secret-parameters.ts';
export * from './status.ts';
export * from './tee.ts';
export { described, errorOf } from './thrown.ts';
export * from './timer-wheel.ts';
export * from './transform.ts';
export * from './url-credentials.ts';
