/** JSON of a value, beyond ASCII as escapes: fit for a header. */
export function asciiJson(value: unknown): string {
  return inAscii(JSON.stringify(value));
}

/** Text with JSON's escapes in the place of what is not printable ASCII. */
export function inAscii(text: string): string {
  return text.replace(/[\0-\x1f\x7f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What a claim is in a header: text as it is, anything else as JSON. */
export function headerText(value: unknown): string {
  return typeof value === 'string' ? inAscii(value) : asciiJson(value);
}
