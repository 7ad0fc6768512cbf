import type { Request } from './request.ts';

/** The address of the TCP peer, an IPv4 address in IPv6 clothes (::ffff:1.2.3.4) undressed. */
export function clientAddress(request: Request): string {
  const { remoteAddress } = request;
  return remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress;
}

/**
 * Where a request says that it comes from: the first or the last entry of X-Forwarded-For, without port and brackets;
 * the TCP peer when there is none. Anyone can write that header: trust it behind a proxy of yours only.
 * Source: Skipper, Source and SourceFromLast.
 */
export function forwardedSource(request: Request, end: 'first' | 'last'): string {
  const lines = request.headers.joined('X-Forwarded-For');
  if (lines === null) return clientAddress(request);
  const entry = end === 'first' ? (lines.split(',', 1)[0] as string) : lines.slice(lines.lastIndexOf(',') + 1);
  const address = withoutPort(entry.trim());
  return address === '' ? clientAddress(request) : address;
}

/** An address without its port and brackets: "1.2.3.4:80" → "1.2.3.4", "[::1]:80" → "::1". */
export function withoutPort(address: string): string {
  if (address.startsWith('[')) {
    const end = address.indexOf(']');
    return end < 0 ? address : address.slice(1, end);
  }
  const colon = address.indexOf(':');
  return colon >= 0 && colon === address.lastIndexOf(':') ? address.slice(0, colon) : address;
}
