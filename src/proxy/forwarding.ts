import { ProxyError, type Request, Response } from '../http/index.ts';

/** So often may a request come by that was here before: a gateway that calls itself is an error of the routes. */
const MAX_TURNS = 10;

/**
 * Prepares a request for the next hop: adds Via and counts Max-Forwards down (RFC 9110 §7.6.2, §7.6.3).
 * The answer to give instead of forwarding where Max-Forwards has run out, or null.
 * @throws ProxyError 508 when Via says that the request goes in circles.
 */
export function forwardable(request: Request, viaName: string): Response | null {
  if (request.method === 'OPTIONS' || request.method === 'TRACE') {
    const left = request.headers.get('Max-Forwards');
    if (left !== null && /^\d{1,9}$/.test(left)) {
      if (Number(left) === 0) return finalAnswer(request);
      request.headers.set('Max-Forwards', String(Number(left) - 1));
    }
  }
  if (addVia(request.headers.raw, request.httpVersion, viaName) >= MAX_TURNS) throw inCircles(viaName);
  return null;
}

/**
 * Adds our own entry to Via, at the end of the list; answers how many of the same name stood there before. `raw` is a
 * header list's flat array.
 */
export function addVia(raw: string[], protocol: string, viaName: string): number {
  let last = -1;
  let known = 0;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    if (name.length !== 3 || name.toLowerCase() !== 'via') continue;
    last = at;
    known += occurrences(raw[at + 1] as string, viaName);
  }
  if (last < 0) raw.push('Via', `${protocol} ${viaName}`);
  else raw[last + 1] = `${raw[last + 1]}, ${protocol} ${viaName}`;
  return known;
}

/** How many entries of a Via are by `viaName`: a word of its own behind the protocol (RFC 9110 §7.6.3). */
function occurrences(via: string, viaName: string): number {
  let count = 0;
  for (let at = via.indexOf(viaName); at >= 0; at = via.indexOf(viaName, at + viaName.length)) {
    const before = via[at - 1];
    const after = via[at + viaName.length];
    if (isBlank(before) && (after === undefined || after === ',' || isBlank(after))) count++;
  }
  return count;
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t';
}

function inCircles(viaName: string): ProxyError {
  const message = `the request goes in circles: Via names ${JSON.stringify(viaName)} ${MAX_TURNS} times already`;
  return new ProxyError({ code: 'forwarding-loop', status: 508, source: 'internal', message });
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
