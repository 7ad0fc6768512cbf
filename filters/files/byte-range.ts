/** A part of a file: the first octet and how many. */
export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

const SINGLE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/**
 * The part of a content of `size` octets that a Range header asks for.
 *
 * 'whole' where there is no such header, where it is broken, of another unit, or asks for several parts (a server may
 * answer with the whole; several parts at once are mostly a way to make it work); 'unsatisfiable' where it asks for what
 * lies beyond the end. Source: RFC 9110 §14.1.2, §14.2.
 */
export function parseByteRange(range: string | null, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const match = range === null ? null : SINGLE.exec(range);
  if (match === null) return 'whole';
  const [, first = '', last = ''] = match;
  if (first === '') return suffix(last, size);
  const start = Number(first);
  const end = last === '' ? Number.POSITIVE_INFINITY : Number(last);
  if (end < start) return 'whole';
  if (start >= size) return 'unsatisfiable';
  return { start, length: Math.min(end, size - 1) - start + 1 };
}

function suffix(digits: string, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  if (digits === '') return 'whole';
  const length = Math.min(Number(digits), size);
  return length === 0 ? 'unsatisfiable' : { start: size - length, length };
}
