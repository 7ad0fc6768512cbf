import { HeaderList, isHopByHop, listMembers } from '../http/index.ts';
import { areFieldLines, trimmedValue } from '../http1/index.ts';
import { protocolError } from './faults.ts';
import { isLookedAt, namedByConnection, without } from './request-fields.ts';

/** What the head of a response says. */
export interface ResponseHead {
  readonly status: number;
  /** The fields, without those of the origin's connection (RFC 9110 §7.6.1). */
  readonly headers: HeaderList;
  /** Value of Content-Length; -1 where there is none. */
  readonly contentLength: number;
  readonly isChunked: boolean;
  /** The origin lets the connection live on behind this response (RFC 9112 §9.3). */
  readonly persists: boolean;
  /** How long the origin says that it keeps an idle connection (`Keep-Alive: timeout`), in seconds; -1: it says nothing. */
  readonly keepAliveSeconds: number;
  /** The protocols that a 101 switches to: those of Upgrade where Connection names it (RFC 9110 §7.8); else null. */
  readonly upgrade: string | null;
}

/** HTTP-version, status, and a reason phrase that means nothing (RFC 9112 §4) and stays behind. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const DIGITS = /^[0-9]{1,15}$/;
const TIMEOUT = /(?:^|[,;\s])timeout="?(\d+)/i;

/**
 * Reads the head of a response, strictly (RFC 9112 §2–§6): what two readers could read in two ways is an origin's fault.
 *
 * `text` is the head as latin1, every line with its CRLF, without the empty line at its end.
 * @throws ProxyError 502.
 */
export function parseResponseHead(text: string): ResponseHead {
  const lineEnd = text.indexOf('\r\n');
  const [, minor, digits] = STATUS_LINE.exec(text.slice(0, lineEnd)) ?? refuseResponse('a bad status line');
  const fields = new FieldReader(text, lineEnd + 2);
  const { contentLength, codings, connection } = fields;
  if (codings !== null && contentLength !== null) refuseResponse('both a length and chunks');
  return {
    status: Number(digits),
    headers: new HeaderList(fields.passedOn()),
    contentLength: contentLength === null ? -1 : Number(contentLength),
    isChunked: codings !== null,
    persists: persists(minor === '1', connection),
    keepAliveSeconds: fields.keepAlive === null ? -1 : Number(TIMEOUT.exec(fields.keepAlive)?.[1] ?? -1),
    upgrade: fields.upgrade !== null && optionsOf(connection).includes('upgrade') ? fields.upgrade : null,
  };
}

/** @throws ProxyError 502 */
export function refuseResponse(what: string): never {
  throw protocolError(`the origin sent ${what}`);
}

function persists(isLatest: boolean, connection: string | null): boolean {
  if (connection === null) return isLatest;
  if (connection === 'keep-alive') return true;
  const options = optionsOf(connection);
  return !options.includes('close') && (isLatest || options.includes('keep-alive'));
}

function optionsOf(connection: string | null): readonly string[] {
  return connection === null ? [] : listMembers(new HeaderList(['connection', connection]), 'connection');
}

/** Reads the fields of a head, and notes those that the connection itself lives by. */
class FieldReader {
  contentLength: string | null = null;
  codings: string | null = null;
  connection: string | null = null;
  keepAlive: string | null = null;
  upgrade: string | null = null;
  readonly #all: string[] = [];
  /** Whether some field stays behind. */
  #isMixed = false;

  constructor(text: string, from: number) {
    const block = text.slice(from);
    if (!areFieldLines(block)) refuseResponse('a malformed header');
    const all = this.#all;
    for (let at = 0; at < block.length; ) {
      const colon = block.indexOf(':', at);
      const end = block.indexOf('\r\n', colon);
      const name = block.slice(at, colon);
      const value = trimmedValue(block, colon + 1, end);
      if (isLookedAt(name)) this.#note(name.toLowerCase(), value);
      all.push(name, value);
      at = end + 2;
    }
  }

  /** The fields that go on to the client, flat. */
  passedOn(): string[] {
    if (!this.#isMixed) return this.#all;
    const { connection } = this;
    const all = this.#all;
    const named = connection === null ? [] : namedByConnection(new HeaderList(all), connection);
    const kept: string[] = [];
    for (let at = 0; at < all.length; at += 2) {
      const name = all[at] as string;
      if (!isLookedAt(name) || !isHopByHop(name.toLowerCase())) kept.push(name, all[at + 1] as string);
    }
    return named.length === 0 ? kept : without(kept, named);
  }

  #note(lowerName: string, value: string): void {
    switch (lowerName) {
      case 'content-length':
        if (this.contentLength !== null || !DIGITS.test(value)) refuseResponse('a bad Content-Length');
        this.contentLength = value;
        return;
      case 'transfer-encoding':
        // What is coded otherwise cannot be passed on as it is, and parsers differ about where it ends (RFC 9112 §6.1).
        if (this.codings !== null || !/^chunked$/i.test(value)) refuseResponse('a transfer coding that is not chunked');
        this.codings = value;
        break;
      case 'connection':
        this.connection = this.connection === null ? value : `${this.connection},${value}`;
        break;
      case 'keep-alive':
        this.keepAlive = value;
        break;
      case 'upgrade':
        this.upgrade = this.upgrade === null ? value : `${this.upgrade}, ${value}`;
        break;
    }
    if (isHopByHop(lowerName)) this.#isMixed = true;
  }
}
