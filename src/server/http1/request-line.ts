import { isToken } from '../../http/index.ts';
import { refuse } from './refusal.ts';
import { parseTarget, type Target } from './target.ts';

/** Methods are shorter; RFC 9112 §3 asks for 501 beyond what one knows. Bytes. */
const MAX_METHOD_BYTES = 64;

/** What a request line says. */
export interface RequestLine extends Target {
  readonly method: string;
  /** A later minor version is as good as 1.1 (RFC 9110 §6.2). */
  readonly version: '1.0' | '1.1';
}

const VERSION = /^HTTP\/([0-9])\.([0-9])$/;

/** Reads a request line, without its CRLF (RFC 9112 §3). @throws ProxyError 400, 421, 501 or 505. */
export function parseRequestLine(line: string, scheme: 'http' | 'https'): RequestLine {
  const first = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  checkMethod(methodIn(line));
  if (first < 0 || last <= first + 1) refuse(400, first === last && first > 0 ? 'no-version' : 'bad-request-line');
  const method = line.slice(0, first);
  const version = versionOf(line.slice(last + 1));
  // A space within the target is found by whoever reads the target.
  const { target, authority } = parseTarget(method, line.slice(first + 1, last), scheme);
  return { method, target, authority, version };
}

/** Refuses a line that is too long, of which `text` is at least the beginning. @throws ProxyError 400, 414 or 501 */
export function refuseLongLine(text: string): never {
  checkMethod(methodIn(text));
  refuse(414, 'long-request-line');
}

/** The method that a line begins with, or what is to be one; no more of it than tells that it is too long. */
export function methodIn(text: string): string {
  const beginning = text.slice(0, MAX_METHOD_BYTES + 1);
  const end = beginning.indexOf(' ');
  return end < 0 ? beginning : beginning.slice(0, end);
}

/** Looks at a method, or at the beginning of one. @throws ProxyError 400 or 501 when it cannot be one that is known. */
export function checkMethod(method: string): void {
  if (!isToken(method)) refuse(400, method === '' ? 'bad-request-line' : 'bad-method');
  if (method.length > MAX_METHOD_BYTES) refuse(501, 'long-method');
}

function versionOf(text: string): '1.0' | '1.1' {
  if (text === 'HTTP/1.1') return '1.1';
  const [, major, minor] = VERSION.exec(text) ?? refuse(400, 'bad-version');
  if (major !== '1') refuse(505, 'other-version');
  return minor === '0' ? '1.0' : '1.1';
}
