const BEYOND_ASCII = /[^\0-\x7f]/;
/** Runs of lone surrogates that stand for octets; with "u", halves of a pair are no lone ones. */
const OCTET_RUNS = /([\udc80-\udcff]+)/u;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of UTF-8 octets. An octet that is no UTF-8 becomes the lone surrogate U+DC80…U+DCFF of its value, and is that
 * octet again where the text is encoded: nothing is lost on the way. Source: PEP 383 (surrogateescape).
 */
export function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return textWithOctets(bytes);
  }
}

function textWithOctets(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length > 0) at += length;
    else {
      text += buffer.toString('utf8', start, at) + String.fromCharCode(0xdc00 + (bytes[at] as number));
      start = ++at;
    }
  }
  return text + buffer.toString('utf8', start);
}

/** How many octets the UTF-8 sequence at `at` has; 0: it is none. Source: RFC 3629 §4. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  const second = bytes[at + 1] ?? 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let next = 2; next < length; next++) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** The octets of a text: UTF-8, and those that lone surrogates stand for; see `textOf`. */
export function octetsOf(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  // Every other piece is a run of octets.
  const pieces = text.split(OCTET_RUNS);
  return Buffer.concat(pieces.map((piece, at) => Buffer.from(piece, at % 2 === 0 ? 'utf8' : 'latin1')));
}

/**
 * Text as its octets, one char per octet: what text becomes in a header value.
 * Not for values that are octets already; those travel unchanged.
 */
export function textToOctets(text: string): string {
  return BEYOND_ASCII.test(text) ? octetsOf(text).toString('latin1') : text;
}

/** The text that octets of a header value mean to a reader: UTF-8, or latin1 where they are not UTF-8. */
export function octetsToText(octets: string): string {
  if (!BEYOND_ASCII.test(octets)) return octets;
  try {
    return decoder.decode(Buffer.from(octets, 'latin1'));
  } catch {
    return octets;
  }
}

/** The text of octets on their way to somewhere else, where `textToOctets` or an encoding makes the same of it again. */
export function octetsToPassingText(octets: string): string {
  return BEYOND_ASCII.test(octets) ? textOf(Buffer.from(octets, 'latin1')) : octets;
}

/** Percent-decodes escapes, each "%" of which has its two digits. */
export function decodeEscapes(escapes: string): string {
  return textOf(Buffer.from(escapes.replaceAll('%', ''), 'hex'));
}

/** Each octet of a text as an escape. */
export function escapeOctets(text: string): string {
  let escaped = '';
  for (const octet of octetsOf(text)) escaped += `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  return escaped;
}
