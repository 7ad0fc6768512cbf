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
