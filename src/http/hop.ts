import type { HeaderList } from './headers.ts';

/** Fields that belong to one connection and are never passed on (RFC 9110 §7.6.1), but for those Connection names. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Says whether the field belongs to one connection only. `lowerName` is in lower case. */
export function isHopByHop(lowerName: string): boolean {
  return HOP_BY_HOP.has(lowerName);
}

/** The members of a comma-separated list field over all its lines, trimmed and in lower case; empty ones are left out. */
export function listMembers(headers: HeaderList, name: string): string[] {
  return headers.getAll(name).flatMap(membersOf);
}

/** The members of a comma-separated value, trimmed and in lower case; empty ones are left out. */
export function membersOf(value: string): string[] {
  return value
    .toLowerCase()
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

/** No name of a field: what nearly every message's Connection comes to. */
export const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * Fields that a sender cannot have removed by naming them in Connection: without them the message is another one. Those of
 * the connection itself need no name, and the rest of what Connection says (close, keep-alive) names no field.
 */
const NOT_REMOVABLE: ReadonlySet<string> = new Set([
  'close',
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'content-range',
]);

/**
 * The fields that the recipient of a message removes because its Connection names them, in lower case; `value` is that of all
 * lines of Connection. Only what was received goes: what a filter sets afterwards is the next hop's business
 * (RFC 9110 §7.6.1).
 */
export function namedByConnection(value: string): ReadonlySet<string> {
  // What nearly every message that has the field says.
  if (value === 'keep-alive' || value === 'close' || value === 'Keep-Alive' || value === 'Upgrade') return NO_NAMES;
  const names = membersOf(value).filter((name) => !NOT_REMOVABLE.has(name) && !isHopByHop(name));
  return names.length === 0 ? NO_NAMES : new Set(names);
}

/** `raw`, the flat fields of a message, without those of the given names, in lower case. */
export function withoutFields(raw: string[], names: ReadonlySet<string>): string[] {
  if (names.size === 0) return raw;
  const kept: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    if (!names.has(name.toLowerCase())) kept.push(name, raw[at + 1] as string);
  }
  return kept;
}
