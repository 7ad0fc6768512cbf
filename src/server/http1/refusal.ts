import { ProxyError, reasonPhrase } from '../../http/index.ts';
import { httpDate } from './date.ts';

/**
 * Why a listener refuses a request by itself: the stable word for metrics and logs, and the sentence that the client gets.
 * Nothing of what came in is repeated in it.
 */
const SENTENCES = {
  'bad-octet': 'The head holds a control character, or a line break that is not CR LF.',
  'tls-handshake': 'This port is served without TLS, and a TLS handshake came.',
  'plain-on-tls': 'This port is served over TLS, and a request without TLS came; use https.',
  'bad-request-line': 'The request line is not a method, a target and a version with one space between them.',
  'no-version': 'The request line has no version; HTTP/0.9 is not spoken here.',
  'bad-method': 'The method holds a character that no method may have.',
  'long-method': 'The method is longer than any that is known.',
  'bad-version': 'The version is not of the form HTTP/1.1.',
  'other-version': 'Only HTTP/1.1 and HTTP/1.0 are spoken here.',
  'bad-target':
    'The target is neither a path, nor an absolute URL, nor * of OPTIONS, or holds a character that has to be escaped.',
  'bad-escape': 'The path holds a broken percent escape, or an escaped NUL.',
  'other-scheme': 'The target has another scheme than the connection.',
  connect: 'CONNECT is not served.',
  'long-request-line': 'The request line is longer than is allowed.',
  'long-header': 'The header fields together are longer than is allowed.',
  'many-headers': 'There are more header fields than are allowed.',
  'bad-header': 'A header field is not a name, at once a colon, and a value without control characters.',
  'no-host': 'HTTP/1.1 asks for a Host field.',
  'duplicate-host': 'There is more than one Host field.',
  'bad-host': 'The host is not a name or address with perhaps a port.',
  'other-host': 'The host of the target and the Host field differ.',
  'duplicate-length': 'There is more than one Content-Length field.',
  'bad-length': 'The Content-Length is not a number.',
  'duplicate-coding': 'There is more than one Transfer-Encoding field.',
  'length-and-coding': 'There are both a Content-Length and a Transfer-Encoding.',
  'coding-in-1.0': 'HTTP/1.0 has no Transfer-Encoding.',
  'bad-coding': 'The Transfer-Encoding does not end with chunked, or says it twice.',
  'unknown-coding': 'The only transfer coding that is known is chunked.',
  'unknown-expectation': 'The only expectation that is known is 100-continue.',
  'bad-chunk-size': 'The size line of a chunk is malformed.',
  'bad-chunk-end': 'A chunk does not end where its size says.',
  'bad-trailer': 'There is a trailer field that may stand in a header only.',
  'long-chunk-extension': 'The chunk extensions are longer than is allowed.',
  'long-trailer': 'The trailer fields together are longer than is allowed.',
  'long-body': 'The content is longer than is allowed.',
  'header-timeout': 'The head did not arrive in time.',
  'request-timeout': 'The content did not arrive in time.',
  'out-of-descriptors': 'There are too many connections at the moment.',
} as const;

/** The stable word for why a request was refused. */
export type RefusalCode = keyof typeof SENTENCES;

/** Refuses what a client sent. @throws ProxyError always; `code` names the rule that was broken. */
export function refuse(status: number, code: RefusalCode): never {
  throw refusal(status, code);
}

/** The client took longer than it may. */
export function timedOut(code: 'header-timeout' | 'request-timeout'): ProxyError {
  return refusal(408, code);
}

/** The error of a request that the listener refuses. */
export function refusal(status: number, code: RefusalCode): ProxyError {
  const message = `${status} ${reasonPhrase(status)}: ${code}`;
  return new ProxyError({ code, status, source: 'downstream', message, told: SENTENCES[code] });
}

/** A client's connection ended before the exchange was over (what nginx calls 499). */
export function clientGone(code: string, cause?: unknown): ProxyError {
  return new ProxyError({ code, status: 499, source: 'downstream', message: `the client is gone: ${code}`, cause });
}

/** Why a connection closed that nobody works for: made once, as an error costs more than the rest of closing. */
export const NOBODY_ASKS = new Error('the connection is closed');

/** The content of the answer to what is refused: the status and why, one line. */
export function refusalText({ status, told }: ProxyError): string {
  return `${status} ${reasonPhrase(status)}. ${told ?? ''}\n`;
}

/** The whole answer to what is refused, with `content`, which HEAD does not get; the connection ends behind it. */
export function refusalMessage({ status }: ProxyError, content: string, isHead: boolean): string {
  return (
    `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\nContent-Type: text/plain; charset=utf-8\r\nDate: ${httpDate()}\r\n` +
    `Content-Length: ${content.length}\r\nConnection: close\r\n\r\n${isHead ? '' : content}`
  );
}
