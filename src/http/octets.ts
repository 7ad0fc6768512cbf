const BEYOND_ASCII = /[^\0-\x7f]/;
/** The first half of every stand-in for an octet: what nearly no text has. */
const STAND_IN_MARK = '\udbff';
const STAND_INS = /((?:\udbff[\udf80-\udfff])+)/;
/** The stand-in of an octet is this plus its value: U+10FF80 … U+10FFFF, at the end of the last private use area. */
const FIRST_STAND_IN = 0x10ff00;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of UTF-8 octets. An octet that is no UTF-8 gets a stand-in, U+10FF80 … U+10FFFF, and is that octet again where
 * the text is encoded: nothing is lost on the way, and regular expressions take it for one character. Octets that are the
 * UTF-8 of such a code point get stand-ins, too.
 */
export function textOf(bytes: Uint8Array): string {
  try {
    const text = decoder.decode(bytes);
    if (!hasStandIns(text)) return text;
  } catch {
    // It is no UTF-8.
  }
  return textWithOctets(bytes);
}

/** Says whether a text has stand-ins for octets. */
export function hasStandIns(text: string): boolean {
  return text.includes(STAND_IN_MARK) && STAND_INS.test(text);
}

function textWithOctets(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length > 0) at += length;
    else {
      text += buffer.toString('utf8', start, at) + String.fromCodePoint(FIRST_STAND_IN + (bytes[at] as number));
      start = ++at;
    }
  }
  return text + buffer.toString('utf8', start);
}

/** How many octets the UTF-8 sequence at `at` has; 0: it is none, or that of a stand-in. Source: RFC 3629 §4. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  const second = bytes[at + 1] ?? 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  if (first === 0xf4 && second === 0x8f && (bytes[at + 2] ?? 0) >= 0xbe) return 0;
  for (let next = 2; next < length; next++) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** The octets of a text: UTF-8, and those that stand-ins are for; see `textOf`. */
export function octetsOf(text: string): Buffer {
  if (!hasStandIns(text)) return Buffer.from(text, 'utf8');
  // Every other piece is a run of stand-ins.
  const pieces = text.split(STAND_INS);
  return Buffer.concat(pieces.map((piece, at) => (at % 2 === 0 ? Buffer.from(piece, 'utf8') : standInOctets(piece))));
}

function standInOctets(run: string): Buffer {
  return Buffer.from(Array.from(run, (char) => (char.codePointAt(0) as number) - FIRST_STAND_IN));
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

/** Percent-decodes a text once; octets that are no UTF-8 are kept (see `textOf`), a broken escape stays as written. */
export function percentDecode(text: string): string {
  try {
    const decoded = decodeURIComponent(text);
    if (!hasStandIns(decoded)) return decoded;
  } catch {
    // It is no UTF-8, or an escape is broken.
  }
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, decodeEscapes);
}

/** Percent-decodes escapes, each "%" of which has its two digits. */
export function decodeEscapes(escapes: string): string {
  // Most stand alone, and for ASCII.
  if (escapes.length === 3 && escapes.charCodeAt(1) < 56)
    return String.fromCharCode(Number.parseInt(escapes.slice(1), 16));
  return textOf(Buffer.from(escapes.replaceAll('%', ''), 'hex'));
}

/** Each octet of a text as an escape. */
export function escapeOctets(text: string): string {
  let escaped = '';
  for (const octet of octetsOf(text)) escaped += `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  return escaped;
}
