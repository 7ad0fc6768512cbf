import { type HeaderList, hasTrait, type Response, reasonPhrase, SENDERS_OWN } from '../../http/index.ts';
import { composeLines, isSafeText } from '../../http1/index.ts';
import { httpDate } from './date.ts';

/** How the end of a response is told (RFC 9112 §6.3): there is no content, a length, chunks, or the connection's end. */
export type Framing = 'bodiless' | 'length' | 'chunked' | 'until-close';

/** What a connection adds to a response's own fields. */
export interface HeadTerms {
  framing: Framing;
  /** For framing "length": in bytes. */
  lengthBytes: number;
  /** Value of Connection; empty for none. */
  connection: string;
  /** The client takes trailers, and there may be some. */
  keepsTrailer: boolean;
}

const LENGTH = /^0*[0-9]{1,15}$/;

const statusLines: string[] = [];

/**
 * The head of a final response, or of a 101, as latin1 text; null when its status or one of its fields cannot be sent.
 *
 * Connection, Keep-Alive, Content-Length and Transfer-Encoding are the connection's own; Date is added where there is none.
 */
export function composeHead(response: Response, terms: HeadTerms): string | null {
  const line = statusLine(response.status, response.statusText);
  const fields = composeFields(response.headers, terms);
  if (line === null || fields === null) return null;
  return line + fields + framingField(response, terms);
}

/** An interim response (RFC 9110 §15.2), or null when one of its fields cannot be sent. */
export function composeInterim(status: number, headers: HeaderList): string | null {
  const line = statusLine(status, null);
  const lines = composeLines(headers);
  return line === null || lines === null ? null : `${line}${lines}\r\n`;
}

function statusLine(status: number, statusText: string | null): string | null {
  const known = statusLines[status];
  if (known !== undefined && statusText === null) return known;
  if (!Number.isInteger(status) || status < 100 || status > 999) return null;
  const reason = reasonPhrase(status);
  if (statusText !== null && statusText !== reason)
    return isSafeText(statusText) ? `HTTP/1.1 ${status} ${statusText}\r\n` : null;
  return (statusLines[status] ??= `HTTP/1.1 ${status} ${reason}\r\n`);
}

function composeFields(headers: HeaderList, terms: HeadTerms): string | null {
  const { raw } = headers;
  let text = '';
  let hasDate = false;
  let connection = terms.connection;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    const value = raw[at + 1] as string;
    if (!isSafeText(value) || !isSafeText(name)) return null;
    switch (ownership(name)) {
      case 'connection':
        continue;
      case 'date':
        hasDate = true;
        break;
      case 'trailer':
        if (!terms.keepsTrailer) continue;
        break;
      case 'upgrade':
        connection = connection === '' ? 'upgrade' : `${connection}, upgrade`;
        break;
    }
    text += `${name}: ${value}\r\n`;
  }
  if (!hasDate) text += `Date: ${httpDate()}\r\n`;
  return connection === '' ? text : `${text}Connection: ${connection}\r\n`;
}

/** Whose a field is: the connection's, the message's (empty), or that of one of the names that need a look. */
function ownership(name: string): 'connection' | 'date' | 'trailer' | 'upgrade' | '' {
  switch (name.length) {
    case 4:
      return name.toLowerCase() === 'date' ? 'date' : '';
    case 7: {
      const lower = name.toLowerCase();
      return lower === 'trailer' || lower === 'upgrade' ? lower : '';
    }
    case 10:
    case 14:
    case 16:
    case 17:
      return hasTrait(name, SENDERS_OWN) ? 'connection' : '';
    default:
      return '';
  }
}

function framingField(response: Response, terms: HeadTerms): string {
  switch (terms.framing) {
    case 'length':
      return `Content-Length: ${terms.lengthBytes}\r\n\r\n`;
    case 'chunked':
      return 'Transfer-Encoding: chunked\r\n\r\n';
    case 'bodiless':
      return `${lengthOfAbsent(response, terms)}\r\n`;
    default:
      return '\r\n';
  }
}

/** RFC 9110 §8.6: HEAD and 304 may tell the length of what is not sent; 1xx and 204 never. */
function lengthOfAbsent(response: Response, terms: HeadTerms): string {
  const { status } = response;
  if (status < 200 || status === 204) return '';
  if (terms.lengthBytes >= 0) return `Content-Length: ${terms.lengthBytes}\r\n`;
  const told = response.headers.get('content-length');
  return told !== null && LENGTH.test(told) ? `Content-Length: ${Number(told)}\r\n` : '';
}
