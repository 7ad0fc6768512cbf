import { HOP_BY_HOP, hasTrait, NOT_REMOVABLE, REQUEST_SENDERS_OWN } from './field-names.ts';
import type { HeaderList } from './headers.ts';

/** Says whether the field belongs to one connection only. */
export function isHopByHop(name: string): boolean {
  return hasTrait(name, HOP_BY_HOP);
}

/** Says whether a request that is made of another leaves the field out: it speaks of a connection, or of the other's content. */
export function isLeftBehind(name: string): boolean {
  return hasTrait(name, HOP_BY_HOP | REQUEST_SENDERS_OWN) || name.toLowerCase() === 'trailer';
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
 * The fields that the recipient of a message removes because its Connection names them, in lower case; `value` is that of all
 * lines of Connection. Only what was received goes: what a filter sets afterwards is the next hop's business
 * (RFC 9110 §7.6.1).
 */
export function namedByConnection(value: string): ReadonlySet<string> {
  // What nearly every message that has the field says.
  if (value === 'keep-alive' || value === 'close' || value === 'Keep-Alive' || value === 'Upgrade') return NO_NAMES;
  const names = membersOf(value).filter((name) => !hasTrait(name, NOT_REMOVABLE | HOP_BY_HOP));
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
