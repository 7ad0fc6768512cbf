import { ProxyError, reasonPhrase } from '../../http/index.ts';

/** Refuses what a client sent. @throws ProxyError always; `code` names the rule that was broken. */
export function refuse(status: number, code: string): never {
  throw new ProxyError({ code, status, source: 'downstream', message: `${status} ${reasonPhrase(status)}: ${code}` });
}

/** A client's connection ended before the exchange was over (what nginx calls 499). */
export function clientGone(code: string, cause?: unknown): ProxyError {
  return new ProxyError({ code, status: 499, source: 'downstream', message: `the client is gone: ${code}`, cause });
}

/** Why a connection closed that nobody works for: made once, as an error costs more than the rest of closing. */
export const NOBODY_ASKS = new Error('the connection is closed');

/** The client took longer than it may. */
export function timedOut(code: string): ProxyError {
  return new ProxyError({ code, status: 408, source: 'downstream', message: `408 ${reasonPhrase(408)}: ${code}` });
}

/** The whole answer to what is refused before a handler sees it; the connection ends behind it. */
export function refusalMessage(status: number): string {
  const text = `${status} ${reasonPhrase(status)}\n`;
  return (
    `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\nContent-Type: text/plain\r\n` +
    `Content-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`
  );
}
