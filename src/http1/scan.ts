/** Most heads fit in here: a first look converts no more than this of a segment that holds content too. */
const FIRST_LOOK_BYTES = 4096;

/** What no head can hold: a bare CR or LF, another control character; and what none can begin with. */
const HOPELESS = /[^\r]\n|\r[^\n]|[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;
const HOPELESS_START = /^[\r\n]/;

/**
 * Looks for the end of a head in `bytes`, of which the first `seenBytes` were looked at before without finding it.
 *
 * Answers the head as latin1, every line with its CRLF, without the empty line (2 bytes more) that ends it; or null when
 * there is more to come.
 */
export function findHead(bytes: Buffer, seenBytes: number): string | null {
  if (seenBytes === 0) {
    const text = bytes.toString('latin1', 0, Math.min(bytes.length, FIRST_LOOK_BYTES));
    const end = text.indexOf('\r\n\r\n');
    if (end >= 0) return text.slice(0, end + 2);
    if (bytes.length <= FIRST_LOOK_BYTES) return null;
  }
  const end = bytes.indexOf('\r\n\r\n', Math.max(0, seenBytes - 3), 'latin1');
  return end < 0 ? null : bytes.toString('latin1', 0, end + 2);
}

/** Says whether the beginning of a head, of which `seenBytes` were looked at before, cannot become one any more. */
export function isHopelessHead(bytes: Buffer, seenBytes: number): boolean {
  const from = Math.max(0, seenBytes - 3);
  const unseen = bytes.toString('latin1', from);
  return HOPELESS.test(unseen) || (from === 0 && HOPELESS_START.test(unseen));
}
