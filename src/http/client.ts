import { isAddress, type NetworkSet } from './cidr.ts';
import { type ForwardedElement, forwardedElements } from './forwarded-elements.ts';
import type { HeaderList } from './headers.ts';

/** What is known of the client of a request, by the connection or by the word of trusted proxies. */
export interface Client {
  /**
   * The addresses on the way that somebody trusted vouches for, the client's own first, the one nearest to us last: of
   * X-Forwarded-For, or else of Forwarded. Where nobody is trusted, that of the TCP peer alone.
   */
  readonly addresses: readonly [string, ...string[]];
  /** The scheme the client asked with. */
  readonly scheme: 'http' | 'https';
  /** What trusted proxies wrote into Forwarded, the oldest first. */
  readonly forwarded: readonly ForwardedElement[];
}

/** What a connection tells of its peer. */
export interface Peer {
  /** Its address; see `undressed`. */
  readonly address: string;
  readonly scheme: 'http' | 'https';
}

/** The client as the connection alone shows it: nobody's word counts. */
export function unforwarded({ address, scheme }: Peer): Client {
  return { addresses: [address], scheme, forwarded: [] };
}

/**
 * The client as trusted proxies tell. Each entry of a list was written by whoever the next one names, the last by the peer:
 * what stands before the first entry of somebody untrusted is anybody's word. Source: nginx, real_ip_recursive.
 */
export function clientBehind(peer: Peer, headers: HeaderList, trusted: NetworkSet): Client {
  if (!trusted.has(peer.address)) return unforwarded(peer);
  const forwarded = headers.joined('Forwarded');
  const elements = forwarded === null ? [] : vouchedElements(forwardedElements(forwarded), trusted);
  const lines = headers.joined('X-Forwarded-For');
  const noted =
    lines === null ? elements.map((each) => nodeAddress(each.for ?? '')) : lines.split(',').map(nodeAddress);
  const addresses = vouchedAddresses(noted, trusted);
  const [first = peer.address, ...rest] = addresses;
  const scheme = schemeOf(headers.joined('X-Forwarded-Proto'), addresses.length);
  return {
    addresses: [first, ...rest],
    scheme: scheme ?? schemeNamed(elements.findLast((each) => each.proto !== undefined)?.proto) ?? peer.scheme,
    forwarded: elements,
  };
}

/** An IPv4 address in IPv6 clothes (::ffff:1.2.3.4) as the IPv4 address it is. */
export function undressed(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
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

function nodeAddress(entry: string): string {
  return undressed(withoutPort(entry.trim()));
}

/** The entries from the first one that a trusted address wrote; up to one that is no address. */
function vouchedAddresses(noted: readonly string[], trusted: NetworkSet): readonly string[] {
  let from = noted.length;
  while (from > 0 && isAddress(noted[from - 1] as string)) {
    from--;
    if (!trusted.has(noted[from] as string)) break;
  }
  return noted.slice(from);
}

/** The elements from the first one that a trusted node wrote. */
function vouchedElements(elements: readonly ForwardedElement[], trusted: NetworkSet): readonly ForwardedElement[] {
  let from = elements.length;
  while (from > 0) {
    from--;
    if (!trusted.has(nodeAddress(elements[from]?.for ?? ''))) break;
  }
  return elements.slice(from);
}

/** The scheme in a list that proxies added to as they did to that of `hops` addresses; null: none that is known. */
function schemeOf(list: string | null, hops: number): 'http' | 'https' | null {
  if (list === null) return null;
  const entries = list.split(',');
  return schemeNamed(entries[Math.max(0, entries.length - Math.max(1, hops))]);
}

function schemeNamed(text: string | undefined): 'http' | 'https' | null {
  const scheme = text?.trim().toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : null;
}
