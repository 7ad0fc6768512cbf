import { escapeOctets, percentDecode } from './octets.ts';

/** Decodes a query component: "+" is a space, broken escapes stay as written (HTML form encoding); octets that are no UTF-8 are kept. */
export function decodeQueryComponent(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  return spaced.includes('%') ? percentDecode(spaced) : spaced;
}

/** What may not stand in a query as it is (RFC 3986 §3.4, and what browsers leave alone); "%" may: it holds escapes already. */
const UNSAFE_IN_QUERY = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%[\]{}|\\^`]+/gu;

/** A query in which escapes stand already as it travels: what else may not stand in one is percent-encoded. */
export function encodeQuery(text: string): string {
  return text.replace(UNSAFE_IN_QUERY, escapeOctets);
}

const UNSAFE_IN_COMPONENT = /[^A-Za-z0-9\-._~]+/gu;

/** Encodes a query component as HTML forms do: a space is "+". */
export function encodeQueryComponent(text: string): string {
  return text.replace(UNSAFE_IN_COMPONENT, escapeOctets).replaceAll('%20', '+');
}

/** The decoded values of each parameter of a query, in order. */
export function queryIndex(query: string | null): ReadonlyMap<string, readonly string[]> {
  const index = new Map<string, string[]>();
  for (const [name, value] of queryPairs(query)) {
    const values = index.get(name);
    if (values === undefined) index.set(name, [value]);
    else values.push(value);
  }
  return index;
}

/** The first decoded value of parameter `name`, or null. For requests there is `Request.queryValue`, which reads once. */
export function queryValue(query: string | null, name: string): string | null {
  return queryIndex(query).get(name)?.[0] ?? null;
}

/** All parameters, decoded, in order. */
export function queryPairs(query: string | null): [string, string][] {
  if (query === null || query === '') return [];
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => [keyOf(pair), decodedValue(pair)]);
}

/** The query with `name` set to one value, at the place of its first pair or at the end; the rest stays byte for byte. */
export function withQueryValue(query: string | null, name: string, value: string): string {
  const pair = `${encodeQueryComponent(name)}=${encodeQueryComponent(value)}`;
  if (query === null || query === '') return pair;
  let placed = false;
  const pairs: string[] = [];
  for (const each of query.split('&')) {
    if (each === '' || keyOf(each) !== name) pairs.push(each);
    else if (!placed) {
      placed = true;
      pairs.push(pair);
    }
  }
  if (!placed) pairs.push(pair);
  return pairs.join('&');
}

/** The query without `name`; null when nothing is left. The rest stays byte for byte. */
export function withoutQueryValue(query: string | null, name: string): string | null {
  if (query === null) return null;
  const kept = query.split('&').filter((pair) => pair === '' || keyOf(pair) !== name);
  return kept.length === 0 ? null : kept.join('&');
}

function keyOf(pair: string): string {
  const equals = pair.indexOf('=');
  return decodeQueryComponent(equals < 0 ? pair : pair.slice(0, equals));
}

function decodedValue(pair: string): string {
  const equals = pair.indexOf('=');
  return equals < 0 ? '' : decodeQueryComponent(pair.slice(equals + 1));
}
