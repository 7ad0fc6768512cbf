import { decodeEscapes } from './octets.ts';
import { decodePath } from './path.ts';

/**
 * What servers read in different ways: an encoded ".", "/", "\", ";", "%", "?" or "#", encoded blanks, a plain "\" or ";",
 * a double slash, a segment "." or "..".
 */
const AMBIGUOUS = /%(?:2[EeFf35]|5[Cc]|3[BbFf]|0[9AaDd]|20$)|[\\;]|\/\/|\/\.{1,2}(?:\/|$)/;
/** Escapes but for those of dots, slashes, backslashes, semicolons and "%". */
const PLAIN_ESCAPES = /(?:%(?!2[EeFf5]|5[Cc]|3[Bb])[0-9A-Fa-f]{2})+/g;
/** Those and dots: what `new URL` knows of a segment. */
const URL_ESCAPES = /(?:%(?!2[Ff5]|5[Cc]|3[Bb])[0-9A-Fa-f]{2})+/g;
/** Escapes but for "%2F" and "%25". */
const ESCAPES_BUT_SLASH = /(?:%(?!2[Ff5])[0-9A-Fa-f]{2})+/g;
/** What whoever parses a decoded path anew (`new URL`) takes for a query or a fragment. */
const DECODED_END = /[?#].*$/s;
/** A path parameter, up to the end of its segment, which a backslash may be or not. */
const PARAMETERS = /;[^/]*/g;
const SHORT_PARAMETERS = /;[^/\\]*/g;
/** A path parameter or a dot segment, whatever may end it. */
const PARAMETER_OR_DOTS = /;|(?:^|[/\\])\.{1,2}(?:[/\\?#]|[\0- ]*$)/;
const BREAKS_AND_TABS = /[\t\n\r]/g;

/** So many characters all readings of a path together may have: so many paths a request may make us look at. */
const MAX_READ_CHARS = 32 * 1024;

/** Says whether servers may take a path for another one than it is. */
export function hasReadings(path: string): boolean {
  return AMBIGUOUS.test(path);
}

/**
 * The paths that a server may take `path` for, as it travels, each once: with "%2e", "%2f", "%5c" and "%3b" decoded or
 * not, or twice; up to an encoded "?" or "#" and without blanks, as a decoded path is parsed anew; with "\" for a slash;
 * without path parameters (";x", as servlet containers); with "//" merged, or for the beginning of an authority (as
 * `new URL`); with dot segments removed or not. Null: there are too many. `keepsSlash`: an encoded slash is known to stay one.
 *
 * Source: RFC 3986 §5.2.4 and §6.2.2, the WHATWG URL Standard, Jakarta Servlet 6.0 §3.5.
 */
export function pathReadings(path: string, keepsSlash = false): readonly string[] | null {
  if (!hasReadings(path)) return [];
  const read = new Readings();
  addDecoded(read, path, keepsSlash);
  // Servlet containers cut parameters off before they decode.
  if (path.includes(';')) addDecoded(read, path.replace(PARAMETERS, ''), keepsSlash);
  read.expand('', withoutBlanks);
  for (const mark of ['?', '#']) read.expand(mark, (text) => text.replace(DECODED_END, ''));
  read.expand(';', (text) => text.replace(SHORT_PARAMETERS, ''));
  read.expand(';', (text) => text.replace(PARAMETERS, ''));
  read.expand('\\', (text) => text.replaceAll('\\', '/'));
  read.expand('//', (text) => (text.startsWith('//') ? behindAuthority(text) : text));
  read.expand('//', (text) => text.replace(/\/{2,}/g, '/'));
  read.expand('/.', withoutDots);
  // What is left encoded may be decoded behind all that, and stay as it is then.
  if (!keepsSlash) read.expand('%', decodePath);
  return read.all();
}

function addDecoded(read: Readings, path: string, keepsSlash: boolean): void {
  read.add(path.replace(PLAIN_ESCAPES, decodeEscapes));
  if (!path.includes('%')) return;
  read.add(path.replace(URL_ESCAPES, decodeEscapes));
  read.add(path.replace(ESCAPES_BUT_SLASH, decodeEscapes));
  if (keepsSlash) return;
  const decoded = decodePath(path);
  read.add(decoded);
  read.add(decodePath(decoded));
}

/**
 * Says whether a reading may lead out of where the path lies: by dot segments or path parameters. Where there are only slashes,
 * backslashes and ends that are encoded, which names have ("CORP%5Cada", "%23room"), it does not.
 */
export function mayLeadOut(path: string): boolean {
  return PARAMETER_OR_DOTS.test(decodePath(decodePath(path)).replace(BREAKS_AND_TABS, ''));
}

/** Texts, each once, up to a number of characters. */
class Readings {
  readonly #texts = new Set<string>();
  #chars = 0;

  add(text: string): void {
    if (this.#chars > MAX_READ_CHARS || this.#texts.has(text)) return;
    this.#texts.add(text);
    this.#chars += text.length;
  }

  /** Adds what `change` makes of each text in which `mark` stands. */
  expand(mark: string, change: (text: string) => string): void {
    if (this.#chars > MAX_READ_CHARS) return;
    for (const text of [...this.#texts]) if (text.includes(mark)) this.add(change(text));
  }

  all(): readonly string[] | null {
    return this.#chars > MAX_READ_CHARS ? null : [...this.#texts];
  }
}

/** Without line breaks and tabs, and without blanks and control characters at the end. Source: WHATWG URL §4.4. */
function withoutBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) <= 32) end--;
  return text.slice(0, end).replace(BREAKS_AND_TABS, '');
}

/** What follows an authority, before which some take any number of slashes. */
function behindAuthority(text: string): string {
  let at = 2;
  while (text[at] === '/') at++;
  const slash = text.indexOf('/', at);
  return slash < 0 ? '/' : text.slice(slash);
}

/** Removes "." and ".."; empty segments stay. Source: RFC 3986 §5.2.4. */
function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.slice(1).split('/');
  segments.forEach((segment, at) => {
    const isDot = segment === '.' || segment === '..';
    if (segment === '..') kept.pop();
    if (!isDot) kept.push(segment);
    else if (at === segments.length - 1) kept.push('');
  });
  return `/${kept.join('/')}`;
}
