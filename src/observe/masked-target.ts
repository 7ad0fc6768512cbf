import { createHash } from 'node:crypto';
import { decodeQueryComponent } from '../http/index.ts';

const HASH_DIGITS = 16;

/**
 * A request target in which the values of the query parameters `names` (decoded) are hashes: the first 16 hexadecimal
 * digits of the SHA-256 of the decoded value. The rest stays byte for byte.
 */
export function maskedTarget(target: string, names: ReadonlySet<string>): string {
  const mark = target.indexOf('?');
  if (mark < 0) return target;
  const pairs = target.slice(mark + 1).split('&');
  return `${target.slice(0, mark)}?${pairs.map((pair) => maskedPair(pair, names)).join('&')}`;
}

function maskedPair(pair: string, names: ReadonlySet<string>): string {
  const equals = pair.indexOf('=');
  if (equals < 0 || !names.has(decodeQueryComponent(pair.slice(0, equals)))) return pair;
  const value = decodeQueryComponent(pair.slice(equals + 1));
  return `${pair.slice(0, equals + 1)}${createHash('sha256').update(value).digest('hex').slice(0, HASH_DIGITS)}`;
}
