const BEYOND_ASCII = /[^\0-\x7f]/;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Text as its UTF-8 octets, one char per octet: what text becomes in a header value.
 * Not for values that are octets already; those travel unchanged.
 */
export function textToOctets(text: string): string {
  return BEYOND_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

/** The text that octets of a header value mean: UTF-8, or latin1 where they are not UTF-8. */
export function octetsToText(octets: string): string {
  if (!BEYOND_ASCII.test(octets)) return octets;
  try {
    return decoder.decode(Buffer.from(octets, 'latin1'));
  } catch {
    return octets;
  }
}
