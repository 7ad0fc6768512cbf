import type { HeaderList } from './headers.ts';
import { percentDecode } from './octets.ts';

/** The decoded value of a member of the baggage header; null when there is none. Source: W3C Baggage §3.3. */
export function baggageValue(headers: HeaderList, key: string): string | null {
  return headers.has('baggage') ? (headers.parsed('baggage', readBaggage).get(key) ?? null) : null;
}

/** The members by their keys, the first of each. */
function readBaggage(lines: readonly string[]): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  for (const line of lines) {
    for (const member of line.split(',')) {
      const [pair = ''] = member.split(';', 1);
      const equals = pair.indexOf('=');
      const key = pair.slice(0, Math.max(equals, 0)).trim();
      if (key !== '' && !members.has(key)) members.set(key, decoded(pair.slice(equals + 1).trim()));
    }
  }
  return members;
}

function decoded(value: string): string {
  return value.includes('%') ? percentDecode(value) : value;
}
