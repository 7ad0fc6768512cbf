/**
 * What is special about the names of some fields, each a bit; the one table of them. All other fields are passed on as they
 * came.
 */

/** Belongs to one connection and is never passed on (RFC 9110 §7.6.1). */
export const HOP_BY_HOP = 1;
/** Says where content ends (RFC 9112 §6). */
export const FRAMING = 2;
/** Whoever sends a message writes it anew, whatever is on its list. */
export const SENDERS_OWN = 4;
/** The same in a request that is sent on. */
export const REQUEST_SENDERS_OWN = 8;
/** Frames or routes a message: nobody may slip it in after the content of a request (RFC 9110 §6.5.1). */
export const NO_TRAILER = 16;
/** A sender cannot have it removed by naming it in Connection: without it the message is another one. */
export const NOT_REMOVABLE = 32;
/** Says how a message is framed or how a connection is used: no filter writes it. */
export const NOT_FILTERS = 64;

const TRAITS: ReadonlyMap<string, number> = new Map([
  ['connection', HOP_BY_HOP | SENDERS_OWN | NO_TRAILER | NOT_FILTERS],
  ['keep-alive', HOP_BY_HOP | SENDERS_OWN | NOT_FILTERS],
  ['proxy-connection', HOP_BY_HOP | SENDERS_OWN | NOT_FILTERS],
  ['proxy-authenticate', HOP_BY_HOP],
  ['proxy-authorization', HOP_BY_HOP],
  ['te', HOP_BY_HOP | NO_TRAILER | NOT_FILTERS],
  ['upgrade', HOP_BY_HOP | NO_TRAILER | NOT_FILTERS],
  ['http2-settings', HOP_BY_HOP | NOT_FILTERS],
  ['transfer-encoding', HOP_BY_HOP | FRAMING | SENDERS_OWN | NO_TRAILER | NOT_FILTERS],
  ['content-length', FRAMING | SENDERS_OWN | REQUEST_SENDERS_OWN | NO_TRAILER | NOT_REMOVABLE | NOT_FILTERS],
  ['host', REQUEST_SENDERS_OWN | NO_TRAILER | NOT_REMOVABLE],
  ['expect', REQUEST_SENDERS_OWN | NO_TRAILER],
  ['trailer', NO_TRAILER | NOT_FILTERS],
  // No field: what else Connection says, which removes none of that name.
  ['close', NOT_REMOVABLE],
  ['content-type', NOT_REMOVABLE],
  ['content-encoding', NOT_REMOVABLE],
  ['content-range', NOT_REMOVABLE],
]);

/** By the length of a name: a bit for each first letter that one of the table has. */
const FIRST_LETTERS = new Uint32Array(256);
for (const name of TRAITS.keys()) FIRST_LETTERS[name.length] = (FIRST_LETTERS[name.length] as number) | letterBit(name);

function letterBit(name: string): number {
  return 1 << (name.charCodeAt(0) & 0x1f);
}

/** The traits of a field by its name, in any case; 0: it has none. The first letter tells most of the same length apart. */
export function traitsOf(name: string): number {
  if (((FIRST_LETTERS[name.length] as number) & letterBit(name)) === 0) return 0;
  return TRAITS.get(name) ?? TRAITS.get(name.toLowerCase()) ?? 0;
}

/** Says whether a field has one of the traits. */
export function hasTrait(name: string, traits: number): boolean {
  return (traitsOf(name) & traits) !== 0;
}
