const AUTHORITY = /^(?:[A-Za-z0-9\-._~]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{0,5}))?$/;
const MAX_PORT = 65_535;

/**
 * Says whether `text` is a host with or without port that everyone reads alike: a name or IPv4 address of unreserved
 * characters, or an IPv6 address in brackets, and a port up to 65535. Stricter than RFC 3986 §3.2, which allows escapes and user names.
 */
export function isAuthority(text: string): boolean {
  const found = AUTHORITY.exec(text);
  return found !== null && Number(found[1] ?? 0) <= MAX_PORT;
}

/** A host in lower case, without port and without the dot at the end of its name. Source: Skipper, normalize-host. */
export function normalizedHost(host: string): string {
  const bracket = host.indexOf(']');
  const colon = host.indexOf(':', bracket + 1);
  const name = colon < 0 ? host : host.slice(0, colon);
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();
}

/** An authority that `isAuthority`, without a port that is empty or the scheme's own (RFC 9110 §4.2.3). */
export function withoutDefaultPort(authority: string, scheme: 'http' | 'https'): string {
  const colon = authority.lastIndexOf(':');
  if (colon < 0 || authority.endsWith(']')) return authority;
  const port = authority.slice(colon + 1);
  const isDefault = port === '' || Number(port) === (scheme === 'https' ? 443 : 80);
  return isDefault ? authority.slice(0, colon) : authority;
}
