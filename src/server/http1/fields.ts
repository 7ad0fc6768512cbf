import { HeaderList } from '../../http/index.ts';
import { refuse } from './refusal.ts';

/**
 * A block of field lines (RFC 9112 §5), each with its CRLF: a token, at once a colon, and a value without control
 * characters. So there is no obs-fold, no space before the colon, no bare CR or LF.
 */
const FIELD_LINES = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/;

/** @throws ProxyError 400 unless `block` is made of well-formed field lines. */
export function checkFieldLines(block: string): void {
  if (!FIELD_LINES.test(block)) refuse(400, 'bad-header');
}

/** The value between `from` and `to` without the white space around it (RFC 9112 §5.1). */
export function trimmedValue(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** Fields that frame or route a message, which nobody may slip in behind it (RFC 9110 §6.5.1). */
const NEVER_TRAILERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The trailer fields of `block`. @throws ProxyError 400 for a malformed line or a field that may not be a trailer. */
export function parseTrailers(block: string): HeaderList {
  checkFieldLines(block);
  const raw: string[] = [];
  for (let at = 0; at < block.length; ) {
    const colon = block.indexOf(':', at);
    const end = block.indexOf('\r\n', colon);
    const name = block.slice(at, colon);
    if (NEVER_TRAILERS.has(name.toLowerCase())) refuse(400, 'bad-trailer');
    raw.push(name, trimmedValue(block, colon + 1, end));
    at = end + 2;
  }
  return new HeaderList(raw);
}
