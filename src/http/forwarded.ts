import { undressed } from './client.ts';
import type { Request } from './request.ts';

/** The address of the TCP peer, an IPv4 address in IPv6 clothes (::ffff:1.2.3.4) undressed. */
export function peerAddress(request: Request): string {
  return undressed(request.remoteAddress);
}

/**
 * The first (the client's own) or the last address that trusted proxies vouch for; the peer's where nobody is trusted.
 * Source: Skipper, Source and SourceFromLast.
 */
export function forwardedSource(request: Request, end: 'first' | 'last'): string {
  const { addresses } = request.client;
  return end === 'first' ? addresses[0] : (addresses[addresses.length - 1] as string);
}
