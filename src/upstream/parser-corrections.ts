import type { Duplex } from 'node:stream';
import { PARSER } from './undici.ts';

/** The status that a 100 gets on its way through undici: one that no origin can send, and that is taken for interim. */
export const UNASKED_CONTINUE = 100.5;

/** What of undici's response parser is corrected. */
interface Parser {
  /** -1: not told. */
  contentLength: number;
  /** Names and values of the head, flat. */
  readonly headers: readonly Buffer[];
  onHeadersComplete(status: number, upgrade: boolean, shouldKeepAlive: boolean): number;
}

let isCorrected = false;

/**
 * Corrects undici's parser, which it keeps on `socket`, one that it has just connected; the first one does for all.
 *
 * A 100 that nobody asked for is one more interim response, under the status `UNASKED_CONTINUE` (RFC 9110 §15.2), where
 * undici would end the connection. Blanks behind a Content-Length are none of it (RFC 9112 §5), where undici counts them.
 */
export function correctParser(socket: Duplex | null): void {
  if (isCorrected) return;
  const parser = (socket as unknown as Record<symbol, Parser | undefined> | null)?.[PARSER];
  // Without such a parser, in another version of undici, both are a 502 again; tests say so.
  if (parser === undefined) return;
  isCorrected = true;
  const prototype = Object.getPrototypeOf(parser) as Parser;
  const { onHeadersComplete } = prototype;
  prototype.onHeadersComplete = function (this: Parser, status, upgrade, shouldKeepAlive) {
    if (this.contentLength >= 0) correctLength(this);
    return onHeadersComplete.call(this, status === 100 ? UNASKED_CONTINUE : status, upgrade, shouldKeepAlive);
  };
}

const CONTENT_LENGTH = 'content-length';
const LAST_DIGIT = 0x39;
const FIRST_DIGIT = 0x30;

function correctLength(parser: Parser): void {
  const { headers } = parser;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] as Buffer;
    if (name.length !== CONTENT_LENGTH.length) continue;
    const value = headers[at + 1] as Buffer;
    const last = value[value.length - 1] as number;
    if (last >= FIRST_DIGIT && last <= LAST_DIGIT) continue;
    if (name.toString('latin1').toLowerCase() === CONTENT_LENGTH)
      parser.contentLength = Number(value.toString('latin1'));
  }
}
