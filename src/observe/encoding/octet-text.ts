import { octetsToText } from '../../http/index.ts';
import { escapedForQuotes } from './visible.ts';

const PLAIN = /^[ !#-[\]-~]*$/;
const PLAIN_WORD = /^[!#-[\]-~]+$/;
const EACH_HIGH = /[\x80-\xff]/g;

/**
 * Octets as the wire brought them, as text fit to stand between quotes: UTF-8 is shown as what it means, other octets beyond
 * ASCII as \xNN, as are controls. A client can neither end the field nor forge a line.
 */
export function quotedOctets(octets: string): string {
  if (PLAIN.test(octets)) return octets;
  const text = octetsToText(octets);
  const escaped = escapedForQuotes(text);
  // Not UTF-8: what stands beyond ASCII are octets, not letters.
  return text === octets ? escaped.replace(EACH_HIGH, (char) => `\\x${char.charCodeAt(0).toString(16)}`) : escaped;
}

/** The same as a field without quotes around it; "-" where there is none. */
export function bareOctets(octets: string | null | undefined): string {
  if (octets === undefined || octets === null || octets === '') return '-';
  return PLAIN_WORD.test(octets) ? octets : quotedOctets(octets).replaceAll(' ', '\\x20');
}
