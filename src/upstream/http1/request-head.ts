import {
  type HeaderList,
  HOP_BY_HOP,
  isToken,
  listMembers,
  REQUEST_SENDERS_OWN,
  type Request,
  traitsOf,
} from '../../http/index.ts';
import { isSafeText } from '../../http1/index.ts';

/**
 * Methods whose requests are expected to have content. An origin that takes no notice of that of another would find it in
 * the place of the next request: the connection ends behind it.
 */
const EXPECT_CONTENT: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH']);

/** Says whether content is expected of requests with this method. */
export function expectsContent(method: string): boolean {
  return EXPECT_CONTENT.has(method);
}

/** What the head of a request says besides the request itself. */
export interface HeadInit {
  /** The target as it goes out: in origin form, or the whole URL for a proxy. */
  readonly target: string;
  /** The authority to send as Host. */
  readonly host: string;
  /** Length of the content in bytes; -1: it comes in chunks. */
  readonly lengthBytes: number;
  /** The content waits for the origin to ask for it. */
  readonly expectsContinue: boolean;
}

/** What can stand as a target: no octet of a line's end, no blank. */
const TARGET = /^(?:\/|https?:\/\/)[\x21-\xff]*$/;

/**
 * The head of a request with its empty line, as latin1 text; null when it cannot be sent as it is.
 *
 * Of the fields, those of the client's connection and the framing stay behind, and so does Host, which is the first line.
 * Trailer goes with content in chunks only, as trailers do; `TE: trailers` goes on, once. What the client's Connection names is
 * gone since the listener read it; a Connection that a filter wrote removes nothing. Source: RFC 9110 §7.6.1, §10.1.
 */
export function composeRequestHead(request: Request, init: HeadInit): string | null {
  const { method, upgrade, headers } = request;
  const { target, host, lengthBytes, expectsContinue } = init;
  if (!isToken(method) || !TARGET.test(target) || !isSafeText(host)) return null;
  const fields = composeFields(headers, lengthBytes < 0);
  if (fields === null || (upgrade !== null && !isSafeText(upgrade))) return null;
  const connection = upgrade === null ? 'connection: keep-alive\r\n' : `connection: upgrade\r\nupgrade: ${upgrade}\r\n`;
  const expect = expectsContinue ? 'expect: 100-continue\r\n' : '';
  return `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\n${connection}${fields}${expect}${framing(method, lengthBytes)}\r\n`;
}

function framing(method: string, lengthBytes: number): string {
  if (lengthBytes < 0) return 'transfer-encoding: chunked\r\n';
  return lengthBytes > 0 || expectsContent(method) ? `content-length: ${lengthBytes}\r\n` : '';
}

function composeFields(headers: HeaderList, isChunked: boolean): string | null {
  const { raw } = headers;
  let text = '';
  let hasTe = false;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    const value = raw[at + 1] as string;
    const traits = traitsOf(name);
    if (traits !== 0) {
      const lower = name.toLowerCase();
      if (lower === 'te' && !hasTe && takesTrailers(headers, value)) {
        hasTe = true;
        text += 'TE: trailers\r\n';
        continue;
      }
      if (lower === 'trailer' ? !isChunked : (traits & (HOP_BY_HOP | REQUEST_SENDERS_OWN)) !== 0) continue;
    }
    if (!isToken(name) || !isSafeText(value)) return null;
    text += `${name}: ${value}\r\n`;
  }
  return text;
}

function takesTrailers(headers: HeaderList, value: string): boolean {
  return value === 'trailers' || listMembers(headers, 'te').includes('trailers');
}
