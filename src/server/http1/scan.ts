import type { MessageLimits } from '../options.ts';
import { refuse } from './refusal.ts';

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
 * @throws ProxyError 400, 414 or 431 when it cannot become a head that we take.
 */
export function findHead(bytes: Buffer, seenBytes: number, limits: MessageLimits): string | null {
  if (seenBytes === 0) {
    const text = bytes.toString('latin1', 0, Math.min(bytes.length, FIRST_LOOK_BYTES));
    const end = text.indexOf('\r\n\r\n');
    if (end >= 0) return text.slice(0, end + 2);
    if (bytes.length <= FIRST_LOOK_BYTES) return checkUnfinished(bytes, text, limits);
  }
  const from = Math.max(0, seenBytes - 3);
  const end = bytes.indexOf('\r\n\r\n', from, 'latin1');
  if (end >= 0) return bytes.toString('latin1', 0, end + 2);
  return checkUnfinished(bytes, bytes.toString('latin1', from), limits);
}

function checkUnfinished(bytes: Buffer, unseen: string, limits: MessageLimits): null {
  if (HOPELESS.test(unseen) || (unseen.length === bytes.length && HOPELESS_START.test(unseen)))
    refuse(400, 'bad-octet');
  const { maxRequestLineBytes, maxHeaderBytes } = limits;
  if (bytes.length > maxRequestLineBytes) {
    const line = bytes.subarray(0, maxRequestLineBytes + 2).indexOf('\r\n', 0, 'latin1');
    if (line < 0) refuse(414, 'long-request-line');
    if (bytes.length > line + maxHeaderBytes + 4) refuse(431, 'long-header');
  }
  return null;
}
