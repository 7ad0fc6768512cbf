import {
  FRAMING,
  HeaderList,
  HOP_BY_HOP,
  hasTrait,
  isBodiless,
  membersOf,
  NO_NAMES,
  namedByConnection,
  withoutFields,
} from '../../http/index.ts';
import { areFieldLines, type FieldTaker, readFieldLines } from '../../http1/index.ts';
import { protocolError } from '../faults.ts';

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
  /** What Connection names, in lower case: it is gone, from the trailers too (RFC 9110 §7.6.1). */
  readonly removed: ReadonlySet<string>;
}

/**
 * HTTP-version, status, and a reason phrase that means nothing (RFC 9112 §4) and stays behind. A later minor version is
 * read as 1.1 (RFC 9110 §6.2).
 */
const STATUS_LINE = /^HTTP\/1\.(\d) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
/** A length that a number holds exactly, whatever zeros stand before it. */
const LENGTH = /^0*[0-9]{1,15}$/;
const TIMEOUT = /(?:^|[,;\s])timeout="?(\d+)/i;

interface StatusLine {
  readonly isLatest: boolean;
  readonly status: number;
}

/** Status lines read before: origins have few, and short ones. */
const knownLines = new Map<string, StatusLine>();
const MAX_KNOWN_LINES = 100;
const MAX_KNOWN_LENGTH = 64;

/** What a response answers, and how large its head may be. */
export interface HeadTerms {
  /** Method of the request. */
  readonly method: string;
  /** Lines of fields. */
  readonly maxFields: number;
}

/**
 * Reads the head of a response, strictly (RFC 9112 §2–§6): what two readers could read in two ways is an origin's fault.
 * Where no content can follow (HEAD, 1xx, 204, 304) the fields that frame it say nothing, and cannot be ambiguous
 * (RFC 9112 §6.3).
 *
 * `text` is the head as latin1, every line with its CRLF, without the empty line at its end.
 * @throws ProxyError 502.
 */
export function parseResponseHead(text: string, { method, maxFields }: HeadTerms): ResponseHead {
  const lineEnd = text.indexOf('\r\n');
  const line = text.slice(0, lineEnd);
  const { isLatest, status } = knownLines.get(line) ?? parseStatusLine(line);
  const fields = new HeadFields(text.slice(lineEnd + 2), maxFields);
  const fault = fields.framingFault;
  if (fault !== null && !isBodiless(method, status)) refuseResponse(fault);
  const { contentLength, codings, connection, keepAlive, upgrade } = fields;
  const removed = connection === null ? NO_NAMES : namedByConnection(connection);
  return {
    status,
    headers: new HeaderList(fields.passedOn(status, removed)),
    contentLength: contentLength === null ? -1 : Number(contentLength),
    isChunked: codings !== null,
    persists: fault === null && persists(isLatest, connection),
    keepAliveSeconds: keepAlive === null ? -1 : Number(TIMEOUT.exec(keepAlive)?.[1] ?? -1),
    upgrade: upgrade !== null && membersOf(connection ?? '').includes('upgrade') ? upgrade : null,
    removed,
  };
}

/** Says whether all protocols of an Upgrade are among those that a request asked for. */
export function isAskedFor(upgrade: string, asked: string): boolean {
  const protocols = membersOf(upgrade);
  const known = membersOf(asked);
  return protocols.length > 0 && protocols.every((protocol) => known.includes(protocol));
}

/** @throws ProxyError 502 */
export function refuseResponse(what: string): never {
  throw protocolError(`the origin sent ${what}`);
}

function parseStatusLine(line: string): StatusLine {
  const [, minor, digits] = STATUS_LINE.exec(line) ?? refuseResponse('a bad status line');
  const parsed = { isLatest: minor !== '0', status: Number(digits) };
  if (knownLines.size < MAX_KNOWN_LINES && line.length <= MAX_KNOWN_LENGTH) knownLines.set(line, parsed);
  return parsed;
}

function persists(isLatest: boolean, connection: string | null): boolean {
  if (connection === null) return isLatest;
  if (connection === 'keep-alive') return true;
  const options = membersOf(connection);
  return !options.includes('close') && (isLatest || options.includes('keep-alive'));
}

const LENGTH_NAME: ReadonlySet<string> = new Set(['content-length']);

/** Reads the field lines of a head, and notes the fields that the connection itself lives by. */
class HeadFields implements FieldTaker {
  contentLength: string | null = null;
  codings: string | null = null;
  connection: string | null = null;
  keepAlive: string | null = null;
  upgrade: string | null = null;
  /** Why nobody could tell where content behind this head ends; null: one can. */
  framingFault: string | null = null;
  /** All others, flat. */
  readonly #endToEnd: string[] = [];
  readonly #maxFields: number;
  #count = 0;

  constructor(block: string, maxFields: number) {
    if (!areFieldLines(block, true)) refuseResponse('a malformed header');
    this.#maxFields = maxFields;
    readFieldLines(block, this);
  }

  field(name: string, value: string): void {
    if (++this.#count > this.#maxFields) refuseResponse(`more than ${this.#maxFields} fields`);
    if (!hasTrait(name, HOP_BY_HOP | FRAMING) || this.#isEndToEnd(name.toLowerCase(), value))
      this.#endToEnd.push(name, value);
  }

  /** The fields that go on to the client, flat. */
  passedOn(status: number, removed: ReadonlySet<string>): string[] {
    const kept = withoutFields(this.#endToEnd, removed);
    // It speaks of the next connection too, and a client is lost without it (RFC 9110 §15.5.22).
    if (status === 426 && this.upgrade !== null) kept.push('Upgrade', this.upgrade);
    return this.framingFault === null ? kept : withoutFields(kept, LENGTH_NAME);
  }

  #isEndToEnd(lowerName: string, value: string): boolean {
    switch (lowerName) {
      case 'content-length':
        if (this.contentLength !== null || !LENGTH.test(value)) this.framingFault ??= 'a bad Content-Length';
        if (this.codings !== null) this.framingFault ??= 'both a length and chunks';
        this.contentLength = value;
        return true;
      case 'transfer-encoding':
        // What is coded otherwise cannot be passed on as it is, and parsers differ about where it ends (RFC 9112 §6.1).
        if (this.codings !== null || !/^chunked$/i.test(value))
          this.framingFault ??= 'a transfer coding that is not chunked';
        if (this.contentLength !== null) this.framingFault ??= 'both a length and chunks';
        this.codings = value;
        return false;
      case 'connection':
        this.connection = this.connection === null ? value : `${this.connection},${value}`;
        return false;
      case 'keep-alive':
        this.keepAlive = value;
        return false;
      case 'upgrade':
        this.upgrade = this.upgrade === null ? value : `${this.upgrade}, ${value}`;
        return false;
      default:
        return false;
    }
  }
}
