/** An address as eight groups of 16 bits; an IPv4 address as the IPv6 address that maps it (RFC 4291 §2.5.5.2). */
type Groups = readonly number[];

/** A network: its address and how many leading bits count. */
interface Network {
  readonly groups: Groups;
  readonly bits: number;
}

const IPV4_PREFIX: Groups = [0, 0, 0, 0, 0, 0xffff];
const IPV4_PREFIX_BITS = 96;

/** A set of IP networks, read once from CIDR notation ("10.0.0.0/8", "fd00::/8") or single addresses. */
export class NetworkSet {
  readonly #networks: readonly Network[];

  /** @throws Error that names the first text that is no network. */
  constructor(cidrs: readonly string[]) {
    this.#networks = cidrs.map(parseNetwork);
  }

  /** Says whether one of the networks holds `address`; never for what is no address. */
  has(address: string): boolean {
    const groups = parseAddress(address);
    if (groups === null) return false;
    // ::/0 means every IPv6 address, not every IPv4 address mapped into IPv6 too.
    const ipv4 = isIpv4(groups);
    return this.#networks.some((network) => isIpv4(network.groups) === ipv4 && holds(network, groups));
  }
}

/** Says whether `text` is an IP address. */
export function isAddress(text: string): boolean {
  return parseAddress(text) !== null;
}

/**
 * The address block that one client has to itself: an IPv4 address, or the /64 that an IPv6 address is in, since whoever
 * has one address there has all of them (RFC 6177 §2). What is no address stays as it is.
 */
export function ownBlock(address: string): string {
  const groups = parseAddress(address);
  if (groups === null || isIpv4(groups)) return address;
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

function holds({ groups, bits }: Network, address: Groups): boolean {
  const whole = bits >> 4;
  for (let at = 0; at < whole; at++) if (groups[at] !== address[at]) return false;
  const left = bits & 15;
  return left === 0 || ((groups[whole] as number) ^ (address[whole] as number)) >> (16 - left) === 0;
}

function parseNetwork(text: string): Network {
  const slash = text.indexOf('/');
  const groups = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (groups === null || text.includes('%'))
    throw new Error(`expected a network such as "10.0.0.0/8", found "${text}"`);
  if (slash >= 0) return { groups, bits: parseBits(text, slash) };
  if (isUnspecified(groups))
    throw new Error(`expected a network, found "${text}", which is no host; write "${text}/0"`);
  return { groups, bits: 128 };
}

function parseBits(text: string, slash: number): number {
  const digits = text.slice(slash + 1);
  const offset = text.includes(':') ? 0 : IPV4_PREFIX_BITS;
  if (!/^(?:0|[1-9]\d{0,2})$/.test(digits) || Number(digits) + offset > 128)
    throw new Error(`expected 0 to ${128 - offset} bits after the slash, found "${text}"`);
  return Number(digits) + offset;
}

function isIpv4(groups: Groups): boolean {
  return IPV4_PREFIX.every((group, at) => groups[at] === group);
}

function isUnspecified(groups: Groups): boolean {
  return groups.slice(isIpv4(groups) ? 6 : 0).every((group) => group === 0);
}

function parseAddress(text: string): Groups | null {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Groups | null {
  const tail = ipv4Groups(text);
  return tail === null ? null : [...IPV4_PREFIX, ...tail];
}

/** The two groups of a dotted address; leading zeros are refused, since some read them as octal. */
function ipv4Groups(text: string): [number, number] | null {
  const octets = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/.exec(text);
  if (octets === null) return null;
  const [a, b, c, d] = octets.slice(1).map(Number) as [number, number, number, number];
  return a > 255 || b > 255 || c > 255 || d > 255 ? null : [(a << 8) | b, (c << 8) | d];
}

/** An IPv6 address; a zone ("%eth0") is left out of account. */
function parseIpv6(text: string): Groups | null {
  const zone = text.indexOf('%');
  const halves = (zone < 0 ? text : text.slice(0, zone)).split('::');
  if (halves.length > 2) return null;
  const head = parseGroups(halves[0] as string, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] as string, true) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** Groups between colons; at the end of an address the last may be dotted. */
function parseGroups(text: string, atEnd: boolean): number[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [at, part] of parts.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else {
      const dotted = atEnd && at === parts.length - 1 ? ipv4Groups(part) : null;
      if (dotted === null) return null;
      groups.push(...dotted);
    }
  }
  return groups;
}
