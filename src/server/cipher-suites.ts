import tls from 'node:tls';

/** The suites of TLS 1.3, which has no weak ones. */
const TLS_1_3 = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'];

/**
 * What is spoken where nobody says otherwise: of TLS 1.2 the suites with forward secrecy and authenticated encryption, so
 * none of static RSA and none of CBC (RFC 9325 §4.2).
 */
const DEFAULT_1_2 = ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'].flatMap((cipher) => [
  `ECDHE-ECDSA-${cipher}`,
  `ECDHE-RSA-${cipher}`,
]);

/**
 * Cipher suites as OpenSSL takes them, best first; none: the defaults. Those of TLS 1.3 are added where `names` has none of
 * them. @throws RangeError that names the first one that is unknown
 */
export function cipherList(names: readonly string[]): string {
  const known = tls.getCiphers();
  const strange = names.find((name) => !known.includes(name.toLowerCase()));
  if (strange !== undefined)
    throw new RangeError(
      `expected cipher suites by OpenSSL's names, such as ${DEFAULT_1_2[0]}, found ${JSON.stringify(strange)}`,
    );
  const chosen = (names.length === 0 ? DEFAULT_1_2 : names).map((name) => name.toUpperCase());
  return (chosen.some((name) => name.startsWith('TLS_')) ? chosen : [...TLS_1_3, ...chosen]).join(':');
}

/** Has every TLS connection that this thread opens itself offer these: to backends, providers of tokens and keys. */
export function offerCiphers(list: string): void {
  tls.DEFAULT_CIPHERS = list;
}
