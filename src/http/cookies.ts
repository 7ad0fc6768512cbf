import type { HeaderList } from './headers.ts';

/** The cookies of a request, in order, over all Cookie lines; quotes around a value are stripped (RFC 6265 §4.2). */
export function requestCookies(headers: HeaderList): [string, string][] {
  const cookies: [string, string][] = [];
  for (const line of headers.getAll('Cookie')) {
    for (const part of line.split(';')) {
      const pair = part.trim();
      if (pair === '') continue;
      const equals = pair.indexOf('=');
      cookies.push(equals < 0 ? [pair, ''] : [pair.slice(0, equals).trim(), unquoted(pair.slice(equals + 1).trim())]);
    }
  }
  return cookies;
}

/** The value of the first cookie `name`, or null. */
export function cookieValue(headers: HeaderList, name: string): string | null {
  if (!headers.has('Cookie')) return null;
  for (const [each, value] of requestCookies(headers)) if (each === name) return value;
  return null;
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
