import { HeaderList, isHopByHop } from '../http/index.ts';
import { protocolError } from './faults.ts';
import { isLookedAt, namedByConnection, without } from './request-fields.ts';

/**
 * The fields of a response head or trailer as undici's parser left them, without those of the origin's connection.
 * Source: RFC 9110 §7.6.1.
 * @throws ProxyError when there is another transfer coding than `chunked`: what is coded otherwise cannot be passed on as it
 * is, and parsers differ about where it ends (RFC 9112 §6.1).
 */
export function responseFields(raw: readonly Buffer[]): HeaderList {
  const all = decoded(raw);
  let connection: string | null = null;
  let isChunked = false;
  let kept = 0;
  for (let at = 0; at < all.length; at += 2) {
    const name = all[at] as string;
    if (isLookedAt(name)) {
      const lower = name.toLowerCase();
      if (lower === 'connection') connection = all[at + 1] as string;
      else if (lower === 'transfer-encoding') {
        if (isChunked || !/^chunked$/i.test(all[at + 1] as string)) throw protocolError(UNKNOWN_CODING);
        isChunked = true;
      }
      if (isHopByHop(lower)) continue;
    }
    if (kept !== at) {
      all[kept] = name;
      all[kept + 1] = all[at + 1] as string;
    }
    kept += 2;
  }
  if (connection === null) {
    all.length = kept;
    return new HeaderList(all);
  }
  const named = namedByConnection(new HeaderList(decoded(raw)), connection);
  all.length = kept;
  return new HeaderList(named.length === 0 ? all : without(all, named));
}

const UNKNOWN_CODING = 'the origin used a transfer coding that is not chunked';

/** The value of one field of a raw head, or null; for the few that are not passed on. */
export function rawField(raw: readonly Buffer[], lowerName: string): string | null {
  return new HeaderList(decoded(raw)).get(lowerName);
}

/**
 * Says whether only the end of the connection tells that of the content (RFC 9112 §6.3). undici takes a reset for such an end.
 */
export function isUntilClose(raw: readonly Buffer[]): boolean {
  const headers = new HeaderList(decoded(raw));
  return headers.get('content-length') === null && headers.get('transfer-encoding') === null;
}

/**
 * The fields as strings, one char per octet. A head that came in one piece, as nearly all do, is decoded in one go and cut
 * up afterwards: that costs a third of decoding name by name.
 */
function decoded(raw: readonly Buffer[]): string[] {
  const texts: string[] = new Array(raw.length);
  const first = raw[0];
  const last = raw.at(-1);
  if (first === undefined || last === undefined) return texts;
  const memory = first.buffer;
  const start = first.byteOffset;
  const end = last.byteOffset + last.length;
  for (let at = 0; at < raw.length; at++) {
    const { buffer, byteOffset } = raw[at] as Buffer;
    if (buffer !== memory || byteOffset < start || byteOffset > end) return decodedEach(raw);
  }
  const text = Buffer.from(memory, start, end - start).toString('latin1');
  for (let at = 0; at < raw.length; at++) {
    const { byteOffset, length } = raw[at] as Buffer;
    texts[at] = trimmed(text.slice(byteOffset - start, byteOffset - start + length));
  }
  return texts;
}

function decodedEach(raw: readonly Buffer[]): string[] {
  return raw.map((octets) => trimmed(octets.toString('latin1')));
}

/** Blanks behind a value are none of it (RFC 9112 §5); undici's parser leaves them there. */
function trimmed(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--;
  return end === text.length ? text : text.slice(0, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
