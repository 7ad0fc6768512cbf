import { type HeaderList, isHopByHop, isToken, listMembers, type Request } from '../../http/index.ts';
import { isSafeText } from '../../http1/index.ts';

/** Names that need a look; all others are passed on unseen. */
const LOOKED_AT = [
  ...['te', 'host', 'expect', 'upgrade', 'trailer', 'connection', 'keep-alive', 'content-length', 'http2-settings'],
  ...['proxy-connection', 'transfer-encoding', 'proxy-authenticate', 'proxy-authorization'],
];

/** By the length of a name: a bit for each first letter that one of them has. */
const FIRST_LETTERS = new Uint32Array(256);
for (const name of LOOKED_AT) FIRST_LETTERS[name.length] = (FIRST_LETTERS[name.length] as number) | letterBit(name);

function letterBit(name: string): number {
  return 1 << (name.charCodeAt(0) & 0x1f);
}

/** Says whether the name may be one that is not simply passed on; its first letter tells most of the same length apart. */
export function isLookedAt(name: string): boolean {
  return ((FIRST_LETTERS[name.length] as number) & letterBit(name)) !== 0;
}

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
    if (isLookedAt(name)) {
      const lower = name.toLowerCase();
      if (lower === 'te' && !hasTe && takesTrailers(headers, value)) {
        hasTe = true;
        text += 'TE: trailers\r\n';
        continue;
      }
      if (lower === 'trailer' ? !isChunked : isDropped(lower)) continue;
    }
    if (!isToken(name) || !isSafeText(value)) return null;
    text += `${name}: ${value}\r\n`;
  }
  return text;
}

function isDropped(lower: string): boolean {
  return lower === 'host' || lower === 'content-length' || lower === 'expect' || isHopByHop(lower);
}

function takesTrailers(headers: HeaderList, value: string): boolean {
  return value === 'trailers' || listMembers(headers, 'te').includes('trailers');
}
