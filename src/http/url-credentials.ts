/** Up to the last "@": a password may hold one (WHATWG URL §4.4). */
const CREDENTIALS = /:\/\/[^/?#\s"']*@/g;

/** The text with the credentials of URLs in it replaced: `https://id:secret@host` is `https://***@host`. */
export function withoutUrlCredentials(text: string): string {
  return text.includes('@') ? text.replace(CREDENTIALS, '://***@') : text;
}
