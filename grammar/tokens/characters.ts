/** The characters the language gives a meaning to, as UTF-16 code units. */
export const code = {
  tab: 0x09,
  newline: 0x0a,
  carriageReturn: 0x0d,
  space: 0x20,
  quote: 0x22,
  ampersand: 0x26,
  apostrophe: 0x27,
  openParen: 0x28,
  closeParen: 0x29,
  star: 0x2a,
  comma: 0x2c,
  minus: 0x2d,
  dot: 0x2e,
  slash: 0x2f,
  zero: 0x30,
  nine: 0x39,
  colon: 0x3a,
  semicolon: 0x3b,
  less: 0x3c,
  greater: 0x3e,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  backtick: 0x60,
  byteOrderMark: 0xfeff,
} as const;

/** True for the six characters that separate tokens: tab, newline, vertical tab, form feed, carriage return, space. */
export function isSpace(c: number): boolean {
  return c === code.space || (c >= code.tab && c <= code.carriageReturn);
}

/** True for 0 to 9. */
export function isDigit(c: number): boolean {
  return c >= code.zero && c <= code.nine;
}

/** True for the characters a name may begin with: letters of ASCII and the underscore. */
export function isNameStart(c: number): boolean {
  const lower = c | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || c === 0x5f;
}

/** True for the characters of a name: letters and digits of ASCII and the underscore. */
export function isNamePart(c: number): boolean {
  return isNameStart(c) || isDigit(c);
}

/** True when `text` can stand as a route id, a name or an algorithm. */
export function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}

/** Offset behind a comment that begins at `start`: its newline, or `end`. */
export function endOfComment(text: string, start: number, end: number): number {
  const newline = text.indexOf('\n', start);
  return newline < 0 || newline > end ? end : newline;
}

/** Offset of the quote that closes the string opened at `start`, or -1 when none does before `end`. */
export function endOfString(text: string, start: number, end: number): number {
  const delimiter = text.charCodeAt(start);
  for (let i = start + 1; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === delimiter) return i;
    if (c === code.backslash) i++;
  }
  return -1;
}

/**
 * Offset of the slash that closes the regular expression opened at `start`, or -1 when none does before `end`.
 * A slash inside a character class does not close; neither classes nor escapes nest.
 */
export function endOfRegexp(text: string, start: number, end: number): number {
  let inClass = false;
  for (let i = start + 1; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === code.backslash) i++;
    else if (c === code.openBracket) inClass = true;
    else if (c === code.closeBracket) inClass = false;
    else if (c === code.slash && !inClass) return i;
  }
  return -1;
}
