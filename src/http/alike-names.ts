/**
 * Says whether a backend may take one field name for the other: the same letters and digits, without case, and any
 * other characters between them. CGI, WSGI, Rack and PHP make HTTP_X_USER of "X-User" and of "X_User", some also of
 * "X.User" and "X~User". Makes nothing, so that a whole head may be looked through for each request.
 * Source: RFC 3875 §4.1.18; lighttpd and Apache httpd 2.2, which fold whatever is no letter and no digit.
 */
export function areAlike(name: string, other: string): boolean {
  const { length } = name;
  if (other.length !== length) return false;
  for (let at = 0; at < length; at++) {
    const code = name.charCodeAt(at);
    const otherCode = other.charCodeAt(at);
    if (code !== otherCode && folded(code) !== folded(otherCode)) return false;
  }
  return true;
}

const SEPARATOR = 0;

/** Letters in lower case, digits as they are, anything else as one and the same. */
function folded(code: number): number {
  const lower = code | 0x20;
  if (lower >= 0x61 && lower <= 0x7a) return lower;
  return code >= 0x30 && code <= 0x39 ? code : SEPARATOR;
}
