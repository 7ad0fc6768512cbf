/**
 * The framing of HTTP/1.1 messages that both sides of the proxy have in common: where a head ends, field lines, content by
 * length, in chunks or up to the end (RFC 9112 §5–§7), and how parts of a message leave together.
 * May import src/http.
 * Invariant: what a decoder did not need is in its `rest`; nothing is repaired but blanks, where the rules say so.
 */
export * from './decoder.ts';
export * from './field-lines.ts';
export * from './field-writer.ts';
export { Output } from './output.ts';
export * from './scan.ts';
export * from './trailers.ts';
