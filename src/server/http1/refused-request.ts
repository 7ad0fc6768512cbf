import { HeaderList, isToken, type ProxyError, Request } from '../../http/index.ts';
import { areFieldLines, parseFieldLines } from '../../http1/index.ts';
import type { ListenerObserver } from '../options.ts';
import { refusalMessage, refusalText } from './refusal.ts';
import { methodIn } from './request-line.ts';
import type { Peer } from './serve.ts';

/** So much of a target is worth a place in a log. */
const SHOWN_TARGET_CHARS = 512;

/** Tells `observer` of a request that is refused; the whole answer to it. */
export function answerRefused(error: ProxyError, request: Request, observer: ListenerObserver): string {
  const content = refusalText(error);
  const isHead = request.method === 'HEAD';
  observer.refused?.(error, request, isHead ? 0 : content.length);
  return refusalMessage(error, content, isHead);
}

/**
 * What can be told of a request that is refused, for the log: `text` is the beginning of what came, as latin1. What cannot be
 * read is "-", and its fields are missing from the first malformed line on. Nobody serves it.
 */
export function refusedRequest(text: string, peer: Peer): Request {
  const end = text.indexOf('\r\n');
  const line = end < 0 ? text : text.slice(0, end);
  const method = methodIn(line);
  const [, target = ''] = line.split(' ', 2);
  const headers = new HeaderList(end < 0 ? [] : fieldsIn(text.slice(end + 2)));
  const { remoteAddress, remotePort, localPort, scheme, clientCertificate } = peer;
  const from = { remoteAddress, remotePort, localPort, scheme, clientCertificate };
  return new Request({
    method: isToken(method) && end >= 0 ? method : '-',
    target: target.slice(0, SHOWN_TARGET_CHARS) || '-',
    headers,
    host: headers.get('Host') ?? '',
    httpVersion: line.endsWith(' HTTP/1.0') ? '1.0' : '1.1',
    ...from,
  });
}

/** The well-formed field lines that `block` begins with, flat. */
function fieldsIn(block: string): string[] {
  const fields: string[] = [];
  for (let at = 0; at < block.length; ) {
    const end = block.indexOf('\r\n', at) + 2;
    const line = block.slice(at, end);
    if (end < 2 || !areFieldLines(line)) break;
    fields.push(...parseFieldLines(line));
    at = end;
  }
  return fields;
}
