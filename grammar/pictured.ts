/** Controls but the tab, and marks that turn the direction of writing: a terminal would obey them. */
const STEERING = /[\0-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The text with a picture in the place of each character that steers a terminal, so that carets still stand right. */
export function pictured(text: string): string {
  return text.replace(STEERING, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
  });
}
