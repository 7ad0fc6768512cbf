import type { HeaderList } from '../../src/plugin/index.ts';

/** What is known of a representation, for conditional requests. */
export interface Validators {
  /** A strong entity tag, quotes included. */
  readonly etag: string;
  /** Last modification in ms since the epoch, cut to seconds. */
  readonly modifiedMs: number;
}

/**
 * The status with which the preconditions of a GET or HEAD end it, 304 or 412, or null where it is to be answered.
 * Source: RFC 9110 §13.2.2.
 */
export function evaluatePreconditions(headers: HeaderList, validators: Validators): 304 | 412 | null {
  const ifMatch = headers.joined('If-Match');
  if (ifMatch !== null) {
    if (!listsTag(ifMatch, validators.etag, 'strong')) return 412;
  } else if (validators.modifiedMs > dateOf(headers, 'If-Unmodified-Since', Number.POSITIVE_INFINITY)) return 412;
  const ifNoneMatch = headers.joined('If-None-Match');
  if (ifNoneMatch !== null) return listsTag(ifNoneMatch, validators.etag, 'weak') ? 304 : null;
  return validators.modifiedMs <= dateOf(headers, 'If-Modified-Since', Number.NEGATIVE_INFINITY) ? 304 : null;
}

/** Says whether a Range counts: without If-Range, or where that names the representation as it is. Source: RFC 9110 §13.1.5. */
export function rangeApplies(headers: HeaderList, validators: Validators): boolean {
  const ifRange = headers.get('If-Range');
  if (ifRange === null) return true;
  return ifRange.startsWith('"') ? ifRange === validators.etag : Date.parse(ifRange) === validators.modifiedMs;
}

function listsTag(list: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true;
  return list.split(',').some((member) => {
    const tag = member.trim();
    return tag === etag || (comparison === 'weak' && tag === `W/${etag}`);
  });
}

function dateOf(headers: HeaderList, name: string, absent: number): number {
  const value = headers.get(name);
  const ms = value === null ? Number.NaN : Date.parse(value);
  return Number.isNaN(ms) ? absent : ms;
}
