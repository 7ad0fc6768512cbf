/**
 * What is never written as it is: controls (C0, DEL, and C1, which terminals take for escape sequences), line and paragraph
 * separators, marks that turn the direction of writing, a byte order mark, and halves of surrogate pairs.
 */
const UNSAFE =
  '\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]|[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff';
const ANY_UNSAFE = new RegExp(`[${UNSAFE}]`);
const EACH_UNSAFE = new RegExp(`[${UNSAFE}]`, 'g');
const EACH_UNSAFE_OR_QUOTE = new RegExp(`["\\\\${UNSAFE}]`, 'g');

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };

/** Says whether something in the text is not to be written as it is. */
export function isUnsafe(text: string): boolean {
  return ANY_UNSAFE.test(text);
}

/** The text with visible escapes for what is unsafe, quotes and backslashes: fit to stand between quotes. */
export function escapedForQuotes(text: string): string {
  return text.replace(EACH_UNSAFE_OR_QUOTE, escapeOf);
}

/** A text of several lines for a terminal: line breaks and tabs stay, all else that is unsafe is made visible. */
export function terminalText(text: string): string {
  return isUnsafe(text)
    ? text.replace(EACH_UNSAFE, (char) => (char === '\n' || char === '\t' ? char : escapeOf(char)))
    : text;
}

function escapeOf(char: string): string {
  const code = char.charCodeAt(0);
  return NAMED[char] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

/** The character as JSON escapes it. */
export function jsonEscapeOf(char: string): string {
  return `\\u${hex(char.charCodeAt(0), 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** All that is unsafe, one character at a time, for replacing; JSON has escaped the C0 controls itself. */
export const eachUnsafe: RegExp = EACH_UNSAFE;
