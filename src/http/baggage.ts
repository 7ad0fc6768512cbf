import type { HeaderList } from './headers.ts';

/** The decoded value of a member of the baggage header; null when there is none. Source: W3C Baggage §3.3. */
export function baggageValue(headers: HeaderList, key: string): string | null {
  for (const line of headers.getAll('baggage')) {
    if (!line.includes(key)) continue;
    for (const member of line.split(',')) {
      const [pair = ''] = member.split(';', 1);
      const equals = pair.indexOf('=');
      if (equals > 0 && pair.slice(0, equals).trim() === key) return decoded(pair.slice(equals + 1).trim());
    }
  }
  return null;
}

function decoded(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
