import { HeaderList, isToken } from '../../http/index.ts';
import { areFieldLines, trimmedValue } from '../../http1/index.ts';
import type { MessageLimits } from '../options.ts';
import { refuse } from './refusal.ts';
import { checkAuthority, parseTarget } from './target.ts';

/** What the head of a request says: who is asked for what, and how the rest of the message is framed. */
export interface RequestHead {
  method: string;
  /** In origin form, or "*". */
  target: string;
  /** Host, or the authority of an absolute target (the same); empty where HTTP/1.0 gave none. */
  host: string;
  headers: HeaderList;
  version: '1.0' | '1.1';
  /** Length of the content; -1 when it is chunked. */
  contentLength: number;
  /** The client wants the connection to live on (RFC 9112 §9.3). */
  persistent: boolean;
  /** `Expect: 100-continue` (RFC 9110 §10.1.1). */
  expectsContinue: boolean;
  /** `TE: trailers` (RFC 9110 §6.5.1). */
  acceptsTrailers: boolean;
  /** The protocols of a valid Upgrade, but h2c; else null (RFC 9110 §7.8). */
  upgrade: string | null;
}

const VERSION = /^HTTP\/[0-9]\.[0-9]$/;
/** Some readers strip a tab here, and some (nginx, llhttp) take it for part of the value. */
const TAB_IN_FRAMING = /^(?:host|content-length|transfer-encoding):[^\r]*\t/im;
const DIGITS = /^[0-9]{1,15}$/;
/** Several codings, the last of which is chunked: well-formed, but not ours to decode. */
const OTHER_CODINGS = /^(?:[!#$%&'*+\-.^_`|~0-9a-z]+[ \t]*,[ \t]*)+chunked$/;

/**
 * Reads the head of a request, strictly (RFC 9112 §2–§6): what two readers could read in two ways is refused.
 *
 * `text` is the head as latin1, every line with its CRLF, without the empty line at its end.
 * @throws ProxyError with the status of the answer: 400, 414, 417, 421, 431, 501 or 505.
 */
export function parseHead(text: string, limits: MessageLimits, scheme: 'http' | 'https'): RequestHead {
  const lineEnd = text.indexOf('\r\n');
  if (lineEnd > limits.maxRequestLineBytes) refuse(414, 'long-request-line');
  if (text.length - lineEnd - 2 > limits.maxHeaderBytes) refuse(431, 'long-header');
  const head = parseRequestLine(text.slice(0, lineEnd), scheme);
  const fields = new FieldReader();
  fields.read(text.slice(lineEnd + 2), limits.maxHeaders);
  head.headers = new HeaderList(fields.raw);
  checkHost(head, fields);
  applyFraming(head, fields);
  applyConnection(head, fields);
  return head;
}

function parseRequestLine(line: string, scheme: 'http' | 'https'): RequestHead {
  const { method, target, version } = splitRequestLine(line);
  const parsed = parseTarget(method, target, scheme);
  return {
    method,
    target: parsed.target,
    host: parsed.authority ?? '',
    headers: NO_HEADERS,
    version,
    contentLength: 0,
    persistent: version === '1.1',
    expectsContinue: false,
    acceptsTrailers: false,
    upgrade: null,
  };
}

const NO_HEADERS = new HeaderList();

function splitRequestLine(line: string): { method: string; target: string; version: '1.0' | '1.1' } {
  const first = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  if (first <= 0 || last <= first + 1) return refuse(400, 'bad-request-line');
  const method = line.slice(0, first);
  if (!isToken(method)) refuse(400, 'bad-method');
  // A space within the target is found by whoever reads the target.
  return { method, target: line.slice(first + 1, last), version: versionOf(line.slice(last + 1)) };
}

function versionOf(text: string): '1.0' | '1.1' {
  if (text === 'HTTP/1.1') return '1.1';
  if (text === 'HTTP/1.0') return '1.0';
  return refuse(VERSION.test(text) ? 505 : 400, 'bad-version');
}

/** Collects the fields of a head, and apart from them those that the connection itself lives by. */
class FieldReader {
  readonly raw: string[] = [];
  host: string | null = null;
  contentLength: string | null = null;
  transferEncoding: string | null = null;
  connection: string | null = null;
  expect: string | null = null;
  upgrade: string | null = null;
  te: string | null = null;

  read(block: string, maxHeaders: number): void {
    if (!areFieldLines(block)) refuse(400, 'bad-header');
    if (block.includes('\t') && TAB_IN_FRAMING.test(block)) refuse(400, 'tab-in-framing');
    for (let at = 0; at < block.length; ) {
      const colon = block.indexOf(':', at);
      const end = block.indexOf('\r\n', colon);
      const name = block.slice(at, colon);
      const value = trimmedValue(block, colon + 1, end);
      if (this.raw.push(name, value) > 2 * maxHeaders) refuse(431, 'many-headers');
      this.#note(name, value);
      at = end + 2;
    }
  }

  #note(name: string, value: string): void {
    switch (name.length) {
      case 2:
        if (isNamed(name, 'te')) this.te = listed(this.te, value);
        break;
      case 4:
        if (isNamed(name, 'host')) this.host = single(this.host, value, 'duplicate-host');
        break;
      case 6:
        if (isNamed(name, 'expect')) this.expect = listed(this.expect, value);
        break;
      case 7:
        if (isNamed(name, 'upgrade')) this.upgrade = listed(this.upgrade, value);
        break;
      case 10:
        if (isNamed(name, 'connection')) this.connection = listed(this.connection, value);
        break;
      case 14:
        if (isNamed(name, 'content-length')) this.contentLength = single(this.contentLength, value, 'duplicate-length');
        break;
      case 17:
        if (isNamed(name, 'transfer-encoding'))
          this.transferEncoding = single(this.transferEncoding, value, 'duplicate-coding');
        break;
    }
  }
}

function isNamed(name: string, lowerName: string): boolean {
  // The first letter tells most names of the same length apart, without a string to be made.
  return (name.charCodeAt(0) | 0x20) === lowerName.charCodeAt(0) && name.toLowerCase() === lowerName;
}

function listed(known: string | null, value: string): string {
  return known === null ? value : `${known},${value}`;
}

function single(known: string | null, value: string, fault: string): string {
  return known === null ? value : refuse(400, fault);
}

/** RFC 9112 §3.2: exactly one Host in 1.1, well-formed, and the same as the authority of an absolute target. */
function checkHost(head: RequestHead, fields: FieldReader): void {
  const { host } = fields;
  if (host === null) {
    if (head.version === '1.1') refuse(400, 'no-host');
    return;
  }
  checkAuthority(host);
  if (head.host !== '' && head.host.toLowerCase() !== host.toLowerCase()) refuse(400, 'other-host');
  head.host = host;
}

/** RFC 9112 §6: one Content-Length, or one final chunked in 1.1, or no content. */
function applyFraming(head: RequestHead, fields: FieldReader): void {
  const { contentLength, transferEncoding } = fields;
  if (transferEncoding !== null) {
    if (contentLength !== null) refuse(400, 'length-and-coding');
    if (head.version === '1.0') refuse(400, 'coding-in-1.0');
    checkCoding(transferEncoding.toLowerCase());
    head.contentLength = -1;
  } else if (contentLength !== null) {
    if (!DIGITS.test(contentLength)) refuse(400, 'bad-length');
    head.contentLength = Number(contentLength);
  }
}

function checkCoding(coding: string): void {
  if (coding === 'chunked') return;
  const isForeign = OTHER_CODINGS.test(coding) && coding.indexOf('chunked') === coding.length - 'chunked'.length;
  refuse(isForeign ? 501 : 400, 'bad-coding');
}

function applyConnection(head: RequestHead, fields: FieldReader): void {
  if (fields.connection !== null) {
    // What nearly all of HTTP/1.1 says, and what it means anyway.
    if (fields.connection === 'keep-alive' && fields.upgrade === null) head.persistent = true;
    else applyOptions(head, fields, membersOf(fields.connection));
  }
  if (head.version === '1.0') return;
  if (fields.te !== null) head.acceptsTrailers = membersOf(fields.te).includes('trailers');
  if (fields.expect !== null) {
    if (fields.expect.toLowerCase() !== '100-continue') refuse(417, 'unknown-expectation');
    head.expectsContinue = true;
  }
}

function applyOptions(head: RequestHead, fields: FieldReader, options: readonly string[]): void {
  if (options.includes('close')) head.persistent = false;
  else if (options.includes('keep-alive')) head.persistent = true;
  if (fields.upgrade !== null && options.includes('upgrade')) head.upgrade = upgradeOf(head, fields.upgrade);
}

/**
 * A request with content does not change protocols here: RFC 9110 §7.8 lets a server ignore Upgrade, and content and
 * tunnel bytes on one connection are what smuggling is made of.
 */
function upgradeOf(head: RequestHead, value: string): string | null {
  if (head.version === '1.0' || head.contentLength !== 0) return null;
  const protocols = membersOf(value).filter((protocol) => protocol !== 'h2c');
  return protocols.length === 0 ? null : protocols.join(', ');
}

function membersOf(list: string): string[] {
  return list.toLowerCase().split(',').map(trimmed);
}

function trimmed(member: string): string {
  return trimmedValue(member, 0, member.length);
}
