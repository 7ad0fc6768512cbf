import { type Request, Response } from '../http/index.ts';

/**
 * Prepares a request for the next hop: adds Via and counts Max-Forwards down (RFC 9110 §7.6.2, §7.6.3).
 * The answer to give instead of forwarding where Max-Forwards has run out, or null.
 */
export function forwardable(request: Request, viaName: string): Response | null {
  if (request.method === 'OPTIONS' || request.method === 'TRACE') {
    const left = request.headers.get('Max-Forwards');
    if (left !== null && /^\d{1,9}$/.test(left)) {
      if (Number(left) === 0) return finalAnswer(request);
      request.headers.set('Max-Forwards', String(Number(left) - 1));
    }
  }
  addVia(request.headers.raw, request.httpVersion === '1.0' ? `1.0 ${viaName}` : `${request.httpVersion} ${viaName}`);
  return null;
}

/** Adds our own entry to Via, at the end of the list. `raw` is a header list's flat array. */
export function addVia(raw: string[], entry: string): void {
  for (let at = raw.length - 2; at >= 0; at -= 2) {
    const name = raw[at] as string;
    if (name.length === 3 && name.toLowerCase() === 'via') {
      raw[at + 1] = `${raw[at + 1]}, ${entry}`;
      return;
    }
  }
  raw.push('Via', entry);
}

/** What the last recipient of TRACE or OPTIONS says (RFC 9110 §9.3.7, §9.3.8), without the fields that hold secrets. */
function finalAnswer(request: Request): Response {
  if (request.method === 'OPTIONS') return new Response({ status: 204 });
  const shown = [`TRACE ${request.target} HTTP/${request.httpVersion}`];
  for (const [name, value] of request.headers) {
    if (!/^(?:authorization|proxy-authorization|cookie)$/i.test(name)) shown.push(`${name}: ${value}`);
  }
  return new Response({
    status: 200,
    headers: { 'Content-Type': 'message/http' },
    body: `${shown.join('\r\n')}\r\n\r\n`,
  });
}
