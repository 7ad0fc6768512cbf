import { decodeEscapes, escapeOctets, percentDecode } from './octets.ts';

/** What a path that all servers read alike has none of: escapes, "//", "/.", backslashes, path parameters. */
const UNPLAIN = /%|\/\/|\/\.|[\\;]|[^\0-\x7f]/;
/** Escapes, but for those of ";/?:@&=+$," and of "%" itself. */
const UNRESERVED_ESCAPES = /(?:%(?!2[4-6BbCcFf]|3[ABDFabdf]|40)[0-9A-Fa-f]{2})+/g;
const UNSAFE_BUT_ESCAPES = /%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/gu;
const UNSAFE_IN_PATH = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/gu;

/** Says whether the path is matched as it stands, and cannot be read in another way; see `pathReadings`. */
export function isPlainPath(path: string): boolean {
  return path.charCodeAt(0) === 47 && !UNPLAIN.test(path);
}

/** Resolves ".", ".." and double slashes; keeps a trailing slash, but not one that only ".." leaves (Skipper); always begins with "/". */
export function cleanPath(path: string): string {
  const parts = path.split('/');
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    if (part === '..') kept.pop();
    else kept.push(part);
  }
  const last = parts[parts.length - 1];
  const trailing = kept.length > 0 && (last === '' || last === '.');
  return `/${kept.join('/')}${trailing ? '/' : ''}`;
}

/** Percent-decodes once as UTF-8; octets that are no UTF-8 are kept (see `textOf`); a broken escape stays as written. */
export function decodePath(path: string): string {
  return path.includes('%') ? percentDecode(path) : path;
}

/**
 * Percent-decodes once, but leaves ";/?:@&=+$," and "%" as they came: where they came encoded they mean something else
 * than where they came plain. `encodeButEscapes` is its inverse. Source: RFC 3986 §2.2.
 */
export function decodeUnreserved(path: string): string {
  return path.includes('%') ? path.replace(UNRESERVED_ESCAPES, decodeEscapes) : path;
}

/** A path in which escapes stand already as it travels: what else may not stand in a path is percent-encoded. */
export function encodeButEscapes(path: string): string {
  return path.replace(UNSAFE_BUT_ESCAPES, escapeOctets);
}

/** A decoded path as it travels: everything but RFC 3986 path characters is percent-encoded as UTF-8. */
export function encodePath(path: string): string {
  return path.replace(UNSAFE_IN_PATH, escapeOctets);
}
