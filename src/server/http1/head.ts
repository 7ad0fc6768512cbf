import {
  HeaderList,
  membersOf,
  NO_NAMES,
  namedByConnection,
  withoutDefaultPort,
  withoutFields,
} from '../../http/index.ts';
import { areFieldLines, type FieldTaker, readFieldLines } from '../../http1/index.ts';
import type { MessageLimits } from '../options.ts';
import { type RefusalCode, refuse } from './refusal.ts';
import { parseRequestLine, type RequestLine, refuseLongLine } from './request-line.ts';
import { checkAuthority } from './target.ts';

/** What the head of a request says: who is asked for what, and how the rest of the message is framed. */
export interface RequestHead {
  method: string;
  /** In origin form, or "*". */
  target: string;
  /** The authority of an absolute target, without the port that is the scheme's; else Host; empty where HTTP/1.0 gave none. */
  host: string;
  /**
   * The fields as they came, but for those in `removed`. Those of the client's connection itself (Connection, Upgrade, TE …)
   * are there for routes and filters to see; whoever sends a request on leaves them out.
   */
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
  /** The fields that Connection names, in lower case: they are gone, from the trailers too (RFC 9110 §7.6.1). */
  removed: ReadonlySet<string>;
}

/** A length that a number holds exactly, whatever zeros stand before it. */
const LENGTH = /^0*[0-9]{1,15}$/;
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
  if (lineEnd > limits.maxRequestLineBytes) refuseLongLine(text);
  if (text.length - lineEnd - 2 > limits.maxHeaderBytes) refuse(431, 'long-header');
  const head = headOf(parseRequestLine(text.slice(0, lineEnd), scheme));
  const fields = new HeadFields(limits.maxHeaders);
  fields.read(text.slice(lineEnd + 2));
  checkHost(head, fields, scheme);
  applyFraming(head, fields);
  applyConnection(head, fields);
  head.headers = new HeaderList(withoutFields(fields.raw, head.removed));
  if (fields.host !== null && fields.host !== head.host) head.headers.mapValues('Host', () => head.host);
  return head;
}

/** A head of which only the request line was read. */
function headOf({ method, target, authority, version }: RequestLine): RequestHead {
  return {
    method,
    target,
    host: authority ?? '',
    headers: NO_HEADERS,
    version,
    contentLength: 0,
    persistent: version === '1.1',
    expectsContinue: false,
    acceptsTrailers: false,
    upgrade: null,
    removed: NO_NAMES,
  };
}

const NO_HEADERS = new HeaderList();

/** Collects the fields of a head, and apart from them those that the connection itself lives by. */
class HeadFields implements FieldTaker {
  readonly #maxHeaders: number;
  readonly raw: string[] = [];
  host: string | null = null;
  contentLength: string | null = null;
  transferEncoding: string | null = null;
  connection: string | null = null;
  expect: string | null = null;
  upgrade: string | null = null;
  te: string | null = null;

  constructor(maxHeaders: number) {
    this.#maxHeaders = maxHeaders;
  }

  read(block: string): void {
    if (!areFieldLines(block)) refuse(400, 'bad-header');
    readFieldLines(block, this);
  }

  field(name: string, value: string): void {
    if (this.raw.push(name, value) > 2 * this.#maxHeaders) refuse(431, 'many-headers');
    this.#note(name, value);
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

function single(known: string | null, value: string, fault: RefusalCode): string {
  return known === null ? value : refuse(400, fault);
}

/**
 * RFC 9112 §3.2: exactly one Host in 1.1, well-formed. Beside an absolute target it counts for nothing (§3.2.2); where it
 * names another host, though, somebody before us may have gone by it.
 */
function checkHost(head: RequestHead, fields: HeadFields, scheme: 'http' | 'https'): void {
  const { host } = fields;
  if (host === null && head.version === '1.1') refuse(400, 'no-host');
  if (host !== null) checkAuthority(host);
  if (head.host === '') {
    head.host = host ?? '';
    return;
  }
  head.host = withoutDefaultPort(head.host, scheme);
  if (host !== null && withoutDefaultPort(host, scheme).toLowerCase() !== head.host.toLowerCase())
    refuse(400, 'other-host');
}

/** RFC 9112 §6: one Content-Length, or one final chunked in 1.1, or no content. */
function applyFraming(head: RequestHead, fields: HeadFields): void {
  const { contentLength, transferEncoding } = fields;
  if (transferEncoding !== null) {
    if (contentLength !== null) refuse(400, 'length-and-coding');
    if (head.version === '1.0') refuse(400, 'coding-in-1.0');
    checkCoding(transferEncoding.toLowerCase());
    head.contentLength = -1;
  } else if (contentLength !== null) {
    if (!LENGTH.test(contentLength)) refuse(400, 'bad-length');
    head.contentLength = Number(contentLength);
  }
}

function checkCoding(coding: string): void {
  if (coding === 'chunked') return;
  const isForeign = OTHER_CODINGS.test(coding) && coding.indexOf('chunked') === coding.length - 'chunked'.length;
  if (isForeign) refuse(501, 'unknown-coding');
  refuse(400, 'bad-coding');
}

function applyConnection(head: RequestHead, fields: HeadFields): void {
  if (fields.connection !== null) {
    // What nearly all of HTTP/1.1 says, and what it means anyway.
    if (fields.connection === 'keep-alive' && fields.upgrade === null) head.persistent = true;
    else {
      head.removed = namedByConnection(fields.connection);
      applyOptions(head, fields, membersOf(fields.connection));
    }
  }
  if (head.version === '1.0') return;
  if (fields.te !== null) head.acceptsTrailers = membersOf(fields.te).includes('trailers');
  if (fields.expect !== null) {
    if (fields.expect.toLowerCase() !== '100-continue') refuse(417, 'unknown-expectation');
    head.expectsContinue = true;
  }
}

function applyOptions(head: RequestHead, fields: HeadFields, options: readonly string[]): void {
  if (options.includes('close')) head.persistent = false;
  else if (options.includes('keep-alive')) head.persistent = true;
  if (fields.upgrade !== null && options.includes('upgrade')) head.upgrade = upgradeOf(head, fields.upgrade);
}

/** The protocols that the client would like to change to; not those of HTTP/2, which nobody could follow in a tunnel. */
function upgradeOf(head: RequestHead, value: string): string | null {
  if (head.version === '1.0') return null;
  const protocols = membersOf(value).filter((protocol) => protocol !== 'h2c');
  return protocols.length === 0 ? null : protocols.join(', ');
}
