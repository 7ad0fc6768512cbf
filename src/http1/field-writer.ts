import { type HeaderList, hasTrait, SENDERS_OWN } from '../http/index.ts';

/** A character that splits a message, ends it, or is no octet. */
const UNSAFE = /[^\t\x20-\x7e\x80-\xff]/;

/** Says whether text can stand in a line of a head as it is. */
export function isSafeText(text: string): boolean {
  return !UNSAFE.test(text);
}

/**
 * The lines of interim and trailer fields, or null when one cannot be sent. What speaks of the connection, or frames
 * content, has no place in either (RFC 9110 §6.5.1, §8.6), and is left out.
 */
export function composeLines(headers: HeaderList): string | null {
  const { raw } = headers;
  let text = '';
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    const value = raw[at + 1] as string;
    if (!isSafeText(name) || !isSafeText(value)) return null;
    if (!hasTrait(name, SENDERS_OWN)) text += `${name}: ${value}\r\n`;
  }
  return text;
}

/** What stands behind the last chunk of content: its size, trailers that can be sent, and the empty line (RFC 9112 §7.1). */
export function lastChunk(trailers: HeaderList | null): string {
  const lines = trailers === null || trailers.size === 0 ? '' : (composeLines(trailers) ?? '');
  return `0\r\n${lines}\r\n`;
}
