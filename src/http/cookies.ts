import type { HeaderList } from './headers.ts';

/** The cookies of a request. */
interface Cookies {
  readonly pairs: readonly (readonly [name: string, value: string])[];
  /** The first value of each name. */
  readonly first: ReadonlyMap<string, string>;
}

/** The cookies of a request, in order, over all Cookie lines; quotes around a value are stripped (RFC 6265 §4.2). */
export function requestCookies(headers: HeaderList): Cookies['pairs'] {
  return headers.parsed('Cookie', readCookies).pairs;
}

/** The value of the first cookie `name`, or null. */
export function cookieValue(headers: HeaderList, name: string): string | null {
  return headers.has('Cookie') ? (headers.parsed('Cookie', readCookies).first.get(name) ?? null) : null;
}

function readCookies(lines: readonly string[]): Cookies {
  const pairs: [string, string][] = [];
  const first = new Map<string, string>();
  for (const line of lines) {
    for (const part of line.split(';')) {
      const text = part.trim();
      if (text === '') continue;
      const equals = text.indexOf('=');
      const pair: [string, string] =
        equals < 0 ? [text, ''] : [text.slice(0, equals).trim(), unquoted(text.slice(equals + 1).trim())];
      pairs.push(pair);
      if (!first.has(pair[0])) first.set(...pair);
    }
  }
  return { pairs, first };
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
