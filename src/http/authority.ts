const AUTHORITY = /^(?:[A-Za-z0-9\-._~]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?$/;

/**
 * Says whether `text` is a host with or without port that everyone reads alike: a name or IPv4 address of unreserved
 * characters, or an IPv6 address in brackets. Stricter than RFC 3986 §3.2, which allows escapes and user names.
 */
export function isAuthority(text: string): boolean {
  return AUTHORITY.test(text);
}
