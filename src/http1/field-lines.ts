/**
 * A block of field lines (RFC 9112 §5), each with its CRLF: a token, at once a colon, and a value without control
 * characters. So there is no obs-fold, no space before the colon, no bare CR or LF.
 */
const FIELD_LINES = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/;

/** The same with blanks before the colon, which a proxy takes out of a response (RFC 9112 §5.1). */
const BLANKS_BEFORE_COLON = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+[ \t]*:[\t\x20-\x7e\x80-\xff]*\r\n)*$/;

/** Says whether `block` is made of well-formed field lines, and of nothing else. */
export function areFieldLines(block: string, takesBlanksBeforeColon = false): boolean {
  return FIELD_LINES.test(block) || (takesBlanksBeforeColon && BLANKS_BEFORE_COLON.test(block));
}

/** Whoever is told of fields, one after the other, as they came. */
export interface FieldTaker {
  field(name: string, value: string): void;
}

/** Reads the fields of a block that `areFieldLines`: the one place that knows where a name and a value begin and end. */
export function readFieldLines(block: string, taker: FieldTaker): void {
  for (let at = 0; at < block.length; ) {
    const colon = block.indexOf(':', at);
    const end = block.indexOf('\r\n', colon);
    taker.field(trimmedName(block, at, colon), trimmedValue(block, colon + 1, end));
    at = end + 2;
  }
}

/** Names and values, flat, of a block that `areFieldLines`. */
export function parseFieldLines(block: string): string[] {
  const raw: string[] = [];
  readFieldLines(block, { field: (name, value) => void raw.push(name, value) });
  return raw;
}

/** The name between `from` and the colon, without the blanks behind it. */
function trimmedName(text: string, from: number, colon: number): string {
  return isBlank(text.charCodeAt(colon - 1)) ? trimmedValue(text, from, colon) : text.slice(from, colon);
}

/** The value between `from` and `to` without the white space around it (RFC 9112 §5.1). */
export function trimmedValue(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
