/**
 * A 32-bit hash of a string: FNV-1a over its char codes, finished with the mixer of MurmurHash3, so that strings which
 * differ in their last character only (addresses, numbered endpoints) lie far apart.
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
