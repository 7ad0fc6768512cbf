import { extname } from 'node:path';

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

const UTF8 = '; charset=utf-8';
const BY_EXTENSION: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '.avif': 'image/avif',
    '.css': `text/css${UTF8}`,
    '.csv': `text/csv${UTF8}`,
    '.eot': 'application/vnd.ms-fontobject',
    '.eskip': `text/plain${UTF8}`,
    '.gif': 'image/gif',
    '.gz': 'application/gzip',
    '.htm': `text/html${UTF8}`,
    '.html': `text/html${UTF8}`,
    '.ico': 'image/x-icon',
    '.jpeg': 'image/jpeg',
    '.jpg': 'image/jpeg',
    '.js': `text/javascript${UTF8}`,
    '.json': 'application/json',
    '.map': 'application/json',
    '.md': `text/markdown${UTF8}`,
    '.mjs': `text/javascript${UTF8}`,
    '.mp3': 'audio/mpeg',
    '.mp4': 'video/mp4',
    '.oga': 'audio/ogg',
    '.ogg': 'audio/ogg',
    '.ogv': 'video/ogg',
    '.otf': 'font/otf',
    '.pdf': 'application/pdf',
    '.png': 'image/png',
    '.svg': 'image/svg+xml',
    '.tar': 'application/x-tar',
    '.ttf': 'font/ttf',
    '.txt': `text/plain${UTF8}`,
    '.wasm': 'application/wasm',
    '.wav': 'audio/wav',
    '.webm': 'video/webm',
    '.webmanifest': 'application/manifest+json',
    '.webp': 'image/webp',
    '.woff': 'font/woff',
    '.woff2': 'font/woff2',
    '.xml': `text/xml${UTF8}`,
    '.zip': 'application/zip',
  }),
);

/** The media type of a file by its extension; "application/octet-stream" for one that is not known. */
export function mediaTypeOf(fileName: string): string {
  return BY_EXTENSION.get(extname(fileName).toLowerCase()) ?? 'application/octet-stream';
}
