import mime from 'mime';

const HTML = /^(?:<!--|<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[ >])/i;
/** Octets that no text holds: the C0 controls but tab, line feed, form feed, carriage return and escape. */
const BINARY = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/;

/**
 * The media type of text that came without one: HTML, XML, plain text, or octets where it holds control characters.
 * A small part of the WHATWG MIME Sniffing Standard; JSON is plain text there too.
 */
export function sniffMediaType(text: string): string {
  const start = text.slice(0, 512);
  const content = start.replace(/^[\t\n\f\r ]+/, '');
  if (HTML.test(content)) return 'text/html; charset=utf-8';
  if (content.startsWith('<?xml')) return 'text/xml; charset=utf-8';
  return BINARY.test(start) ? 'application/octet-stream' : 'text/plain; charset=utf-8';
}

/** The media type of a file by its extension, text with its charset; "application/octet-stream" where it is not known. */
export function mediaTypeOf(fileName: string): string {
  const type = mime.getType(fileName) ?? (fileName.endsWith('.eskip') ? 'text/plain' : 'application/octet-stream');
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}
